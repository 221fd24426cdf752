// Which days of a month the three day fields mean. croner judges each day; the
// answer depends only on the month, its length and the weekday it begins with,
// so it is asked once per such shape and remembered.
import { Cron } from 'croner';
import type { SearchSteps } from './engine-fault.ts';

const DAY_MS = 86_400_000;
const FULL = 0x7fff_ffff;
const REMEMBERED = 1000;

/** Some of the days, counted from 1970-01-01; they have no zone. */
export interface Days {
  /** The first day at or after `day`, below `limit`; null when there is none. */
  next(day: number, limit: number, steps: SearchSteps): number | null;
  /** The last day at or before `day`, not below `limit`; null when there is none. */
  previous(day: number, limit: number, steps: SearchSteps): number | null;
  /** How many days lie in [from, to). */
  count(from: number, to: number): number;
  has(day: number): boolean;
}

interface Month {
  /** Its first day, counted from 1970-01-01. */
  readonly first: number;
  /** The days that are meant, the first as the lowest bit. */
  readonly mask: number;
  readonly length: number;
}

export class CronDays implements Days {
  readonly isEveryDay: boolean;
  readonly #months: ReadonlySet<number>;
  readonly #judge: Cron;
  /** Month shape to days, the first of the month as the lowest bit. */
  readonly #shapes = new Map<number, number>();
  /** The month asked about last: a range asks about its days one after the other. */
  #recent: Month = { first: 0, mask: 0, length: 0 };

  constructor(text: string, months: readonly number[]) {
    this.isEveryDay = text === '* * *';
    this.#months = new Set(months);
    // No function is given, so croner starts no timer.
    this.#judge = new Cron(`0 0 0 ${text}`, { mode: '6-part', timezone: 'UTC', paused: true });
  }

  next(day: number, limit: number, steps: SearchSteps): number | null {
    if (this.isEveryDay) return day < limit ? day : null;
    let { first, mask, length } = this.#monthOf(day);
    let rest = mask & (FULL << (day - first));
    while (rest === 0) {
      first += length;
      if (first >= limit) return null;
      steps.spend();
      ({ mask: rest, length } = this.#monthOf(first));
    }
    const found = first + 31 - Math.clz32(rest & -rest);
    return found < limit ? found : null;
  }

  previous(day: number, limit: number, steps: SearchSteps): number | null {
    if (this.isEveryDay) return day >= limit ? day : null;
    let { first, mask } = this.#monthOf(day);
    let rest = mask & (FULL >>> (30 - (day - first)));
    while (rest === 0) {
      if (first <= limit) return null;
      steps.spend();
      ({ first, mask: rest } = this.#monthOf(first - 1));
    }
    const found = first + 31 - Math.clz32(rest);
    return found >= limit ? found : null;
  }

  count(from: number, to: number): number {
    if (from >= to) return 0;
    if (this.isEveryDay) return to - from;
    let total = 0;
    for (let day = from; day < to;) {
      const { first, mask, length } = this.#monthOf(day);
      let rest = mask & (FULL << (day - first));
      if (to < first + length) rest &= FULL >>> (31 - (to - first));
      total += bitCount(rest);
      day = first + length;
    }
    return total;
  }

  has(day: number): boolean {
    if (this.isEveryDay) return true;
    const { first, mask } = this.#monthOf(day);
    return (mask & (1 << (day - first))) !== 0;
  }

  /** False when no year of the calendar has such a day: 28 years hold every shape of every month. */
  fires(): boolean {
    if (this.isEveryDay) return true;
    for (let year = 2000; year < 2028; year += 1) {
      for (const month of this.#months) {
        if (this.#monthOf(Date.UTC(year, month - 1) / DAY_MS).mask !== 0) return true;
      }
    }
    return false;
  }

  #monthOf(day: number): Month {
    const { first, length } = this.#recent;
    if (day < first || day >= first + length) this.#recent = this.#findMonth(day);
    return this.#recent;
  }

  #findMonth(day: number): Month {
    const date = new Date(day * DAY_MS);
    const first = day - date.getUTCDate() + 1;
    const month = date.getUTCMonth();
    const length = Date.UTC(date.getUTCFullYear(), month + 1) / DAY_MS - first;
    if (!this.#months.has(month + 1)) return { first, mask: 0, length };
    // 1970-01-01 was a Thursday.
    const weekday = (((first + 4) % 7) + 7) % 7;
    const shape = (month * 7 + weekday) * 4 + (length - 28);
    let mask = this.#shapes.get(shape);
    if (mask === undefined) {
      mask = this.#judgeMonth(first, length);
      this.#shapes.set(shape, mask);
    }
    return { first, mask, length };
  }

  #judgeMonth(first: number, length: number): number {
    let mask = 0;
    for (let index = 0; index < length; index += 1) {
      if (this.#judge.match(new Date((first + index) * DAY_MS))) mask |= 1 << index;
    }
    return mask;
  }
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

const remembered = new Map<string, CronDays>();

/** The days of three fields (`dayOfMonth month dayOfWeek`), shared by all jobs that ask for the same. */
export function cronDays(text: string, months: readonly number[]): CronDays {
  let days = remembered.get(text);
  if (days === undefined) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    days = new CronDays(text, months);
    remembered.set(text, days);
  }
  return days;
}
