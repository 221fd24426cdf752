// Which jobs come due where the clocks change: the transitions of their zones
// within a range and, for each, who is due in the hour that is skipped or repeated.
import type { CompiledSchedule, OccurrenceNote } from '../schedule/schedule.ts';
import { transitionsBetween } from '../schedule/zone.ts';
import type { ClockChange } from './impact.ts';
import { orNever } from './schedule-impact.ts';

/** Occurrences of one job looked at around one change. */
const lookedMax = 500;
const changesMax = 50;
const jobsMax = 100;

export interface ZonedJob {
  readonly name: string;
  readonly zone: string;
  readonly compiled: CompiledSchedule;
  /** Nominal times after it are to come; absent: all. */
  readonly openAfter?: number;
}

/** Oldest change first; at most fifty, each with at most a hundred jobs. */
export function clockChanges(jobs: readonly ZonedJob[], from: number, to: number): ClockChange[] {
  const byZone = new Map<string, ZonedJob[]>();
  for (const job of jobs) {
    const list = byZone.get(job.zone);
    if (list === undefined) byZone.set(job.zone, [job]);
    else list.push(job);
  }
  const changes: ClockChange[] = [];
  for (const [zone, zoned] of byZone) {
    for (const { at, offsetBefore, offsetAfter } of transitionsBetween(zone, from, to)) {
      const lengthMs = Math.abs(offsetAfter - offsetBefore);
      const kind = offsetAfter > offsetBefore ? 'gap' : 'overlap';
      const names: string[] = [];
      for (const { name, compiled, openAfter = 0 } of zoned) {
        if (names.length >= jobsMax) break;
        const isDue = notesAround(compiled, at, lengthMs).some((one) => one.at > openAfter);
        if (isDue) names.push(name);
      }
      changes.push({ zone, at, kind, lengthMs, jobs: names });
    }
  }
  changes.sort((a, b) => a.at - b.at || (a.zone < b.zone ? -1 : 1));
  return changes.slice(0, changesMax);
}

/** Remarks on occurrences next to a change of the clocks. */
export function notesAround(
  compiled: CompiledSchedule,
  at: number,
  lengthMs: number,
): { readonly note: OccurrenceNote; readonly at: number }[] {
  const found: { note: OccurrenceNote; at: number }[] = [];
  try {
    let looked = 0;
    for (const { note, nominalTime } of compiled.range(at - lengthMs, at + lengthMs + 1)) {
      looked += 1;
      if (note !== null) found.push({ note, at: nominalTime });
      if (looked >= lookedMax) break;
    }
  } catch (error) {
    orNever(error);
  }
  return found;
}
