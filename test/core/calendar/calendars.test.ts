import { describe, expect, it } from 'vitest';
import { AllowedDays, allowedDays, sharedRule } from '../../../src/core/calendar/allowed-days.ts';
import {
  type Calendar,
  type CalendarRule,
  calendarWords,
} from '../../../src/core/calendar/calendar.ts';
import { formatDay, parseDay } from '../../../src/core/calendar/day.ts';
import { daysOfYear, weekdaysOf } from '../../../src/core/calendar/days-of-year.ts';
import { dayInstead, leftOutWords } from '../../../src/core/calendar/left-out.ts';

const holidays = { name: 'holidays', days: ['2026-12-25..2026-12-26'] };
const weekends = { name: 'weekends', days: ['sat', 'sun'] };
const quarters = { name: 'quarter-ends', days: ['06-30', '12-31'] };
const rule = (changes: Partial<CalendarRule>): CalendarRule => ({
  except: [],
  only: [],
  roll: 'skip',
  ...changes,
});
const day = (text: string): number => parseDay(text)!;
const shown = (found: number | null): string | null => (found === null ? null : formatDay(found));

describe('calendars of a job, in words', () => {
  it.each([
    ['not on days of holidays, weekends', rule({ except: [holidays, weekends] })],
    ['only on days of quarter-ends', rule({ only: [quarters] })],
    [
      'only on days of quarter-ends and not on days of weekends, else on the previous allowed day',
      rule({ only: [quarters], except: [weekends], roll: 'previous' }),
    ],
  ])('%s', (words, given) => {
    expect(calendarWords(given)).toBe(words);
  });
});

describe('why a day is left out', () => {
  it.each([
    ['2026-12-26', '2026-12-26 is in holidays or weekends', rule({ except: [holidays, weekends] })],
    ['2026-12-25', '2026-12-25 is in holidays', rule({ except: [holidays, weekends] })],
    [
      '2026-12-30',
      '2026-12-30 is not in quarter-ends or holidays',
      rule({ only: [quarters, holidays] }),
    ],
    ['2026-12-31', null, rule({ only: [quarters], except: [holidays] })],
  ])('%s: %s', (date, words, given) => {
    expect(leftOutWords(given, day(date))).toBe(words);
  });

  it.each([
    ['skip', null],
    ['next', '2026-12-28'],
    ['previous', '2026-12-24'],
  ] as const)('with roll %s its occurrences count on %s', (roll, instead) => {
    const given = rule({ except: [holidays, weekends], roll });
    expect(dayInstead(given, day('2026-12-26'))).toBe(instead);
  });

  it('has no day instead where no further day is allowed', () => {
    const given = rule({ only: [{ name: 'once', days: ['2026-05-01'] }], roll: 'next' });
    expect(dayInstead(given, day('2026-05-02'))).toBeNull();
  });
});

describe('the days that calendars allow', () => {
  const once = new AllowedDays(rule({ only: [{ name: 'once', days: ['2026-05-01'] }] }));

  it('finds the next and the previous one, however often one asks', () => {
    for (const time of ['first', 'again']) {
      expect([time, shown(once.next(day('2026-04-01')))]).toEqual([time, '2026-05-01']);
      expect([time, shown(once.previous(day('2026-06-01')))]).toEqual([time, '2026-05-01']);
    }
  });

  it('finds none beyond the last and before the first', () => {
    expect(once.next(day('2026-05-02'))).toBeNull();
    expect(once.next(day('2100-01-01'))).toBeNull();
    expect(once.previous(day('2026-04-30'))).toBeNull();
    expect(once.previous(day('1980-01-01'))).toBeNull();
  });

  it('are shared by all jobs with the same calendars, and stay right beyond what is remembered', () => {
    const same = (): CalendarRule => rule({ except: [weekends] });
    expect(allowedDays(same())).toBe(allowedDays(same()));
    expect(sharedRule(same())).toBe(sharedRule(same()));
    const known = allowedDays(same());
    for (let at = 0; at < 1001; at += 1) {
      const other = rule({ only: [{ name: 'a', days: [formatDay(20_000 + at)] }] });
      expect(sharedRule(other)).toBe(other);
      expect(allowedDays(other).next(0)).toBe(20_000 + at);
    }
    // Not remembered, and so worked out again.
    expect(allowedDays(same())).not.toBe(known);
    expect(shown(allowedDays(same()).next(day('2026-12-26')))).toBe('2026-12-28');
  });
});

describe('the days of a year, for people', () => {
  const calendar = (...entries: [string, string | null][]): Calendar => ({
    name: 'days',
    days: entries.map(([text]) => text),
    entries: entries.map(([text, title]) => ({ text, title })),
    files: [],
  });

  it('are in order, each once, with the first name that an entry gives', () => {
    const given = calendar(
      ['2026-12-31', null],
      ['2026-01-01', 'New Year'],
      ['01-01', 'again'],
      ['12-31', 'the last one'],
    );
    expect(daysOfYear(given, 2026)).toEqual([
      { date: '2026-01-01', title: 'New Year', isWeekday: false },
      { date: '2026-12-31', title: 'the last one', isWeekday: false },
    ]);
  });

  it('tell a day that is there as a day of the week alone', () => {
    const given = calendar(['sat', null], ['2026-12-26', null], ['2026-12-19..2026-12-20', 'fair']);
    const december = daysOfYear(given, 2026).filter(({ date }) => date > '2026-12-11');
    expect(december).toEqual([
      { date: '2026-12-12', title: null, isWeekday: true },
      { date: '2026-12-19', title: 'fair', isWeekday: false },
      { date: '2026-12-20', title: 'fair', isWeekday: false },
      { date: '2026-12-26', title: null, isWeekday: false },
    ]);
  });

  it('name the days of the week from Monday on', () => {
    expect(weekdaysOf(calendar(['sun', null], ['12-25', null], ['sat', null]))).toEqual([
      'sat',
      'sun',
    ]);
  });
});
