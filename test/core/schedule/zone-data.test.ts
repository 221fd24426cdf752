import { describe, expect, it } from 'vitest';
import { hostZoneErrors, joinErrors, zoneErrors } from '../../../src/core/schedule/zone-data.ts';
import { zonesOf, zoneWarnings } from '../../../src/core/schedule/zone-warnings.ts';
import { offsetAt } from '../../../src/core/schedule/zone.ts';
import { schedulesOf } from '../../support/a-schedule.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-21T00:00:00Z');
/** The runtime may have newer data than these tests speak of. */
const isOld = offsetAt('America/Vancouver', Date.parse('2026-12-15T12:00Z')) === -8 * hour;
const jobs = [
  { name: 'beat', schedules: schedulesOf('every 30s', 'America/Vancouver') },
  { name: 'report', schedules: schedulesOf('0 9 * * *', 'America/Vancouver') },
  { name: 'berlin', schedules: schedulesOf('0 9 * * *', 'Europe/Berlin') },
];

describe('what is known to be wrong with the runtime’s zone data', () => {
  it('names a zone exactly when the runtime shows another offset than is true', () => {
    const found = zoneErrors('2025c', ['Europe/Berlin', 'America/Vancouver', 'UTC']);
    expect(found.map((error) => error.zone)).toEqual(isOld ? ['America/Vancouver'] : []);
  });

  it('says nothing about data that is as new as what is known, or of no known release', () => {
    const zones = ['America/Vancouver', 'America/Edmonton', 'Africa/Casablanca'];
    for (const release of ['2026c', '2027a', 'unknown', undefined]) {
      expect(zoneErrors(release, zones)).toEqual([]);
    }
  });

  it.skipIf(!isOld)(
    'tells the offsets, a start that is an hour off, and the remedy [platform: needs zone data before 2026b]',
    () => {
      const errors = zoneErrors('2025c', zonesOf(jobs));
      const [line, ...rest] = zoneWarnings('2025c', errors, jobs, now);
      expect(rest).toEqual([]);
      expect(line).toContain(
        'from 2026-11-01T09:00:00Z on this Node.js (zone data 2025c) shows -08:00',
      );
      expect(line).toContain('release 2026b has -07:00');
      expect(line).toContain(
        'Job "report" would start at 2026-11-21T17:00:00Z instead of 2026-11-21T16:00:00Z.',
      );
      expect(line).toMatch(/Update Node\.js, or give it newer data/);
    },
  );
});

const until = Date.parse('2026-12-31T00:00Z');

describe('beside the data of the host', () => {
  const berlin = (offset: number) =>
    new Map([
      [
        'Europe/Berlin',
        [
          [Date.parse('2026-03-29T01:00Z'), 2 * hour],
          [Date.parse('2026-10-25T01:00Z'), offset],
        ] as const,
      ],
    ]);

  it('finds where the runtime and newer data of the host part', () => {
    // As if summer time had been kept, with zone data of 2030.
    const [error, ...others] = hostZoneErrors('2025c', {
      release: '2030a',
      until,
      zones: berlin(2 * hour),
    });
    expect(others).toEqual([]);
    expect(error).toMatchObject({
      zone: 'Europe/Berlin',
      source: 'host',
      from: Date.parse('2026-10-25T01:00Z'),
      shownOffset: hour,
      trueOffset: 2 * hour,
    });
    expect(zoneWarnings('2025c', error === undefined ? [] : [error], jobs, now)[0]).toContain(
      'Job "berlin" would start at 2026-11-21T08:00:00Z instead of 2026-11-21T07:00:00Z.',
    );
  });

  it('has no say when it agrees, is older or does not tell its age', () => {
    const zones = berlin(2 * hour);
    expect(hostZoneErrors('2025c', { release: '2030a', until, zones: berlin(hour) })).toEqual([]);
    expect(hostZoneErrors('2025c', { release: '2025b', until, zones })).toEqual([]);
    expect(hostZoneErrors('2025c', { release: 'posix', until, zones })).toEqual([]);
    expect(hostZoneErrors(undefined, { release: '2030a', until, zones })).toEqual([]);
  });

  it('a zone that is known to be wrong is told once', () => {
    const [error] = hostZoneErrors('2025c', { release: '2030a', until, zones: berlin(2 * hour) });
    const known = error === undefined ? [] : [error];
    expect(joinErrors(known, known)).toHaveLength(1);
  });
});

describe('data whose release is old', () => {
  it('is a word for jobs in zones, none for jobs in UTC', () => {
    const utc = [{ name: 'a', schedules: schedulesOf('0 9 * * *') }];
    expect(zoneWarnings('2024a', [], jobs, now)).toEqual([expect.stringContaining('2024a')]);
    expect(zoneWarnings('2024a', [], utc, now)).toEqual([]);
  });

  it('names five zones and counts the others', () => {
    const [error] = hostZoneErrors('2025c', {
      release: '2030a',
      until,
      zones: new Map([['Europe/Berlin', [[Date.parse('2026-01-01T00:00Z'), 0]] as const]]),
    });
    expect(error).toBeDefined();
    const many = Array.from({ length: 8 }, () => error).filter((one) => one !== undefined);
    const lines = zoneWarnings('2025c', many, [], now);
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toMatch(/^3 further zones .* Update Node\.js/);
  });
});
