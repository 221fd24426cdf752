// The days that a rule of RFC 5545 (RRULE) names, such as every fourth Thursday
// of November. Parts that concern times of day, weeks by number or days of the
// year by number are refused, not ignored: a holiday must not be lost silently.
import { DAY_MS, dayOf, isDayOfMonth, LAST_DAY, parseDay, weekdayOf, yearOf } from './day.ts';

interface WeekdayPart {
  /** 4 for the fourth, -1 for the last; 0 for each. */
  readonly ordinal: number;
  readonly weekday: number;
}

export interface Recurrence {
  readonly freq: 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY';
  readonly interval: number;
  readonly until: number | null;
  readonly count: number | null;
  readonly months: readonly number[];
  readonly monthDays: readonly number[];
  readonly weekdays: readonly WeekdayPart[];
  readonly positions: readonly number[];
  readonly weekStart: number;
}

export type ReadRecurrence =
  | { readonly ok: true; readonly recurrence: Recurrence }
  | { readonly ok: false; readonly problem: string };

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'] as const;
/** More periods than any rule has between 1970 and 2199; the walk ends here whatever it finds. */
const PERIODS_MAX = 90_000;

/** Reads the value of an RRULE: `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`. */
export function readRecurrence(text: string): ReadRecurrence {
  const parts = new Map<string, string>();
  for (const part of text.toUpperCase().split(';')) {
    const [name = '', value = ''] = part.split('=');
    if (name === '' || value === '') return fail(`"${part}" is no part of a rule`);
    if (parts.has(name)) return fail(`${name} stands twice`);
    parts.set(name, value);
  }
  const freq = FREQUENCIES.find((known) => known === parts.get('FREQ'));
  if (freq === undefined) return fail('FREQ must be YEARLY, MONTHLY, WEEKLY or DAILY');
  const known = /^(?:FREQ|INTERVAL|UNTIL|COUNT|BYMONTH|BYMONTHDAY|BYDAY|BYSETPOS|WKST)$/;
  const foreign = [...parts.keys()].find((name) => !known.test(name));
  if (foreign !== undefined) return fail(`${foreign} is not supported`);
  const interval = wholeNumber(parts.get('INTERVAL') ?? '1', 1, 1000);
  const countText = parts.get('COUNT');
  const count = countText === undefined ? null : wholeNumber(countText, 1, 100_000);
  const untilText = parts.get('UNTIL');
  const until = untilText === undefined ? null : parseBasicDay(untilText);
  const months = numbers(parts.get('BYMONTH'), 12, false);
  const monthDays = numbers(parts.get('BYMONTHDAY'), 31, true);
  const positions = numbers(parts.get('BYSETPOS'), 366, true);
  const weekdays = weekdayParts(parts.get('BYDAY'));
  const weekStart = WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO');
  if (interval === undefined) return fail('INTERVAL must be 1 to 1000');
  if (count === undefined) return fail('COUNT must be 1 to 100000');
  if (untilText !== undefined && until === null) return fail('UNTIL is no date');
  if (count !== null && until !== null) return fail('COUNT and UNTIL do not go together');
  if (months === null) return fail('BYMONTH must be 1 to 12');
  if (monthDays === null) return fail('BYMONTHDAY must be 1 to 31, or -1 to -31');
  if (positions === null) return fail('BYSETPOS must be 1 to 366, or -1 to -366');
  if (weekdays === null) return fail('BYDAY must be days such as MO, 4TH or -1SU');
  if (weekStart < 0) return fail('WKST must be a day such as MO');
  if (freq === 'WEEKLY' && monthDays.length > 0) return fail('BYMONTHDAY does not go with WEEKLY');
  const hasOrdinal = weekdays.some(({ ordinal }) => ordinal !== 0);
  if (hasOrdinal && (freq === 'WEEKLY' || freq === 'DAILY')) {
    return fail(`a number before a day of BYDAY does not go with ${freq}`);
  }
  return {
    ok: true,
    recurrence: {
      freq,
      interval,
      until,
      count,
      months,
      monthDays,
      weekdays,
      positions,
      weekStart,
    },
  };
}

/** `20261225`, with or without a time behind it, which is left out. */
export function parseBasicDay(text: string): number | null {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T\d{6}Z?)?$/i.exec(text);
  return match === null ? null : parseDay(match.slice(1).join('-'));
}

/** All days from `start` on, ascending, up to the end of 2199 or of the rule. */
export function recurrenceDays(recurrence: Recurrence, start: number): number[] {
  const { count, freq, interval } = recurrence;
  const last = Math.min(recurrence.until ?? LAST_DAY, LAST_DAY);
  const found: number[] = [];
  for (let period = 0; period < PERIODS_MAX; period += 1) {
    const begins = periodStart(recurrence, start, period * interval);
    if (begins > last) break;
    for (const day of chosen(recurrence, daysOfPeriod(recurrence, start, begins, freq))) {
      if (day < start) continue;
      if (day > last || found.length === count) return found;
      found.push(day);
    }
  }
  return found;
}

/** First day of the period that lies `steps` of them after the one of `start`. */
function periodStart({ freq, weekStart }: Recurrence, start: number, steps: number): number {
  const date = new Date(start * DAY_MS);
  switch (freq) {
    case 'YEARLY':
      return dayOf(date.getUTCFullYear() + steps, 1, 1);
    case 'MONTHLY':
      return dayOf(date.getUTCFullYear(), date.getUTCMonth() + 1 + steps, 1);
    case 'WEEKLY':
      return start - ((weekdayOf(start) - weekStart + 7) % 7) + 7 * steps;
    case 'DAILY':
      return start + steps;
  }
}

