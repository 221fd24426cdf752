import { describe, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../../src/core/calendar/day.ts';
import { DaySet } from '../../../src/core/calendar/allowed-days.ts';
import { readDates, readDayRule, recurringText } from '../../../src/core/calendar/day-rule.ts';

/** The days that entries name in the years given. */
function daysIn(years: readonly number[], ...entries: string[]): string[] {
  const set = new DaySet(entries);
  return years.flatMap((year) => {
    const first = parseDay(`${year}-01-01`)!;
    return [...set.year(year)].flatMap((mark, at) => (mark === 1 ? [formatDay(first + at)] : []));
  });
}

describe('what a person writes as days', () => {
  it.each([
    ['2026-12-24..2026-12-26', ['2026-12-24', '2026-12-25', '2026-12-26']],
    ['12-25', ['2026-12-25']],
    ['12-30..01-02', ['2026-01-01', '2026-01-02', '2026-12-30', '2026-12-31']],
    ['02-29', []],
  ])('%s', (text, days) => {
    expect(readDates(text).ok).toBe(true);
    expect(daysIn([2026], text)).toEqual(days);
  });

  it('reads 29 February as an end of a range where the year has none', () => {
    expect(daysIn([2026, 2028], '02-27..02-29')).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2028-02-27',
      '2028-02-28',
      '2028-02-29',
    ]);
    expect(daysIn([2026, 2028], '02-29..03-01')).toEqual([
      '2026-03-01',
      '2028-02-29',
      '2028-03-01',
    ]);
  });

  it.each([
    ['2026-01-01..2026-01-02..2026-01-03', 'a range has two ends'],
    ['12-24..christmas', 'the end of 12-24.. is a day such as 12-31'],
    ['12-24..02-30', 'there is no such day in the years 1970 to 2199'],
    ['2026-12-24..soon', 'the end of a range is a date such as 2026-12-31'],
    ['2026-12-24..2026-12-32', 'there is no such day in the years 1970 to 2199'],
    ['2026-02-30', 'there is no such day in the years 1970 to 2199'],
    ['2026-12-24..2026-12-23', 'the range ends before it begins'],
    ['xmas', 'write 2026-12-25, or 12-25 for every year'],
  ])('refuses %s', (text, problem) => {
    expect(readDates(text)).toEqual({ ok: false, problem });
  });
});

describe('an entry of a calendar file as a job holds it', () => {
  const fourDays = { start: parseDay('2026-12-30')!, length: 4, recurrence: 'freq=yearly' };

  it('is written with its length and what it leaves out, in order and each once', () => {
    const except = ['2028-12-30', '2027-12-30', '2028-12-30'].map((day) => parseDay(day)!);
    expect(recurringText({ ...fourDays, except })).toBe(
      '2026-12-30/4 RRULE:FREQ=YEARLY EXDATE:2027-12-30,2028-12-30',
    );
    expect(recurringText({ ...fourDays, length: 1, except: [] })).toBe(
      '2026-12-30 RRULE:FREQ=YEARLY',
    );
  });

  it('reaches from one year into the next, and begins when its first start does', () => {
    expect(daysIn([2026, 2027], '2026-12-30/4 RRULE:FREQ=YEARLY EXDATE:2027-12-30')).toEqual([
      '2026-12-30',
      '2026-12-31',
      '2027-01-01',
      '2027-01-02',
    ]);
  });

  it.each([
    ['2026-13-01 RRULE:FREQ=YEARLY', '"2026-13-01" is no date'],
    ['2026-12-01 RRULE:FREQ=SECONDLY', 'FREQ must be YEARLY, MONTHLY, WEEKLY or DAILY'],
  ])('refuses %s', (text, problem) => {
    expect(readDayRule(text)).toEqual({ ok: false, problem });
  });
});

describe('the last day of a calendar', () => {
  it.each([
    [['2026-12-24..2026-12-26', '2025-01-01'], '2026-12-26'],
    [['2026-12-30/4 RRULE:FREQ=YEARLY;COUNT=2'], '2028-01-02'],
    [['2026-12-30', '01-01'], null],
    [['mon'], null],
    [['2026-12-30 RRULE:FREQ=YEARLY'], null],
  ])('%j: %s', (entries, last) => {
    const day = new DaySet(entries).last();
    expect(day === null ? null : formatDay(day)).toBe(last);
  });

  it('is none for a calendar without days', () => {
    expect(new DaySet([]).last()).toBe(Number.NEGATIVE_INFINITY);
    expect(new DaySet(['2026-12-30 RRULE:FREQ=YEARLY;UNTIL=20260101']).last()).toBe(
      Number.NEGATIVE_INFINITY,
    );
  });
});
