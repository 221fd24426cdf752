import { describe, expect, it } from 'vitest';
import { describeSchedules } from '../../../src/core/schedule/describe-schedule.ts';
import { schedulesOf } from '../../support/a-schedule.ts';

describe('describeSchedules', () => {
  it.each([
    ['* * * * *', 'every minute'],
    ['0 * * * *', 'hourly'],
    ['5 * * * *', 'hourly at minute 5'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['*/15 * * * 1-5', 'every 15 minutes, Monday to Friday'],
    ['0 3 * * *', 'daily at 03:00'],
    ['0 0 3 * * *', 'daily at 03:00'],
    ['30 2,14 * * *', 'daily at 02:30 and 14:30'],
    ['0 9 * * 1-5', 'Monday to Friday at 09:00'],
    ['0 9 * * MON', 'Mondays at 09:00'],
    ['0 9 * * 1,3,5', 'Mondays, Wednesdays and Fridays at 09:00'],
    ['@weekends', 'Saturdays and Sundays at 09:00'],
    ['@weekly', 'Sundays at 00:00'],
    ['0 0 1 * *', 'monthly on day 1 at 00:00'],
    ['0 0 L * *', 'monthly on the last day at 00:00'],
    ['@yearly', 'yearly on 1 January at 00:00'],
    ['0 0 L 2 *', 'yearly on the last day of February at 00:00'],
    ['0 0 * * 5#2', 'at 00:00, on the second Friday of the month'],
    ['0 0 1 * +mon', '0 0 1 * +1'],
    ['every 30s', 'every 30s'],
    ['every 1h30m', 'every 1h30m'],
    [{ every: '8h', anchor: '06:00' }, 'every 8h counted from 2025-01-01T06:00:00Z'],
    ['at 2026-12-31T23:59', 'once at 2026-12-31T23:59:00Z'],
    [
      { cron: '0 3 * * *', jitter: '5m', from: '2026-06-01', until: '2027-06-01' },
      'daily at 03:00, up to 5m later, from 2026-06-01T00:00:00Z, until 2027-06-01T00:00:00Z',
    ],
    [['0 3 * * *', 'every 5m'], 'daily at 03:00; every 5m'],
    [[], 'by hand only'],
  ])('%j is said as: %s', (input, words) => {
    expect(describeSchedules(schedulesOf(input))).toBe(words);
  });

  it('names the zone when it is not UTC and matters', () => {
    const inBerlin = (input: unknown) => describeSchedules(schedulesOf(input, 'Europe/Berlin'));
    expect(inBerlin('0 3 * * *')).toBe('daily at 03:00 (Europe/Berlin)');
    expect(inBerlin('at 2026-12-31T23:59')).toBe('once at 2026-12-31 23:59 (Europe/Berlin)');
    expect(inBerlin('at 2026-12-31T23:59:30')).toBe('once at 2026-12-31 23:59:30 (Europe/Berlin)');
    expect(inBerlin('every 30s')).toBe('every 30s');
  });
});
