import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../../src/core/calendar/day.ts';
import { readRecurrence, recurrenceDays } from '../../../src/core/calendar/recurrence.ts';

function days(rule: string, start: string, until = '2040-01-01'): string[] {
  const read = readRecurrence(rule);
  if (!read.ok) throw new Error(read.problem);
  return recurrenceDays(read.recurrence, parseDay(start) ?? 0)
    .map(formatDay)
    .filter((day) => day < until);
}

/** The same by a library of another origin. */
function byLibrary(rule: string, start: string, until: string): string[] {
  const found: string[] = [];
  const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateString(start));
  for (let next = iterator.next(); next !== null && next !== undefined; next = iterator.next()) {
    const day = next.toString().slice(0, 10);
    if (day >= until) break;
    found.push(day);
  }
  return found;
}

describe('rules that come again', () => {
  it('know the fourth Thursday of November', () => {
    expect(days('FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', '2024-11-28', '2027-12-31')).toEqual([
      '2024-11-28',
      '2025-11-27',
      '2026-11-26',
      '2027-11-25',
    ]);
  });

  it('have 29 February only where the year has it', () => {
    expect(days('FREQ=YEARLY', '2024-02-29', '2033-01-01')).toEqual([
      '2024-02-29',
      '2028-02-29',
      '2032-02-29',
    ]);
  });

  it('begin at their start, not at the beginning of its period', () => {
    expect(days('FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=3', '2026-05-10')).toEqual([
      '2026-05-15',
      '2026-06-01',
      '2026-06-15',
    ]);
  });

  it('have no day where BYSETPOS points beyond those there are', () => {
    expect(days('FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5;COUNT=2', '2026-01-01')).toEqual([
      '2026-03-30',
      '2026-06-29',
    ]);
  });

  it('go on to the end of 2199', () => {
    expect(days('FREQ=YEARLY', '2020-12-25', '9999').at(-1)).toBe('2199-12-25');
  });

  it.each([
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', '2024-11-28'],
    ['FREQ=YEARLY', '2020-12-25'],
    ['FREQ=YEARLY;INTERVAL=2;BYMONTH=1,7;BYMONTHDAY=1,-1', '2020-01-01'],
    ['FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO', '2020-05-25'],
    ['FREQ=YEARLY;BYDAY=2MO,-1FR', '2020-01-13'],
    ['FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR', '2020-03-13'],
    ['FREQ=YEARLY;COUNT=5', '2020-10-03'],
    ['FREQ=YEARLY;UNTIL=20261003', '2020-10-03'],
    ['FREQ=MONTHLY;BYDAY=-1FR', '2020-01-31'],
    ['FREQ=MONTHLY;BYMONTHDAY=31', '2020-01-31'],
    ['FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15;COUNT=9', '2020-02-15'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '2020-01-31'],
    ['FREQ=WEEKLY;BYDAY=SA,SU', '2020-01-04'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU', '2020-01-05'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=MO', '2020-01-06'],
    ['FREQ=DAILY;INTERVAL=10', '2020-01-04'],
    ['FREQ=DAILY;BYMONTH=1;BYDAY=MO', '2020-01-06'],
    ['FREQ=WEEKLY', '2020-01-04'],
    ['FREQ=MONTHLY;BYMONTH=3,9', '2020-03-15'],
    ['FREQ=MONTHLY;BYDAY=5SU', '2020-03-29'],
    ['FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=2,-1', '2020-01-07'],
  ])('agrees with ical.js on %s', (rule, start) => {
    const expected = byLibrary(rule, start, '2032-01-01');
    expect(expected.length).toBeGreaterThan(2);
    expect(days(rule, start, '2032-01-01')).toEqual(expected);
  });

  it.each([
    ['FREQ=HOURLY', 'FREQ must be YEARLY, MONTHLY, WEEKLY or DAILY'],
    ['FREQ=YEARLY;BYWEEKNO=20', 'BYWEEKNO is not supported'],
    ['FREQ=YEARLY;COUNT=2;UNTIL=20300101', 'COUNT and UNTIL do not go together'],
    ['FREQ=YEARLY;BYDAY=XX', 'BYDAY must be days such as MO, 4TH or -1SU'],
    ['FREQ=YEARLY;INTERVAL=0', 'INTERVAL must be 1 to 1000'],
    ['FREQ=YEARLY;BYMONTH=13', 'BYMONTH must be 1 to 12'],
    ['FREQ=WEEKLY;BYDAY=2MO', 'a number before a day of BYDAY does not go with WEEKLY'],
    ['nonsense', '"NONSENSE" is no part of a rule'],
    ['FREQ=YEARLY;FREQ=DAILY', 'FREQ stands twice'],
    ['FREQ=YEARLY;COUNT=many', 'COUNT must be 1 to 100000'],
    ['FREQ=YEARLY;UNTIL=christmas', 'UNTIL is no date'],
    ['FREQ=YEARLY;UNTIL=20261399', 'UNTIL is no date'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY must be 1 to 31, or -1 to -31'],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0', 'BYSETPOS must be 1 to 366, or -1 to -366'],
    ['FREQ=MONTHLY;BYDAY=0MO', 'BYDAY must be days such as MO, 4TH or -1SU'],
    ['FREQ=YEARLY;BYDAY=54MO', 'BYDAY must be days such as MO, 4TH or -1SU'],
    ['FREQ=WEEKLY;WKST=XX', 'WKST must be a day such as MO'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY does not go with WEEKLY'],
  ])('refuses %s', (rule, problem) => {
    expect(readRecurrence(rule)).toEqual({ ok: false, problem });
  });
});
