import { describe, expect, it } from 'vitest';
import { compiled } from '../../support/a-schedule.ts';

const minute = 60_000;
const day = 86_400_000;

// Stretches in which a clock-bound rule would stumble.
const stretches = [
  ['midnight and the end of a month', '2026-01-30T22:00Z', 4],
  ['29 February', '2028-02-27T22:00Z', 4],
  ['the end of a year', '2026-12-30T22:00Z', 4],
  ['the hour that is left out in Berlin', '2026-03-28T00:00Z', 3],
  ['the hour that comes twice in Berlin', '2026-10-24T00:00Z', 3],
] as const;

describe.each([
  ['45m', 45 * minute],
  ['7m', 7 * minute],
  ['90s', 90_000],
  ['1h30m', 90 * minute],
])('every %s', (every, intervalMs) => {
  it.each(stretches)('keeps its distance over %s', (_, from, days) => {
    const schedule = compiled({ every }, 'Europe/Berlin');
    const start = Date.parse(from);
    const times = [...schedule.range(start, start + days * day)].map((one) => one.nominalTime);
    const gaps = new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)));
    expect([...gaps]).toEqual([intervalMs]);
    expect(schedule.count(start, start + days * day, 1e6)).toBe(times.length);
    // On the grid of 1970, wherever one begins to look.
    expect((times[0] ?? 0) % intervalMs).toBe(0);
  });
});

describe('the anchor of an interval', () => {
  const first = (anchor: string, timezone: string, after: string): string =>
    new Date(
      compiled({ every: '45m', anchor }, timezone).next(Date.parse(after))?.nominalTime ?? 0,
    ).toISOString();

  it('as an instant is passed through exactly', () => {
    expect(first('2026-05-01T10:10:00Z', 'Europe/Berlin', '2026-05-01T10:09:59Z')).toBe(
      '2026-05-01T10:10:00.000Z',
    );
  });

  it('as a local moment is that of the zone, summer or winter', () => {
    expect(first('2026-07-01T06:00', 'Europe/Berlin', '2026-07-01T03:59:00Z')).toBe(
      '2026-07-01T04:00:00.000Z',
    );
    expect(first('2026-01-01T06:00', 'Europe/Berlin', '2026-01-01T04:59:00Z')).toBe(
      '2026-01-01T05:00:00.000Z',
    );
  });

  it('as a time of day is passed through every day when the interval divides the day', () => {
    const schedule = compiled({ every: '45m', anchor: '06:00' }, 'UTC');
    for (const date of ['2026-01-01', '2026-02-28', '2026-12-31']) {
      const at = Date.parse(`${date}T06:00:00Z`);
      expect(schedule.next(at - 1)?.nominalTime).toBe(at);
    }
  });

  it('in the future holds for the time before it, too', () => {
    expect(first('2030-01-01T00:10:00Z', 'UTC', '2029-12-31T23:20:00Z')).toBe(
      '2029-12-31T23:25:00.000Z',
    );
  });
});
