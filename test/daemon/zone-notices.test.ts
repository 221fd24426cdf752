import { describe, expect, it } from 'vitest';
import { createZoneNotices, zoneChangeNotice } from '../../src/daemon/zone-notices.ts';
import type { JobRecord } from '../../src/store/store.ts';
import { schedulesOf } from '../support/a-schedule.ts';

const day = 86_400_000;
const now = Date.parse('2026-11-21T00:00:00Z');

describe('other zone data than at the start before', () => {
  const change = {
    at: now - day,
    from: '2025c',
    to: '2026c',
    zones: ['America/Vancouver'],
    jobs: ['a', 'b'],
    count: 7,
  };

  it('is told with the jobs it moved, for a week', () => {
    expect(zoneChangeNotice(change, now)).toBe(
      'The time-zone data of Node.js changed from 2025c to 2026c (seen 2026-11-20T00:00:00Z): by it a, b, and 5 more run at another time (America/Vancouver). What had run already was not repeated.',
    );
    expect(zoneChangeNotice(change, now + 7 * day)).toBeNull();
  });

  it('is no news when it moved no job, or never happened', () => {
    expect(zoneChangeNotice({ ...change, jobs: [], count: 0 }, now)).toBeNull();
    expect(zoneChangeNotice(null, now)).toBeNull();
  });
});

describe('the notices of a daemon', () => {
  it('are looked up once for a revision and an hour', () => {
    let asked = 0;
    let clock = now;
    let number = 1;
    const job = { name: 'a', schedules: schedulesOf('0 9 * * *', 'Europe/Berlin') };
    const notices = createZoneNotices({
      store: {
        jobs: () => ((asked += 1), [{ job } as unknown as JobRecord]),
        latestRevisionHead: () => ({ number }) as never,
        fact: () => null,
      },
      now: () => clock,
      release: '2024a',
    });
    expect(notices()).toEqual([expect.stringContaining('2024a')]);
    expect(notices()).toHaveLength(1);
    expect(asked).toBe(1);
    number = 2;
    notices();
    clock += 2 * 3_600_000;
    notices();
    expect(asked).toBe(3);
  });
});
