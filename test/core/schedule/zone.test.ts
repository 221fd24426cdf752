import { describe, expect, it } from 'vitest';
import { offsetAt, segmentAt, transitionsBetween } from '../../../src/core/schedule/zone.ts';
import { isKnownZone, nearestZones, zoneProblem } from '../../../src/core/schedule/zone-names.ts';
import { toIso } from '../../../src/core/schedule/local-time.ts';
import { seeded } from '../../support/a-schedule.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

describe('zone names', () => {
  it.each(['UTC', 'Europe/Berlin', 'US/Eastern', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])(
    'knows %s',
    (name) => {
      expect(isKnownZone(name)).toBe(true);
    },
  );

  it.each([
    ['Europe/Berln', ['Europe/Berlin']],
    ['berlin', ['Europe/Berlin']],
    ['europe/berlin', ['Europe/Berlin']],
    ['New York', ['America/New_York']],
    ['EST', ['America/New_York']],
    ['CET', ['Europe/Berlin', 'Europe/Paris']],
    ['GMT', ['UTC', 'Europe/London']],
    ['Japan', ['Asia/Tokyo']],
    ['utc', ['UTC']],
    ['+01:00', []],
    ['UTC+1', []],
    ['', []],
    ['Mars/Olympus_Mons', []],
    ['x'.repeat(5000), []],
  ])('refuses %s and thinks of %j', (name, near) => {
    expect(isKnownZone(name)).toBe(false);
    expect(nearestZones(name)).toEqual(near);
  });

  it('says what is wrong with a name', () => {
    expect(zoneProblem('+01:00')).toBe('an offset, not a zone with its rules');
    expect(zoneProblem('PST')).toBe('a short name, not a zone named by area and place');
    expect(zoneProblem('Mars/Base')).toBe('not a time zone that this runtime knows');
  });
});

describe('transitionsBetween', () => {
  const list = (zone: string, from: string, to: string) =>
    transitionsBetween(zone, Date.parse(from), Date.parse(to)).map(
      ({ at, offsetBefore, offsetAfter }) =>
        `${toIso(at)} ${offsetBefore / HOUR_MS} ${offsetAfter / HOUR_MS}`,
    );

  it('finds both changes of a year', () => {
    expect(list('Europe/Berlin', '2026-01-01T00:00Z', '2027-01-01T00:00Z')).toEqual([
      '2026-03-29T01:00:00Z 1 2',
      '2026-10-25T01:00:00Z 2 1',
    ]);
  });
  it('finds none in UTC', () => {
    expect(list('UTC', '1990-01-01T00:00Z', '2030-01-01T00:00Z')).toEqual([]);
  });
  it('includes a change at the lower end and excludes one at the upper', () => {
    const change = '2026-03-29T01:00Z';
    expect(list('Europe/Berlin', change, '2026-04-01T00:00Z')).toHaveLength(1);
    expect(list('Europe/Berlin', '2026-03-01T00:00Z', change)).toHaveLength(0);
  });
  it('finds two changes a week apart', () => {
    expect(list('America/Recife', '2000-09-01T00:00Z', '2000-11-01T00:00Z')).toEqual([
      '2000-10-08T03:00:00Z -3 -2',
      '2000-10-15T02:00:00Z -2 -3',
    ]);
  });
  it('finds a change at the turn of a year and across the date line', () => {
    expect(list('Asia/Singapore', '1981-12-01T00:00Z', '1982-02-01T00:00Z')).toEqual([
      '1981-12-31T16:00:00Z 7.5 8',
    ]);
    expect(list('Pacific/Apia', '2011-12-01T00:00Z', '2012-01-15T00:00Z')).toEqual([
      '2011-12-30T10:00:00Z -10 14',
    ]);
  });
});

describe('offsetAt', () => {
  it('agrees with the clock that Intl shows, at random instants of random zones', () => {
    const random = seeded(7);
    const zones = Intl.supportedValuesOf('timeZone');
    for (let draw = 0; draw < 300; draw += 1) {
      const zone = zones[Math.floor(random() * zones.length)] ?? 'UTC';
      const instant = Math.floor((random() * 68 * 365 * DAY_MS) / 1000) * 1000;
      const shown = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      }).format(instant);
      const wall = new Date(instant + offsetAt(zone, instant)).toISOString();
      expect(`${zone} ${wall.slice(0, 19).replace('T', ' ')}`).toBe(`${zone} ${shown}`);
    }
  });

  it('has segments without holes', () => {
    let at = Date.UTC(2010, 0, 1);
    for (let step = 0; step < 60; step += 1) {
      const segment = segmentAt('Africa/Casablanca', at);
      expect(segment.start <= at && at < segment.end).toBe(true);
      const next = segmentAt('Africa/Casablanca', segment.end);
      expect(next.start).toBe(segment.end);
      expect(next.offsetBefore).toBe(segment.offset);
      expect(next.offset).toBe(segment.offsetAfter);
      at = segment.end;
    }
  });
});
