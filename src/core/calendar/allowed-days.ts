// Which days the calendars of a job let it run on. Years are worked out once,
// when they are first asked for, and shared by all jobs with the same calendars.
import { dayOf, FIRST_DAY, LAST_DAY, yearOf } from './day.ts';
import { type DayRule, lastDayOf, markYear, readDayRule } from './day-rule.ts';
import type { CalendarDays, CalendarRule } from './calendar.ts';

const REMEMBERED = 1000;

/** Days looked through, both ends inclusive. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly found: number | null;
}

interface YearOfDays {
  readonly first: number;
  readonly marks: Uint8Array;
}

/** The days of one calendar. */
export class DaySet {
  readonly #rules: readonly DayRule[];
  readonly #years = new Map<number, Uint8Array>();

  constructor(days: readonly string[]) {
    // What cannot be read was refused when the manifest was.
    this.#rules = days.flatMap((text) => {
      const read = readDayRule(text);
      return read.ok ? [read.rule] : [];
    });
  }

  year(year: number): Uint8Array {
    let marks = this.#years.get(year);
    if (marks === undefined) {
      marks = new Uint8Array(dayOf(year + 1, 1, 1) - dayOf(year, 1, 1));
      for (const rule of this.#rules) markYear(rule, year, marks);
      this.#years.set(year, marks);
    }
    return marks;
  }

  has(day: number): boolean {
    const year = yearOf(day);
    return this.year(year)[day - dayOf(year, 1, 1)] === 1;
  }

  /** The last day; null when there are days for ever. */
  last(): number | null {
    let last = Number.NEGATIVE_INFINITY;
    for (const rule of this.#rules) {
      const own = lastDayOf(rule);
      if (own === null) return null;
      last = Math.max(last, own);
    }
    return last;
  }
}

/** The days left by the calendars of a job. */
export class AllowedDays {
  readonly #only: readonly DaySet[];
  readonly #except: readonly DaySet[];
  /** Year to its days: 1 for an allowed one. */
  readonly #years = new Map<number, YearOfDays>();
  #recent: YearOfDays = { first: 0, marks: new Uint8Array(0) };
  /** The last stretch in which none was found, with the day that ended it: not looked through again. */
  #ahead: Stretch = { from: LAST_DAY + 1, to: LAST_DAY + 1, found: null };
  #behind: Stretch = { from: FIRST_DAY - 1, to: FIRST_DAY - 1, found: null };

  constructor(rule: CalendarRule) {
    this.#only = rule.only.map(daySetOf);
    this.#except = rule.except.map(daySetOf);
  }

  has(day: number): boolean {
    const { first, marks } = this.#yearOf(day);
    return marks[day - first] === 1;
  }

  /** The first allowed day at or after `day`; null when there is none. */
  next(day: number): number | null {
    const from = Math.max(day, FIRST_DAY);
    if (from >= this.#ahead.from && from <= this.#ahead.to) return this.#ahead.found;
    let at = from;
    while (at <= LAST_DAY && !this.has(at)) at += 1;
    this.#ahead = { from, to: at, found: at <= LAST_DAY ? at : null };
    return this.#ahead.found;
  }

  /** The last allowed day at or before `day`; null when there is none. */
  previous(day: number): number | null {
    const from = Math.min(day, LAST_DAY);
    if (from <= this.#behind.from && from >= this.#behind.to) return this.#behind.found;
    let at = from;
    while (at >= FIRST_DAY && !this.has(at)) at -= 1;
    this.#behind = { from, to: at, found: at >= FIRST_DAY ? at : null };
    return this.#behind.found;
  }

  #yearOf(day: number): YearOfDays {
    const recent = this.#recent;
    if (day >= recent.first && day < recent.first + recent.marks.length) return recent;
    const year = yearOf(day);
    let found = this.#years.get(year);
    if (found === undefined) {
      found = { first: dayOf(year, 1, 1), marks: this.#marks(year) };
      this.#years.set(year, found);
    }
    this.#recent = found;
    return found;
  }

  #marks(year: number): Uint8Array {
    const length = dayOf(year + 1, 1, 1) - dayOf(year, 1, 1);
    const marks = new Uint8Array(length).fill(this.#only.length === 0 ? 1 : 0);
    for (const set of this.#only) {
      set.year(year).forEach((mark, at) => {
        if (mark === 1) marks[at] = 1;
      });
    }
    for (const set of this.#except) {
      set.year(year).forEach((mark, at) => {
        if (mark === 1) marks[at] = 0;
      });
    }
    return marks;
  }
}

const byObject = new WeakMap<CalendarRule, AllowedDays>();
const byContent = new Map<string, AllowedDays>();
const sets = new Map<string, DaySet>();

/** The days of a job's calendars, shared by all jobs that have the same. */
export function allowedDays(rule: CalendarRule): AllowedDays {
  const known = byObject.get(rule);
  if (known !== undefined) return known;
  const content = JSON.stringify(
    [rule.except, rule.only].map((list) => list.map(({ days }) => days)),
  );
  let found = byContent.get(content);
  if (found === undefined) {
    if (byContent.size >= REMEMBERED) byContent.clear();
    found = new AllowedDays(rule);
    byContent.set(content, found);
  }
  byObject.set(rule, found);
  return found;
}

/** The days of one calendar, shared like those of a job. */
export function daySetOf({ days }: Pick<CalendarDays, 'days'>): DaySet {
  const content = days.join('\n');
  let found = sets.get(content);
  if (found === undefined) {
    if (sets.size >= REMEMBERED) sets.clear();
    found = new DaySet(days);
    sets.set(content, found);
  }
  return found;
}

const rules = new Map<string, CalendarRule>();

/** The same rule, as one object for all that ask. */
export function sharedRule(rule: CalendarRule): CalendarRule {
  const content = JSON.stringify(rule);
  const known = rules.get(content);
  if (known !== undefined) return known;
  if (rules.size >= REMEMBERED) rules.clear();
  rules.set(content, rule);
  return rule;
}
