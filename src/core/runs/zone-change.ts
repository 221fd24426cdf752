// What a change of the time-zone data between two starts of the daemon means for
// a job. Nominal times are computed anew from the local rule; the one thing to
// decide is which of them was settled already, at the instant it had before.
import { offsetAt } from '../schedule/zone.ts';
import { offsetByRules, type ZoneRules } from '../schedule/zone-rules.ts';
import type { CompiledSchedule, Schedule } from '../schedule/schedule.ts';

/**
 * The instant at which a job's newest settled occurrence lies by the present
 * data, when that is later than its watermark: the same local time, which must
 * not come due again. Null when there is none. For jobs of fixed times; those
 * of intervals count elapsed time.
 */
export function movedWatermark(
  rules: ZoneRules,
  schedules: readonly Schedule[],
  compiled: CompiledSchedule,
  watermark: number,
): number | null {
  const zones = new Set(
    schedules.flatMap((schedule) => (schedule.kind === 'cron' ? [schedule.timezone] : [])),
  );
  for (const zone of zones) {
    const before = offsetByRules(rules, zone, watermark);
    if (before === null) continue;
    const wall = watermark + before;
    // A change of the data moves a local time by the difference of the two offsets.
    const moved = wall - offsetAt(zone, wall - offsetAt(zone, watermark));
    if (moved <= watermark) continue;
    if (compiled.next(moved - 1)?.nominalTime === moved) return moved;
  }
  return null;
}

/** Where the next occurrence would lie by the rules of before; null when they do not tell. */
export function nextByRules(rules: ZoneRules, zone: string, next: number | null): number | null {
  if (next === null) return null;
  const now = offsetAt(zone, next);
  const before = offsetByRules(rules, zone, next);
  return before === null ? null : next + now - before;
}
