// The grid of an `every` on the days that its calendars allow. The day of an
// instant is the local one, so time is walked in stretches of constant offset.
import { type AllowedDays, allowedDays } from '../calendar/allowed-days.ts';
import type { CalendarRule } from '../calendar/calendar.ts';
import { DAY_MS } from '../calendar/day.ts';
import {
  EPOCH,
  fillByNext,
  HORIZON,
  type Nominal,
  type OccurrenceSource,
} from './occurrence-source.ts';
import type { EverySchedule } from './schedule.ts';
import { type Segment, segmentsOf } from './zone.ts';

/** Moving an interval to another day means nothing: such days are left out. */
export class EveryOnDays implements OccurrenceSource {
  readonly #intervalMs: number;
  readonly #anchor: number;
  readonly #allowed: AllowedDays;
  readonly #segmentAt: (instant: number) => Segment;

  constructor({ intervalMs, anchor, timezone }: EverySchedule, calendar: CalendarRule) {
    this.#intervalMs = intervalMs;
    this.#anchor = anchor;
    this.#allowed = allowedDays(calendar);
    this.#segmentAt = segmentsOf(timezone);
  }

  /** Each step ends a day or a stretch, and the days of all time are some 84,000. */
  next(after: number): Nominal | null {
    let from = Math.max(Math.floor(after) + 1, EPOCH);
    while (from < HORIZON) {
      const { end, offset } = this.#segmentAt(from);
      const today = Math.floor((from + offset) / DAY_MS);
      // Clocks that are set back may repeat a part of yesterday, never more.
      if (this.#allowed.next(today - 1) === null) return null;
      const day = this.#allowed.next(today);
      const begin = day === null ? end : Math.max(from, day * DAY_MS - offset);
      if (day === null || begin >= end) {
        from = end;
        continue;
      }
      const dayEnd = Math.min((day + 1) * DAY_MS - offset, end);
      const at = this.#atOrAfter(begin);
      if (at < dayEnd) return at < HORIZON ? { at, note: null } : null;
      from = dayEnd;
    }
    return null;
  }

  previous(instant: number): Nominal | null {
    let to = Math.min(Math.floor(instant), HORIZON - 1);
    while (to >= EPOCH) {
      const { start, offset } = this.#segmentAt(to);
      const today = Math.floor((to + offset) / DAY_MS);
      if (this.#allowed.previous(today + 1) === null) return null;
      const day = this.#allowed.previous(today);
      const last = day === null ? -1 : Math.min(to, (day + 1) * DAY_MS - offset - 1);
      if (day === null || last < start) {
        to = start - 1;
        continue;
      }
      const begin = Math.max(day * DAY_MS - offset, start);
      const at = this.#atOrBefore(last);
      if (at >= begin) return at >= EPOCH ? { at, note: null } : null;
      to = begin - 1;
    }
    return null;
  }

  count(from: number, to: number): number {
    let total = 0;
    for (let at = Math.ceil(from); at < to;) {
      const { end, offset } = this.#segmentAt(at);
      const stop = Math.min(end, to);
      for (let start = at; start < stop;) {
        const day = this.#allowed.next(Math.floor((start + offset) / DAY_MS));
        if (day === null) break;
        const begin = Math.max(start, day * DAY_MS - offset);
        const dayEnd = Math.min((day + 1) * DAY_MS - offset, stop);
        if (begin < dayEnd) total += this.#index(dayEnd - 1) - this.#index(begin - 1);
        start = Math.max(dayEnd, begin);
      }
      at = end;
    }
    return total;
  }

  fill(from: number, to: number, into: Float64Array): number {
    return fillByNext(this, from, to, into);
  }

  #index(instant: number): number {
    return Math.floor((instant - this.#anchor) / this.#intervalMs);
  }

  #atOrBefore(instant: number): number {
    return this.#anchor + this.#index(instant) * this.#intervalMs;
  }

  #atOrAfter(instant: number): number {
    return this.#atOrBefore(instant - 1) + this.#intervalMs;
  }
}
