import { describe, expect, it } from 'vitest';
import { clockTime, localTime, needSeconds } from '../../src/cli/views/times.ts';

describe('an instant in local time', () => {
  it('carries weekday, date, time and offset', () => {
    expect(localTime(Date.parse('2026-03-27T13:05:00Z'), 'Europe/Berlin')).toBe(
      'Fri 2026-03-27 14:05 +01:00',
    );
  });

  it('shows seconds only when there are any', () => {
    expect(localTime(Date.parse('2026-03-27T13:05:09Z'), 'UTC')).toBe(
      'Fri 2026-03-27 13:05:09 +00:00',
    );
  });

  it('of a column with seconds elsewhere shows its own, too', () => {
    const instants = [Date.parse('2026-03-27T13:05:00Z'), Date.parse('2026-03-27T13:05:30Z')];
    expect(instants.map((instant) => localTime(instant, 'UTC', needSeconds(instants)))).toEqual([
      'Fri 2026-03-27 13:05:00 +00:00',
      'Fri 2026-03-27 13:05:30 +00:00',
    ]);
    expect(needSeconds([instants[0] ?? null, null])).toBe(false);
  });

  it('tells the two passes of a repeated hour apart', () => {
    const first = localTime(Date.parse('2026-10-25T00:30:00Z'), 'Europe/Berlin');
    const second = localTime(Date.parse('2026-10-25T01:30:00Z'), 'Europe/Berlin');
    expect([first, second]).toEqual(['Sun 2026-10-25 02:30 +02:00', 'Sun 2026-10-25 02:30 +01:00']);
  });

  it('writes midnight as 00, not 24', () => {
    expect(clockTime(Date.parse('2026-01-01T00:00:00Z'), 'UTC')).toBe('00:00:00');
  });
});
