import { describe, expect, it } from 'vitest';
import { compiled, timesIn } from '../support/a-schedule.ts';

const DAY_MS = 86_400_000;

describe('the calendar', () => {
  it('C1: 29 February comes in leap years only', () => {
    const schedule = compiled('0 0 29 2 *');
    expect(timesIn(schedule, '2026-12-01T00:00Z', '2033-01-01T00:00Z')).toEqual([
      '2028-02-29T00:00:00Z',
      '2032-02-29T00:00:00Z',
    ]);
    expect(schedule.next(Date.parse('2096-03-01T00:00Z'))?.nominalTime).toBe(
      Date.parse('2104-02-29T00:00Z'),
    );
  });

  it('C2: the 31st comes in seven months a year, and the others are not made up for', () => {
    const months = timesIn(compiled('0 0 31 * *'), '2026-01-01T00:00Z', '2027-01-01T00:00Z').map(
      (time) => time.slice(5, 7),
    );
    expect(months).toEqual(['01', '03', '05', '07', '08', '10', '12']);
  });

  it('C3: a day of month and a day of week mean either', () => {
    expect(timesIn(compiled('0 0 1 * 1'), '2026-08-25T00:00Z', '2026-09-15T00:00Z')).toEqual([
      '2026-08-31T00:00:00Z',
      '2026-09-01T00:00:00Z',
      '2026-09-07T00:00:00Z',
      '2026-09-14T00:00:00Z',
    ]);
  });

  it('a plus before the day of week means both', () => {
    expect(timesIn(compiled('0 0 1 * +mon'), '2026-01-01T00:00Z', '2027-03-02T00:00Z')).toEqual([
      '2026-06-01T00:00:00Z',
      '2027-02-01T00:00:00Z',
      '2027-03-01T00:00:00Z',
    ]);
  });

  it('C4: goes on past the end of 32-bit seconds', () => {
    const schedule = compiled('7,8 14 3 19 1 *');
    expect(timesIn(schedule, '2038-01-01T00:00Z', '2039-01-01T00:00Z')).toEqual([
      '2038-01-19T03:14:07Z',
      '2038-01-19T03:14:08Z',
    ]);
  });

  it('C5: Sunday is 0 and 7, and names are read in any case', () => {
    const sundays = timesIn(compiled('0 0 * * 0'), '2026-01-01T00:00Z', '2026-02-01T00:00Z');
    expect(sundays).toHaveLength(4);
    for (const day of ['7', 'sun', 'SUN', 'Sun']) {
      expect(timesIn(compiled(`0 0 * * ${day}`), '2026-01-01T00:00Z', '2026-02-01T00:00Z')).toEqual(
        sundays,
      );
    }
  });

  it('C6: names an instant far beyond the reach of one timer exactly', () => {
    const now = Date.parse('2026-11-21T00:00Z');
    const next = compiled('0 0 1 1 *').next(now)?.nominalTime ?? 0;
    expect(next).toBe(Date.parse('2027-01-01T00:00Z'));
    expect(next - now).toBeGreaterThan(24.8 * DAY_MS);
  });

  it('L, W and # name the last day, the nearest weekday and the nth day of week', () => {
    const inFebruary = (cron: string) =>
      timesIn(compiled(cron), '2026-02-01T00:00Z', '2026-03-01T00:00Z').map((t) => t.slice(8, 10));
    expect(inFebruary('0 0 L * *')).toEqual(['28']);
    expect(inFebruary('0 0 LW * *')).toEqual(['27']);
    expect(inFebruary('0 0 15W * *')).toEqual(['16']);
    expect(inFebruary('0 0 1W * *')).toEqual(['02']);
    expect(inFebruary('0 0 * * fri#2')).toEqual(['13']);
    expect(inFebruary('0 0 * * 5L')).toEqual(['27']);
    expect(inFebruary('0 0 * * mon#1,tue#3')).toEqual(['02', '17']);
  });
});
