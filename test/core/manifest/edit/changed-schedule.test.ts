import { describe, expect, it } from 'vitest';
import {
  changedSchedule,
  ownZoneOf,
  rezonedSchedule,
} from '../../../../src/core/manifest/edit/changed-schedule.ts';

const report = { cron: '0 9 1 * *', timezone: 'Asia/Tokyo', jitter: '5m', dst_gap: 'skip' };

describe('another rule for a schedule', () => {
  it.each([
    ['0 3 * * *', '0 4 * * *', '0 4 * * *'],
    [report, '0 4 * * *', { ...report, cron: '0 4 * * *' }],
    [
      report,
      { cron: '0 4 * * *', timezone: 'UTC' },
      { ...report, cron: '0 4 * * *', timezone: 'UTC' },
    ],
    [report, 'every 5m', { every: '5m', timezone: 'Asia/Tokyo', jitter: '5m' }],
    [report, 'at 2030-01-01T00:00', { at: '2030-01-01T00:00', timezone: 'Asia/Tokyo' }],
    [{ every: '5m', anchor: '06:30' }, 'every 9m', { every: '9m', anchor: '06:30' }],
    [{ every: '5m', anchor: '06:30' }, '0 4 * * *', '0 4 * * *'],
    [report, '@daily', '@daily'],
    [['0 3 * * *', report], '0 4 * * *', '0 4 * * *'],
    [undefined, 'every 5m', 'every 5m'],
  ])('%j by %j is %j', (before, after, becomes) => {
    expect(changedSchedule(before, after)).toEqual(becomes);
  });
});

it('another zone for a schedule leaves its rule alone', () => {
  expect(rezonedSchedule('0 3 * * *', 'UTC')).toEqual({ cron: '0 3 * * *', timezone: 'UTC' });
  expect(rezonedSchedule('every 5m', 'UTC')).toEqual({ every: '5m', timezone: 'UTC' });
  expect(rezonedSchedule(report, 'UTC')).toEqual({ ...report, timezone: 'UTC' });
  expect(rezonedSchedule('@daily', 'UTC')).toBeNull();
});

it('knows the zone that a schedule names for itself', () => {
  expect([ownZoneOf(report), ownZoneOf('0 3 * * *'), ownZoneOf([report])]).toEqual([
    'Asia/Tokyo',
    null,
    null,
  ]);
});
