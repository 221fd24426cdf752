import { describe, expect, it } from 'vitest';
import { catchUp, dueUntil } from '../../../src/core/runs/catch-up.ts';
import {
  classifyStep,
  isFixedTime,
  needsNewEpoch,
  settleForwardStep,
} from '../../../src/core/runs/clock-step.ts';
import { coalesce } from '../../../src/core/runs/missed.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import type { Schedule } from '../../../src/core/schedule/schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const base = { timezone: 'UTC', jitterMs: 0, from: null, until: null, written: '' };
const every = (intervalMs: number, jitterMs = 0): Schedule => ({
  ...base,
  jitterMs,
  kind: 'every',
  intervalMs,
  anchor: 0,
});
const cron = (expression: string): Schedule => ({
  ...base,
  kind: 'cron',
  expression,
  dstGap: 'run_once',
  dstOverlap: 'first',
});
const at = (instant: number): Schedule => ({ ...base, kind: 'at', instant });
const hourly = compileSchedule([every(hour)], 'hourly');
const rule = { policy: 'latest', windowMs: 24 * hour, limit: 100 } as const;
const row = (reason: string, first: number, last: number, count: number) =>
  expect.objectContaining({ reason, first: first * hour, last: last * hour, count });

describe('catch-up', () => {
  it('nothing due: nothing to settle', () => {
    expect(catchUp(hourly, rule, 5 * hour, 5 * hour + 1)).toEqual({
      admit: [],
      missed: [],
      settledTo: null,
    });
  });

  it('latest admits the newest and counts the others', () => {
    expect(catchUp(hourly, rule, 0, 4 * hour)).toEqual({
      admit: [4 * hour],
      missed: [row('catch_up_latest', 1, 3, 3)],
      settledTo: 4 * hour,
    });
  });

  it('none admits nothing', () => {
    expect(catchUp(hourly, { ...rule, policy: 'none' }, 0, 4 * hour)).toEqual({
      admit: [],
      missed: [row('catch_up_none', 1, 4, 4)],
      settledTo: 4 * hour,
    });
  });

  it('all admits oldest first up to the limit', () => {
    const all = { policy: 'all', windowMs: 3 * hour, limit: 2 } as const;
    expect(catchUp(hourly, all, 0, 6 * hour)).toEqual({
      admit: [3 * hour, 4 * hour],
      missed: [row('catch_up_window', 1, 2, 2), row('catch_up_limit', 5, 6, 2)],
      settledTo: 6 * hour,
    });
  });

  it('all with a limit of none records everything', () => {
    const all = { policy: 'all', windowMs: 3 * hour, limit: 0 } as const;
    expect(catchUp(hourly, all, 5 * hour, 6 * hour)).toMatchObject({
      admit: [],
      missed: [row('catch_up_limit', 6, 6, 1)],
    });
  });

  it('a nominal time exactly at the edge of the window is inside', () => {
    const edge = { ...rule, windowMs: hour };
    expect(catchUp(hourly, edge, 0, 2 * hour).missed).toEqual([row('catch_up_latest', 1, 1, 1)]);
    expect(catchUp(hourly, edge, 0, 3 * hour - 1).admit).toEqual([2 * hour]);
    expect(catchUp(compileSchedule([at(hour)], 'once'), edge, 0, 2 * hour).admit).toEqual([hour]);
    expect(catchUp(compileSchedule([at(hour)], 'once'), edge, 0, 2 * hour + 1)).toMatchObject({
      admit: [],
      missed: [row('catch_up_window', 1, 1, 1)],
    });
  });

  it('every occurrence gets exactly one disposition, whatever policy, window and limit', () => {
    for (const policy of ['latest', 'none', 'all'] as const) {
      for (const windowMs of [0, hour, 5 * hour, 100 * hour]) {
        for (const limit of [0, 1, 3, 100]) {
          const decided = catchUp(hourly, { policy, windowMs, limit }, 0, 9.5 * hour);
          const counted = decided.missed.reduce((sum, { count }) => sum + count, 0);
          expect(counted + decided.admit.length).toBe(9);
          expect(decided.settledTo).toBe(9 * hour);
        }
      }
    }
  });

  it('leaves an occurrence alone whose jitter has not passed yet', () => {
    const jittered = compileSchedule([every(hour, 50 * minute)], 'jittered');
    const next = jittered.next(0);
    expect(next?.nominalTime).toBe(hour);
    const before = (next?.startTime ?? 0) - 1;
    expect(dueUntil(jittered, before)).toBe(hour - 1);
    expect(catchUp(jittered, rule, 0, before).settledTo).toBeNull();
    expect(catchUp(jittered, rule, 0, before + 1).admit).toEqual([hour]);
  });
});

