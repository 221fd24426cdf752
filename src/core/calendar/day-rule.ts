// One entry of a calendar: which days it names, and how it is written. The text
// is what a job spec holds, so that days are known at any time, without the file
// they came from and without a bound to how far one looks.
import { dayOf, formatDay, isDayOfMonth, LAST_DAY, parseDay, weekdayOf } from './day.ts';
import { readRecurrence, recurrenceDays } from './recurrence.ts';

interface MonthDay {
  readonly month: number;
  readonly day: number;
}

export type DayRule =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** Each year; over the new year when `to` lies before `from`. */
  | { readonly kind: 'yearly'; readonly from: MonthDay; readonly to: MonthDay }
  | { readonly kind: 'weekday'; readonly weekday: number }
  /** Each of `starts` begins `length` days. */
  | { readonly kind: 'starts'; readonly starts: readonly number[]; readonly length: number };

export type ReadDayRule =
  | { readonly ok: true; readonly rule: DayRule }
  | { readonly ok: false; readonly problem: string };

export const WEEKDAY_WORDS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** What a person writes: `2026-12-25`, `2026-12-24..2026-12-31`, `12-25`, `12-24..01-02`. */
export function readDates(text: string): ReadDayRule {
  const [first = '', second, ...rest] = text.split('..').map((part) => part.trim());
  if (rest.length > 0) return fail('a range has two ends');
  const yearly = readMonthDay(first);
  if (yearly !== null) {
    const to = second === undefined ? yearly : readMonthDay(second);
    if (to === null) return fail(problemOf(second!, 'the end of 12-24.. is a day such as 12-31'));
    return { ok: true, rule: { kind: 'yearly', from: yearly, to } };
  }
  const from = parseDay(first);
  if (from === null) return fail(problemOf(first, 'write 2026-12-25, or 12-25 for every year'));
  const to = second === undefined ? from : parseDay(second);
  if (to === null)
    return fail(problemOf(second!, 'the end of a range is a date such as 2026-12-31'));
  if (to < from) return fail('the range ends before it begins');
  return { ok: true, rule: { kind: 'range', from, to } };
}

/** An event of several days, or one that comes again, as text; `except` leaves starts out. */
export function recurringText(event: {
  readonly start: number;
  readonly length: number;
  readonly recurrence: string;
  readonly except: readonly number[];
}): string {
  const length = event.length === 1 ? '' : `/${event.length}`;
  const except = [...new Set(event.except)].sort((a, b) => a - b).map(formatDay);
  const without = except.length === 0 ? '' : ` EXDATE:${except.join(',')}`;
  return `${formatDay(event.start)}${length} RRULE:${event.recurrence.toUpperCase()}${without}`;
}

/** Any entry as a job spec holds it. */
export function readDayRule(text: string): ReadDayRule {
  const weekday = WEEKDAY_WORDS.findIndex((word) => word === text);
  if (weekday >= 0) return { ok: true, rule: { kind: 'weekday', weekday } };
  const match = /^(\S{10})(?:\/(\d{1,4}))? RRULE:(\S+)(?: EXDATE:(\S+))?$/.exec(text);
  if (match === null) return readDates(text);
  const [, date, length = '1', recurrence, exceptions = ''] = match;
  const start = parseDay(date!);
  if (start === null) return fail(`"${date!}" is no date`);
  const read = readRecurrence(recurrence!);
  if (!read.ok) return read;
  const except = new Set(exceptions.split(',').map(parseDay));
  const starts = recurrenceDays(read.recurrence, start).filter((day) => !except.has(day));
  return { ok: true, rule: { kind: 'starts', starts, length: Number(length) } };
}

/** Marks the days of a year that the rule names; the first of January has index 0. */
export function markYear(rule: DayRule, year: number, marks: Uint8Array): void {
  const first = dayOf(year, 1, 1);
  const mark = (from: number, to: number): void => {
    const low = Math.max(from - first, 0);
    const high = Math.min(to - first, marks.length - 1);
    for (let at = low; at <= high; at += 1) marks[at] = 1;
  };
  switch (rule.kind) {
    case 'range':
      return mark(rule.from, rule.to);
    case 'yearly': {
      const from = within(year, rule.from, 'up');
      const to = within(year, rule.to, 'down');
      if (isBefore(rule.to, rule.from)) {
        mark(first, to);
        return mark(from, first + 366);
      }
      return mark(from, to);
    }
    case 'weekday': {
      const start = (rule.weekday - weekdayOf(first) + 7) % 7;
      for (let at = start; at < marks.length; at += 7) marks[at] = 1;
      return;
    }
    case 'starts': {
      const { starts, length } = rule;
      let at = firstIndex(starts, first - length + 1);
      for (; at < starts.length; at += 1) {
        const start = starts[at]!;
        if (start >= first + marks.length) return;
        mark(start, start + length - 1);
      }
    }
  }
}

/** The last day that the rule can name; null when it names days for ever. */
export function lastDayOf(rule: DayRule): number | null {
  if (rule.kind === 'range') return rule.to;
  if (rule.kind !== 'starts') return null;
  // A rule without an end goes on beyond the last year that is looked at.
  const last = rule.starts.at(-1) ?? Number.NEGATIVE_INFINITY;
  return last >= LAST_DAY - 366 ? null : last + rule.length - 1;
}

/** 29 February of a common year: none when it stands alone, the next or last day as an end. */
function within(year: number, { month, day }: MonthDay, round: 'up' | 'down'): number {
  if (isDayOfMonth(year, month, day)) return dayOf(year, month, day);
  return round === 'up' ? dayOf(year, 3, 1) : dayOf(year, 2, 28);
}

function isBefore(a: MonthDay, b: MonthDay): boolean {
  return a.month * 100 + a.day < b.month * 100 + b.day;
}

function firstIndex(days: readonly number[], atLeast: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[middle]! < atLeast) low = middle + 1;
    else high = middle;
  }
  return low;
}

function readMonthDay(text: string): MonthDay | null {
  const match = /^(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [month, day] = [Number(match[1]), Number(match[2])];
  // 2000 has all days that any year has.
  return isDayOfMonth(2000, month, day) ? { month, day } : null;
}

function problemOf(text: string, form: string): string {
  const isDate = /^(?:\d{4}-)?\d{2}-\d{2}$/.test(text);
  return isDate && readMonthDay(text) === null
    ? 'there is no such day in the years 1970 to 2199'
    : form;
}

function fail(problem: string): ReadDayRule {
  return { ok: false, problem };
}
