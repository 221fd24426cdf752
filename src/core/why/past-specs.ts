// Which spec of a job was in force when, and which revision brought what about.
import type { CompiledSchedule } from '../schedule/schedule.ts';
import { compileSchedule } from '../schedule/compile-schedule.ts';
import type { JobFacts, SpecChange } from './facts.ts';
import { byWhom, moment } from './words.ts';

/** The change that was in force at an instant; null before the first one that is known. */
export function changeAt(changes: readonly SpecChange[], instant: number): SpecChange | null {
  return changes.findLast((change) => change.at <= instant) ?? null;
}

/** The first change after an instant. */
export function changeAfter(changes: readonly SpecChange[], instant: number): SpecChange | null {
  return changes.find((change) => change.at > instant) ?? null;
}

/** The first of the changes in a row, up to the one at `instant`, that have the job suspended. */
export function suspendedBy(changes: readonly SpecChange[], instant: number): SpecChange | null {
  let found: SpecChange | null = null;
  for (const change of changes.filter(({ at }) => at <= instant).toReversed()) {
    if (change.action === 'delete') continue;
    if (change.spec?.suspend !== true) break;
    found = change;
  }
  return found;
}

/** Null for a spec that is lost, has no schedule, or cannot be computed. */
export function scheduleOf(change: SpecChange | null): CompiledSchedule | null {
  const spec = change?.action === 'delete' ? null : (change?.spec ?? null);
  if (change === null || spec === null || spec.schedules.length === 0) return null;
  try {
    return compileSchedule(spec.schedules, change.name);
  } catch {
    // Its fault is told where the job's state is.
    return null;
  }
}

/** "revision 12, applied 2026-03-02 12:00 UTC by alice". */
export function revisionWords(change: SpecChange, { zone }: Pick<JobFacts, 'zone'>): string {
  return `revision ${change.revision}, applied ${moment(change.at, zone)}${byWhom(change.by)}`;
}

/** As a manifest says it; several joined. */
export function writtenSchedule(change: SpecChange | null): string {
  const schedules = change?.spec?.schedules ?? [];
  return schedules.map(({ written }) => written).join(', ');
}
