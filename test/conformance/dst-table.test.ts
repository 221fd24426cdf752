import { describe, expect, it } from 'vitest';
import { compiled, timesIn, timesOnLocalDay } from '../support/a-schedule.ts';

// One row per documented case: zone, expression, local day, starts in UTC.
const fixed: readonly (readonly [string, string, string, string, readonly string[]])[] = [
  ['D1', 'Europe/Berlin', '30 2 * * *', '2026-03-29', ['2026-03-29T01:00:00Z']],
  ['D2', 'America/New_York', '0 2 * * *', '2026-03-08', ['2026-03-08T07:00:00Z']],
  ['D3', 'Australia/Lord_Howe', '15 2 * * *', '2026-10-04', ['2026-10-03T15:30:00Z']],
  ['D6', 'Pacific/Chatham', '0 3 * * *', '2026-09-27', ['2026-09-26T14:00:00Z']],
  ['D7', 'Africa/Cairo', '0 0 * * 5', '2026-04-24', ['2026-04-23T22:00:00Z']],
  ['D8', 'Africa/Cairo', '30 23 * * *', '2026-10-29', ['2026-10-29T20:30:00Z']],
  ['D9', 'America/Santiago', '0 0 * * *', '2026-09-06', ['2026-09-06T04:00:00Z']],
  ['D10', 'America/Havana', '0 0 * * *', '2026-11-01', ['2026-11-01T04:00:00Z']],
  ['D12', 'Antarctica/Troll', '30 2 * * *', '2026-10-25', ['2026-10-25T00:30:00Z']],
  ['D14', 'America/St_Johns', '30 0 * * *', '2010-03-14', ['2010-03-14T03:31:00Z']],
  ['Beirut', 'Asia/Beirut', '0 0 * * *', '2026-03-29', ['2026-03-28T22:00:00Z']],
];

describe('fixed-time jobs when the clocks change', () => {
  it.each(fixed)('%s: %s `%s` on %s starts once', (_, zone, cron, day, expected) => {
    expect(timesOnLocalDay(cron, zone, day)).toEqual(expected);
  });

  it('D11: Casablanca starts once on each side of Ramadan, by the zone data of the runtime', () => {
    const expected = casablancaByData();
    const seen = [
      ...timesOnLocalDay('30 2 * * *', 'Africa/Casablanca', '2026-02-15'),
      ...timesOnLocalDay('30 2 * * *', 'Africa/Casablanca', '2026-03-22'),
    ];
    expect(seen).toEqual(expected);
  });

  it('D13: Pyongyang, set forward up to midnight, starts at the change', () => {
    const schedule = compiled('45 23 * * *', 'Asia/Pyongyang');
    expect(timesIn(schedule, '2018-05-03T15:00Z', '2018-05-05T15:00Z')).toEqual([
      '2018-05-03T15:15:00Z',
      '2018-05-04T15:00:00Z dst_gap',
      '2018-05-05T14:45:00Z',
    ]);
  });

  it('starts once for several skipped times, merged with one that falls on the change anyway', () => {
    const schedule = compiled('0,15,30 2,3 * * *', 'Europe/Berlin');
    expect(timesIn(schedule, '2026-03-29T00:00Z', '2026-03-29T02:00Z')).toEqual([
      '2026-03-29T01:00:00Z dst_gap',
      '2026-03-29T01:15:00Z',
      '2026-03-29T01:30:00Z',
    ]);
  });

  it('says of a single moment what it says of a cron job', () => {
    const timezone = 'Europe/Berlin';
    const times = (at: string) =>
      timesIn(compiled({ at, timezone }), '2026-01-01T00:00Z', '2026-12-31T00:00Z');
    expect(times('2026-03-29T02:30')).toEqual(['2026-03-29T01:00:00Z dst_gap']);
    expect(times('2026-10-25T02:30')).toEqual(['2026-10-25T00:30:00Z dst_overlap_first']);
    expect(times('2026-10-25T02:30+01:00')).toEqual(['2026-10-25T01:30:00Z']);
  });

  it('catches nothing up across the date line, Apia 2011', () => {
    const schedule = compiled('0 9 * * *', 'Pacific/Apia');
    expect(timesIn(schedule, '2011-12-29T00:00Z', '2012-01-01T00:00Z')).toEqual([
      '2011-12-29T19:00:00Z',
      '2011-12-30T19:00:00Z',
      '2011-12-31T19:00:00Z',
    ]);
  });
});

