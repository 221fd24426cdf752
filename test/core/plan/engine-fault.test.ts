// A job whose schedule cannot be computed is not scheduled: a plan calls it never
// due and goes on with the others. An error of any other kind is a bug and goes up.
import { standingOf } from '../../../src/core/plan/standing.ts';
import { describe, expect, it } from 'vitest';
import { notesAround } from '../../../src/core/plan/clock-changes.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import { loadImpact } from '../../../src/core/plan/load-impact.ts';
import { lostRun, periodImpact } from '../../../src/core/plan/period-impact.ts';
import { scheduleImpact } from '../../../src/core/plan/schedule-impact.ts';
import { weekGrid } from '../../../src/core/plan/week-grid.ts';
import { EngineFault } from '../../../src/core/schedule/engine-fault.ts';
import type { CompiledSchedule } from '../../../src/core/schedule/schedule.ts';
import { compiled } from '../../support/a-schedule.ts';
import { aJob } from '../../support/store-records.ts';
import { cron, day, friday, limits, states } from './plan-states.ts';

function throwing(error: Error): CompiledSchedule {
  const fail = (): never => {
    throw error;
  };
  return { next: fail, previous: fail, range: fail, times: fail, count: fail, hasJitter: false };
}

const faulty = throwing(new EngineFault('the next one', 'did not progress'));
const buggy = throwing(new TypeError('a bug'));
const dues = (schedule: CompiledSchedule) => ({
  dues: { compiled: schedule, countMax: 100 },
  openAfter: friday,
});
const at = { now: friday, zone: 'UTC' };
const none = () => ({ count: 0, ahead: [] });
const daily = dues(compiled('0 3 * * *'));
const look = {
  now: friday,
  horizonMs: 7 * day,
  zone: 'UTC',
  duration: null,
  walk: { left: 100 },
};
const lost = { verdict: 'lost', end: friday + day } as Parameters<typeof lostRun>[0];

const load = (schedule: CompiledSchedule) =>
  loadImpact(
    [
      {
        uid: 'a',
        before: null,
        after: { name: 'a', compiled: schedule, group: null, policy: 'forbid' },
        duration: null,
      },
    ],
    { before: limits, after: limits },
    friday,
    7 * day,
  );

const questions: [string, (schedule: CompiledSchedule) => unknown, unknown][] = [
  ['the load', (schedule) => load(schedule).peakStartsPerMinute, { before: null, after: null }],
  [
    'the load, with jitter',
    (schedule) => load({ ...schedule, hasJitter: true }).peakStartsPerMinute,
    { before: null, after: null },
  ],
  ['the present period', (schedule) => periodImpact(daily, dues(schedule), at, none), null],
  ['the run that the period loses', (schedule) => lostRun(lost, dues(schedule)), null],
  ['the changes of the clocks', (schedule) => notesAround(schedule, friday, 3_600_000), []],
  [
    'its next run and how many follow',
    (schedule) => {
      const { nextRun, runs, longestGapMs } = scheduleImpact(daily, dues(schedule), look);
      return [nextRun.after, runs.after, longestGapMs.after];
    },
    [null, 0, null],
  ],
  [
    'where it stands, with jitter',
    (schedule) =>
      standingOf(
        { compiled: { ...schedule, hasJitter: true }, countMax: 100 },
        { now: friday, since: null, pause: null },
      ).dues,
    null,
  ],
  [
    'the week',
    (schedule) => weekGrid([{ before: null, after: schedule }], friday, 'UTC').days[1]?.hours[3],
    { before: 0, after: 0 },
  ],
];

describe('a schedule that cannot be computed', () => {
  it.each(questions)('is never due for %s', (_, ask, never) => {
    expect(ask(faulty)).toEqual(never);
  });

  it.each(questions)('by a bug is no answer to %s', (_, ask) => {
    expect(() => ask(buggy)).toThrow('a bug');
  });

  it('does not keep the other jobs from being planned', () => {
    const jobs = [
      aJob('good', { schedules: [cron('0 3 * * *')] }),
      aJob('bad', { schedules: [cron('no cron at all')] }),
    ];
    const plan = computePlan(states([], jobs, { hasWeek: true }));
    expect(plan.changes.map(({ job, impact }) => [job, impact.runs.after])).toEqual([
      ['bad', 0],
      ['good', 7],
    ]);
  });
});
