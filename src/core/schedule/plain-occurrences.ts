// The nominal times of `every` and `at`. Both count elapsed time, so zones and
// their changes mean nothing here, but for an `at` that a calendar moves; what is
// to be said about an `at` was found when it was read.
import { allowedDays } from '../calendar/allowed-days.ts';
import { DAY_MS, formatDay } from '../calendar/day.ts';
import { HORIZON, type Nominal, type OccurrenceSource } from './occurrence-source.ts';
import type { AtSchedule, EverySchedule } from './schedule.ts';
import { pickInstant } from './wall-time.ts';
import { offsetAt } from './zone.ts';

/** A grid of instants through the anchor; the interval is true elapsed time. */
export function everyOccurrences(schedule: EverySchedule): OccurrenceSource {
  const { intervalMs, anchor } = schedule;
  const indexAtOrBefore = (instant: number): number => Math.floor((instant - anchor) / intervalMs);
  const at = (index: number): Nominal => ({ at: anchor + index * intervalMs, note: null });
  return {
    next: (after) => (after >= HORIZON ? null : at(indexAtOrBefore(after) + 1)),
    previous: (instant) => at(indexAtOrBefore(instant)),
    count: (from, to) => indexAtOrBefore(to - 1) - indexAtOrBefore(from - 1),
    fill(from, to, into) {
      const first = indexAtOrBefore(from - 1) + 1;
      const filled = Math.min(into.length, indexAtOrBefore(to - 1) + 1 - first);
      for (let rank = 0; rank < filled; rank += 1)
        into[rank] = anchor + (first + rank) * intervalMs;
      return Math.max(filled, 0);
    },
  };
}

export function atOccurrence(schedule: AtSchedule): OccurrenceSource {
  const only = atMoment(schedule);
  if (only === null) {
    return { next: () => null, previous: () => null, count: () => 0, fill: () => 0 };
  }
  return {
    next: (after) => (only.at > after ? only : null),
    previous: (instant) => (only.at <= instant ? only : null),
    count: (from, to) => (from <= only.at && only.at < to ? 1 : 0),
    fill(from, to, into) {
      if (into.length === 0 || only.at < from || only.at >= to) return 0;
      into[0] = only.at;
      return 1;
    },
  };
}

/** The one moment as the calendars leave it: its own, the same time on another day, or none. */
export function atMoment(schedule: AtSchedule): Nominal | null {
  const { calendar, instant, timezone } = schedule;
  const own: Nominal = { at: instant, note: schedule.remark ?? null };
  if (calendar === undefined) return own;
  const wall = instant + offsetAt(timezone, instant);
  const day = Math.floor(wall / DAY_MS);
  const allowed = allowedDays(calendar);
  if (allowed.has(day)) return own;
  if (calendar.roll === 'skip') return null;
  const other = calendar.roll === 'next' ? allowed.next(day) : allowed.previous(day);
  if (other === null) return null;
  const { instant: at } = pickInstant(timezone, wall + (other - day) * DAY_MS);
  return { at, note: `moved from ${formatDay(day)}` };
}