describe('the options for fixed-time jobs', () => {
  const spring = (dst_gap: string) =>
    timesIn(
      compiled({ cron: '30 2 * * *', timezone: 'Europe/Berlin', dst_gap }),
      '2026-03-28T12:00Z',
      '2026-03-29T12:00Z',
    );
  const autumn = (dst_overlap: string) =>
    timesIn(
      compiled({ cron: '10,50 2 * * *', timezone: 'Europe/Berlin', dst_overlap }),
      '2026-10-24T12:00Z',
      '2026-10-25T12:00Z',
    );

  it('run_once starts at the change', () => {
    expect(spring('run_once')).toEqual(['2026-03-29T01:00:00Z dst_gap']);
  });
  it('skip starts nothing', () => {
    expect(spring('skip')).toEqual([]);
  });
  it('shift starts later by the length of the gap', () => {
    expect(spring('shift')).toEqual(['2026-03-29T01:30:00Z dst_shift']);
  });
  it('shift keeps the order among times that exist', () => {
    const schedule = compiled({
      cron: '0,30 2,3 * * *',
      timezone: 'Europe/Berlin',
      dst_gap: 'shift',
    });
    const from = Date.parse('2026-03-29T00:00Z');
    const to = Date.parse('2026-03-29T03:00Z');
    expect(timesIn(schedule, '2026-03-29T00:00Z', '2026-03-29T03:00Z')).toEqual([
      '2026-03-29T01:00:00Z dst_shift',
      '2026-03-29T01:30:00Z dst_shift',
    ]);
    expect(schedule.count(from, to, 100)).toBe(2);
  });
  it('first takes the first pass', () => {
    expect(autumn('first')).toEqual([
      '2026-10-25T00:10:00Z dst_overlap_first',
      '2026-10-25T00:50:00Z dst_overlap_first',
    ]);
  });
  it('last takes the second pass', () => {
    expect(autumn('last')).toEqual([
      '2026-10-25T01:10:00Z dst_overlap_last',
      '2026-10-25T01:50:00Z dst_overlap_last',
    ]);
  });
  it('both takes both, in the order of time', () => {
    expect(autumn('both')).toEqual([
      '2026-10-25T00:10:00Z dst_overlap_first',
      '2026-10-25T00:50:00Z dst_overlap_first',
      '2026-10-25T01:10:00Z dst_overlap_last',
      '2026-10-25T01:50:00Z dst_overlap_last',
    ]);
  });
});

describe('wildcard jobs keep elapsed time', () => {
  const quarters: readonly (readonly [string, string, string, number])[] = [
    ['D4', 'Australia/Lord_Howe', '2026-10-04', 94],
    ['D4', 'Australia/Lord_Howe', '2026-04-05', 98],
    ['D5', 'Europe/Berlin', '2026-03-29', 92],
    ['D5', 'Europe/Berlin', '2026-10-25', 100],
  ];
  it.each(quarters)('%s: %s has on %s so many quarters: %i', (_, zone, day, count) => {
    expect(timesOnLocalDay('*/15 * * * *', zone, day)).toHaveLength(count);
  });

  it('D15: every 24h counts 24 hours, 0 9 keeps to nine on the clock', () => {
    const every = compiled({ every: '24h', anchor: '2026-03-28T08:00:00Z' }, 'Europe/Berlin');
    const cron = compiled('0 9 * * *', 'Europe/Berlin');
    expect(timesIn(every, '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual([
      '2026-03-28T08:00:00Z',
      '2026-03-29T08:00:00Z',
      '2026-03-30T08:00:00Z',
    ]);
    expect(timesIn(cron, '2026-03-28T00:00Z', '2026-03-31T00:00Z')).toEqual([
      '2026-03-28T08:00:00Z',
      '2026-03-29T07:00:00Z',
      '2026-03-30T07:00:00Z',
    ]);
  });
});

/**
 * Newer zone data has other rules for Morocco, so the expectation is read from
 * the runtime: 02:30 local at the offset in force, or the change itself.
 */
function casablancaByData(): readonly string[] {
  const local = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'Africa/Casablanca',
    hourCycle: 'h23',
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return ['2026-02-15', '2026-03-22'].map((day) => {
    const midnight = Date.parse(`${day}T00:00Z`);
    for (let minute = -120; minute < 300; minute += 1) {
      const [date, time = ''] = local.format(midnight + minute * 60_000).split(', ');
      if (date === day && time >= '02:30') {
        return new Date(midnight + minute * 60_000).toISOString().replace('.000', '');
      }
    }
    throw new Error(`no 02:30 on ${day}`);
  });
}