describe('rows of many occurrences', () => {
  it('says when it stopped counting', () => {
    const secondly = compileSchedule([every(1_000)], 'secondly');
    expect(coalesce(secondly, 0, 200_000_000, 'suspended')).toEqual({
      first: 1_000,
      last: 200_000_000,
      count: 100_000,
      reason: 'suspended',
      detail: 'more than 100,000',
    });
  });

  it('is nothing when nothing lies in the span', () => {
    expect(coalesce(hourly, hour, 2 * hour - 1, 'suspended')).toBeNull();
  });
});

describe('steps of the clock', () => {
  it.each([
    [0, 'none'],
    [999, 'none'],
    [-999, 'none'],
    [5 * minute, 'forward_small'],
    [5 * minute + 1, 'forward_medium'],
    [3 * hour, 'forward_medium'],
    [3 * hour + 1, 'forward_large'],
    [-2_000, 'backward'],
    [-3 * hour, 'backward'],
    [-3 * hour - 1, 'backward_large'],
  ])('%i ms is %s', (byMs, step) => {
    expect(classifyStep(byMs)).toBe(step);
  });

  it.each<[Schedule[], boolean]>([
    [[cron('0 3 * * *')], true],
    [[cron('0-30/30 2 * * *')], true],
    [[cron('30 0 3 * * *')], true],
    [[cron('* * 3 * * *')], false],
    [[cron('0 */2 * * *')], false],
    [[cron('*/5 3 * * *')], false],
    [[every(hour)], false],
    [[at(hour)], true],
    [[every(hour), cron('0 3 * * *')], true],
    [[], false],
  ])('%j is fixed-time: %s', (schedules, expected) => {
    expect(isFixedTime(schedules)).toBe(expected);
  });

  it('medium: a fixed-time job runs once, a wildcard job only if it is due now', () => {
    const now = 4 * hour + 5 * minute;
    expect(settleForwardStep('forward_medium', hourly, true, hour, now)).toEqual({
      admit: [4 * hour],
      missed: [row('clock_step', 2, 3, 2)],
      settledTo: 4 * hour,
    });
    expect(settleForwardStep('forward_medium', hourly, false, hour, now)).toEqual({
      admit: [],
      missed: [row('clock_step', 2, 4, 3)],
      settledTo: 4 * hour,
    });
    expect(
      settleForwardStep('forward_medium', hourly, false, hour, 4 * hour + 30_000).admit,
    ).toEqual([4 * hour]);
  });

  it('large: nothing is caught up', () => {
    expect(settleForwardStep('forward_large', hourly, true, hour, 9 * hour)).toEqual({
      admit: [],
      missed: [row('clock_step', 2, 9, 8)],
      settledTo: 9 * hour,
    });
    expect(settleForwardStep('forward_large', hourly, true, hour, hour + 1)).toEqual({
      admit: [],
      missed: [],
      settledTo: null,
    });
  });

  it('backward: wildcard jobs begin a new epoch, fixed-time ones only beyond three hours', () => {
    expect(needsNewEpoch('backward', true)).toBe(false);
    expect(needsNewEpoch('backward', false)).toBe(true);
    expect(needsNewEpoch('backward_large', true)).toBe(true);
  });
});
