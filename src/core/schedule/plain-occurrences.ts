// The nominal times of `every` and `at`. Both count elapsed time, so zones and
// their changes mean nothing here; what is to be said about an `at` was found when it was read.
import { HORIZON, type Nominal, type OccurrenceSource } from './occurrence-source.ts';
import type { AtSchedule, EverySchedule } from './schedule.ts';

/** A grid of instants through the anchor; the interval is true elapsed time. */
export function everyOccurrences(schedule: EverySchedule): OccurrenceSource {
  const { intervalMs, anchor } = schedule;
  const indexAtOrBefore = (instant: number): number => Math.floor((instant - anchor) / intervalMs);
  const at = (index: number): Nominal => ({ at: anchor + index * intervalMs, note: null });
  return {
    next: (after) => (after >= HORIZON ? null : at(indexAtOrBefore(after) + 1)),
    previous: (instant) => at(indexAtOrBefore(instant)),
    count: (from, to) => indexAtOrBefore(to - 1) - indexAtOrBefore(from - 1),
  };
}

export function atOccurrence(schedule: AtSchedule): OccurrenceSource {
  const only: Nominal = { at: schedule.instant, note: schedule.remark ?? null };
  return {
    next: (after) => (only.at > after ? only : null),
    previous: (instant) => (only.at <= instant ? only : null),
    count: (from, to) => (from <= only.at && only.at < to ? 1 : 0),
  };
}