function daysOfPeriod(
  recurrence: Recurrence,
  start: number,
  begins: number,
  freq: Recurrence['freq'],
): number[] {
  const { months, monthDays, weekdays } = recurrence;
  const first = new Date(begins * DAY_MS);
  const year = first.getUTCFullYear();
  const month = first.getUTCMonth() + 1;
  if (freq === 'DAILY' || freq === 'WEEKLY') {
    const days = Array.from({ length: freq === 'DAILY' ? 1 : 7 }, (_, at) => begins + at);
    const wanted =
      weekdays.length > 0 || freq === 'DAILY'
        ? weekdays
        : [{ ordinal: 0, weekday: weekdayOf(start) }];
    return days.filter(
      (day) => inMonths(day, months) && onMonthDays(day, monthDays) && onWeekdays(day, wanted),
    );
  }
  if (freq === 'MONTHLY') {
    return months.length > 0 && !months.includes(month)
      ? []
      : daysOfMonth(recurrence, start, year, month);
  }
  if (months.length === 0 && monthDays.length === 0 && weekdays.length > 0) {
    return weekdaysBetween(weekdays, begins, dayOf(year + 1, 1, 1));
  }
  const startMonth = new Date(start * DAY_MS).getUTCMonth() + 1;
  const all = Array.from({ length: 12 }, (_, at) => at + 1);
  const wanted = months.length > 0 ? months : monthDays.length > 0 ? all : [startMonth];
  return wanted.flatMap((one) => daysOfMonth(recurrence, start, year, one));
}

function daysOfMonth(
  { monthDays, weekdays }: Recurrence,
  start: number,
  year: number,
  month: number,
): number[] {
  const first = dayOf(year, month, 1);
  const end = dayOf(year, month + 1, 1);
  if (monthDays.length > 0) {
    const days = Array.from({ length: end - first }, (_, at) => first + at);
    const wanted = weekdays.length === 0 ? days : weekdaysBetween(weekdays, first, end);
    return days.filter((day) => wanted.includes(day) && onMonthDays(day, monthDays));
  }
  if (weekdays.length > 0) return weekdaysBetween(weekdays, first, end);
  const dayOfMonth = new Date(start * DAY_MS).getUTCDate();
  return isDayOfMonth(year, month, dayOfMonth) ? [first + dayOfMonth - 1] : [];
}

/** Ordinals count within [from, to). */
function weekdaysBetween(parts: readonly WeekdayPart[], from: number, to: number): number[] {
  return parts.flatMap(({ ordinal, weekday }) => {
    const first = from + ((weekday - weekdayOf(from) + 7) % 7);
    const days = Array.from({ length: Math.ceil((to - first) / 7) }, (_, at) => first + 7 * at);
    if (ordinal === 0) return days;
    const day = days.at(ordinal > 0 ? ordinal - 1 : ordinal);
    return day === undefined ? [] : [day];
  });
}

/** In order, each once, and of these the ones that BYSETPOS takes. */
function chosen({ positions }: Recurrence, days: readonly number[]): number[] {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  if (positions.length === 0) return sorted;
  const taken = positions.flatMap((at) => sorted.at(at > 0 ? at - 1 : at) ?? []);
  return [...new Set(taken)].sort((a, b) => a - b);
}

function inMonths(day: number, months: readonly number[]): boolean {
  return months.length === 0 || months.includes(new Date(day * DAY_MS).getUTCMonth() + 1);
}

function onMonthDays(day: number, monthDays: readonly number[]): boolean {
  if (monthDays.length === 0) return true;
  const date = new Date(day * DAY_MS);
  const dayOfMonth = date.getUTCDate();
  const length = dayOf(yearOf(day), date.getUTCMonth() + 2, 1) - (day - dayOfMonth + 1);
  return monthDays.includes(dayOfMonth) || monthDays.includes(dayOfMonth - length - 1);
}

function onWeekdays(day: number, parts: readonly WeekdayPart[]): boolean {
  return parts.length === 0 || parts.some(({ weekday }) => weekday === weekdayOf(day));
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

/** Null when one of them is none. */
function numbers(text: string | undefined, max: number, signed: boolean): number[] | null {
  if (text === undefined) return [];
  const values = text.split(',').map((word) => (/^[+-]?\d{1,3}$/.test(word) ? Number(word) : 0));
  const isFine = (value: number): boolean =>
    Math.abs(value) >= 1 && Math.abs(value) <= max && (signed || value > 0);
  return values.every(isFine) ? values : null;
}

function weekdayParts(text: string | undefined): WeekdayPart[] | null {
  if (text === undefined) return [];
  const parts: WeekdayPart[] = [];
  for (const word of text.split(',')) {
    const match = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(word);
    if (match === null) return null;
    const ordinal = match[1] === undefined ? 0 : Number(match[1]);
    if (match[1] !== undefined && (ordinal === 0 || Math.abs(ordinal) > 53)) return null;
    parts.push({ ordinal, weekday: WEEKDAYS.indexOf(match[2]!) });
  }
  return parts;
}

function fail(problem: string): ReadRecurrence {
  return { ok: false, problem };
}
