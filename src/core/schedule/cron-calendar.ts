// The local times a cron expression names, on a calendar without zones. Wall
// times are epoch ms as if the local reading were UTC; what instants they are
// is decided in cron-occurrences.ts.
import type { CalendarRule } from '../calendar/calendar.ts';
import { cronDays, type Days } from './cron-days.ts';
import type { SearchSteps } from './engine-fault.ts';
import type { CronFields } from './parse-cron.ts';
import { RolledDays } from './rolled-days.ts';

const DAY_MS = 86_400_000;

export class CronCalendar {
  readonly #days: Days;
  /** The same days when a calendar may move some. */
  readonly #rolled: RolledDays | null;
  readonly #times: TimesOfDay;

  constructor(fields: CronFields, calendar?: CalendarRule) {
    const days = cronDays(fields.days, fields.months);
    this.#rolled = calendar === undefined ? null : new RolledDays(days, calendar);
    this.#days = this.#rolled ?? days;
    this.#times = new TimesOfDay(fields);
  }

  /** The first wall time at or after `wall`, below `limit`. */
  next(wall: number, limit: number, steps: SearchSteps): number | null {
    const today = Math.floor(wall / DAY_MS);
    const limitDay = Math.ceil(limit / DAY_MS);
    let day = this.#days.next(today, limitDay, steps);
    if (day === today) {
      const rank = this.#times.rank(wall - today * DAY_MS);
      if (rank < this.#times.count) return below(today * DAY_MS + this.#times.at(rank), limit);
      day = this.#days.next(today + 1, limitDay, steps);
    }
    return day === null ? null : below(day * DAY_MS + this.#times.at(0), limit);
  }

  /** The last wall time before `wall`, not below `limit`. */
  previous(wall: number, limit: number, steps: SearchSteps): number | null {
    const today = Math.floor(wall / DAY_MS);
    const limitDay = Math.floor(limit / DAY_MS);
    let day = this.#days.previous(today, limitDay, steps);
    if (day === today) {
      const rank = this.#times.rank(wall - today * DAY_MS);
      if (rank > 0) return notBelow(today * DAY_MS + this.#times.at(rank - 1), limit);
      day = this.#days.previous(today - 1, limitDay, steps);
    }
    if (day === null) return null;
    return notBelow(day * DAY_MS + this.#times.at(this.#times.count - 1), limit);
  }

  /** How many wall times lie in [from, to); by arithmetic, not one by one. */
  count(from: number, to: number): number {
    if (from >= to) return 0;
    const firstDay = Math.floor(from / DAY_MS);
    const lastDay = Math.floor(to / DAY_MS);
    // Whole days up to the last one, less what lies before `from`, plus the last day's part.
    const whole = this.#days.count(firstDay, lastDay) * this.#times.count;
    const before = this.#days.has(firstDay) ? this.#times.rank(from - firstDay * DAY_MS) : 0;
    const part = this.#days.has(lastDay) ? this.#times.rank(to - lastDay * DAY_MS) : 0;
    return whole - before + part;
  }

  /**
   * Writes the wall times in [from, to), less `offset`, behind the first `filled` of `into`;
   * how many it then holds.
   */
  fill(
    [from, to, offset]: readonly [from: number, to: number, offset: number],
    into: Float64Array,
    filled: number,
    steps: SearchSteps,
  ): number {
    let held = filled;
    const limitDay = Math.ceil(to / DAY_MS);
    let day = from < to ? this.#days.next(Math.floor(from / DAY_MS), limitDay, steps) : null;
    while (day !== null && held < into.length) {
      const midnight = day * DAY_MS;
      const rank = from > midnight ? this.#times.rank(from - midnight) : 0;
      held = this.#times.fill(rank, [midnight - offset, to - offset], into, held);
      day = this.#days.next(day + 1, limitDay, steps);
    }
    return held;
  }

  /** The day that the wall time was moved from by a calendar; null when it was not. */
  movedFrom(wall: number): number | null {
    return this.#rolled === null ? null : this.#rolled.movedFrom(Math.floor(wall / DAY_MS));
  }

  /** True when a calendar leaves no day from here on; clocks set back may repeat one day. */
  isOverAt(wall: number): boolean {
    return this.#rolled?.isOverAt(Math.floor(wall / DAY_MS) - 1) ?? false;
  }

  /** True when a calendar leaves no day up to here. */
  isAheadOf(wall: number): boolean {
    return this.#rolled?.isAheadOf(Math.floor(wall / DAY_MS) + 1) ?? false;
  }

  has(wall: number): boolean {
    return this.count(wall, wall + 1) === 1;
  }
}

/** The sorted times of one day, by rank; never written out, since there may be 86 400. */
class TimesOfDay {
  readonly count: number;
  readonly #hours: Values;
  readonly #minutes: Values;
  readonly #seconds: Values;

  constructor(fields: CronFields) {
    this.#hours = new Values(fields.hours, 24);
    this.#minutes = new Values(fields.minutes, 60);
    this.#seconds = new Values(fields.seconds, 60);
    this.count = this.#hours.count * this.#minutes.count * this.#seconds.count;
  }

  /** How many times lie before `ms` of the day. */
  rank(ms: number): number {
    const total = Math.ceil(ms / 1000);
    const hour = Math.floor(total / 3600);
    const minute = Math.floor(total / 60) % 60;
    let rank = this.#hours.rank(hour) * this.#minutes.count * this.#seconds.count;
    if (!this.#hours.has(hour)) return rank;
    rank += this.#minutes.rank(minute) * this.#seconds.count;
    return this.#minutes.has(minute) ? rank + this.#seconds.rank(total % 60) : rank;
  }

  /** Writes the times from this rank on, counted from `midnight` and below `limit`. */
  fill(
    rank: number,
    [midnight, limit]: readonly [midnight: number, limit: number],
    into: Float64Array,
    filled: number,
  ): number {
    if (rank >= this.count) return filled;
    const hours = this.#hours.values;
    const minutes = this.#minutes.values;
    const seconds = this.#seconds.values;
    const rest = Math.floor(rank / seconds.length);
    let second = rank % seconds.length;
    let minute = rest % minutes.length;
    let held = filled;
    for (let hour = Math.floor(rest / minutes.length); hour < hours.length; hour += 1) {
      for (; minute < minutes.length; minute += 1) {
        const begin = midnight + (hours[hour]! * 60 + minutes[minute]!) * 60_000;
        for (; second < seconds.length; second += 1) {
          const at = begin + seconds[second]! * 1000;
          if (at >= limit || held === into.length) return held;
          into[held] = at;
          held += 1;
        }
        second = 0;
      }
      minute = 0;
    }
    return held;
  }

  /** Ms of the day of the time with this rank. */
  at(rank: number): number {
    const second = rank % this.#seconds.count;
    const rest = Math.floor(rank / this.#seconds.count);
    const minute = rest % this.#minutes.count;
    const hour = Math.floor(rest / this.#minutes.count);
    const seconds =
      this.#hours.at(hour) * 3600 + this.#minutes.at(minute) * 60 + this.#seconds.at(second);
    return seconds * 1000;
  }
}

/** One field's values with the number of values below each possible one. */
class Values {
  readonly count: number;
  readonly values: readonly number[];
  /** Of bytes: 10,000 jobs have 30,000 of these. */
  readonly #ranks: Uint8Array;

  constructor(values: readonly number[], size: number) {
    this.values = values;
    this.count = values.length;
    const ranks = new Uint8Array(size + 1);
    for (let value = 0, rank = 0; value < size; value += 1) {
      if (values[rank] === value) rank += 1;
      ranks[value + 1] = rank;
    }
    this.#ranks = ranks;
  }

  rank(value: number): number {
    return this.#ranks[value] ?? this.count;
  }

  has(value: number): boolean {
    return (this.#ranks[value + 1] ?? 0) > (this.#ranks[value] ?? 0);
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }
}

function below(wall: number, limit: number): number | null {
  return wall < limit ? wall : null;
}

function notBelow(wall: number, limit: number): number | null {
  return wall >= limit ? wall : null;
}
