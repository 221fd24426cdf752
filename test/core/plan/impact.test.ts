import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import type { PlanInput } from '../../../src/core/plan/plan-input.ts';
import type { Change, Plan } from '../../../src/core/plan/plan.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { aJob } from '../../support/store-records.ts';
import { cron, day, every, friday, limits, states } from './plan-states.ts';

const berlin = { timezone: 'Europe/Berlin' };
const at = (instant: string): number => Date.parse(instant);
const hour = 3_600_000;

function daily(expression: string): Partial<Job> {
  return { ...berlin, schedules: [cron(expression, berlin)] };
}

function between(from: Partial<Job>, to: Partial<Job>, changes: Partial<PlanInput> = {}): Change {
  const [change] = computePlan(states([aJob('a', from)], [aJob('a', to)], changes)).changes;
  if (change === undefined) throw new Error('no change');
  return change;
}

const took = (p95Ms: number, runs = 100) => ({ runs, p50Ms: p95Ms / 2, p95Ms, maxMs: p95Ms });

describe('what the present period gets', () => {
  // Friday 27 March, 14:05 in Berlin; the clocks go forward on Sunday.
  const cases: [string, string, string, unknown, string[]][] = [
    [
      'from tonight to the morning',
      '0 23 * * *',
      '0 5 * * *',
      { unit: 'day', before: 1, after: 0, verdict: 'lost' },
      ['period_lost'],
    ],
    [
      'from the morning to tonight',
      '0 5 * * *',
      '0 23 * * *',
      { unit: 'day', before: 1, after: 2, verdict: 'doubled' },
      ['period_doubled'],
    ],
    [
      'from the morning to an earlier one',
      '0 5 * * *',
      '0 4 * * *',
      { unit: 'day', before: 1, after: 1, verdict: 'kept' },
      [],
    ],
    [
      'to one more on each day',
      '0 5 * * *',
      '0 5,21 * * *',
      { unit: 'day', before: 1, after: 2, verdict: 'kept' },
      [],
    ],
    [
      'from Saturday to Monday',
      '0 5 * * 6',
      '0 5 * * 1',
      { unit: 'week', before: 1, after: 0, verdict: 'lost' },
      ['period_lost'],
    ],
    [
      'from Monday to Saturday',
      '0 5 * * 1',
      '0 5 * * 6',
      { unit: 'week', before: 1, after: 2, verdict: 'doubled' },
      ['period_doubled'],
    ],
    [
      'from the 28th to the first',
      '0 5 28 * *',
      '0 5 1 * *',
      { unit: 'month', before: 1, after: 0, verdict: 'lost' },
      ['period_lost'],
    ],
  ];
  it.each(cases)('%s', (_, from, to, period, codes) => {
    const change = between(daily(from), daily(to));
    expect(change.impact.period).toMatchObject(period as object);
    expect(change.hazards.map(({ code }) => code)).toEqual(codes);
  });

  it('begins and ends at local midnight, and names the ways out', () => {
    const { impact, hazards } = between(daily('0 23 * * *'), daily('0 5 * * *'));
    expect(impact.period).toMatchObject({
      start: at('2026-03-26T23:00Z'),
      end: at('2026-03-27T23:00Z'),
    });
    expect(hazards[0]).toMatchObject({
      at: at('2026-03-27T22:00Z'),
      remedies: [
        'Apply after 2026-03-27 23:00 +01:00.',
        'Set `on_schedule_change: catch_up`: applying then starts it at once.',
        'Start it by hand: jm2 run a',
      ],
    });
  });
});

describe('gaps and moved runs', () => {
  it('tells the longest time between two runs, weekends included', () => {
    const { longestGapMs } = between(daily('0 9 * * *'), daily('0 9 * * 1-5')).impact;
    // The weekend of the clock change is an hour shorter than the one behind the horizon.
    expect(longestGapMs).toEqual({ before: 24 * hour, after: 72 * hour });
  });

  it('pairs a lost run with the one of the same day', () => {
    const { moved } = between(daily('0 3 * * *'), daily('0 4 * * *'), { horizonMs: day }).impact;
    expect(moved).toEqual([{ from: at('2026-03-28T02:00Z'), to: at('2026-03-28T03:00Z') }]);
  });

  it('calls nothing moved where there are more runs than before', () => {
    const { moved, gained } = between(daily('0 3 * * *'), daily('0 4,5 * * *')).impact;
    expect([moved, gained.length]).toEqual([[], 14]);
  });

  it('tells how long runs take in all once five of them are known', () => {
    const durations = (runs: number) => new Map([['uid-a', took(60_000, runs)]]);
    const change = (runs: number) =>
      between(daily('0 3 * * *'), daily('0 3,15 * * *'), { durations: durations(runs) });
    expect(change(5).impact.machineMs).toEqual({ before: 7 * 30_000, after: 15 * 30_000 });
    expect(change(4).impact.machineMs).toBeNull();
  });
});

describe('a run that reaches into the next one', () => {
  const durations = new Map([['uid-a', took(20 * 60_000, 12)]]);
  it.each([
    ['skipped', 'forbid', 'medium'],
    ['ends it', 'replace', 'high'],
  ] as const)('%s', (word, concurrency, severity) => {
    const { hazards } = between(
      { concurrency, schedules: [every(hour)] },
      { concurrency, schedules: [every(15 * 60_000)] },
      { durations },
    );
    expect(hazards.map(({ code }) => code)).toEqual(['overlap_self']);
    expect(hazards[0]).toMatchObject({ severity });
    expect(hazards[0]?.detail).toMatch(new RegExp(`20m .*12 runs.* after 15m: .*${word}`));
  });

  it('is no news when it did so before, or when nothing is known', () => {
    const codes = (from: number, known: typeof durations | undefined) =>
      between(
        { schedules: [every(from)] },
        { schedules: [every(15 * 60_000)] },
        known === undefined ? {} : { durations: known },
      ).hazards.map(({ code }) => code);
    expect(codes(16 * 60_000, durations)).toEqual([]);
    expect(codes(hour, undefined)).toEqual([]);
  });
});

describe('all jobs together', () => {
  const grouped = (schedule: string): Partial<Job> => ({ ...daily(schedule), group: 'db' });
  const withGroup = { ...limits, groups: { db: 1 } };
  function planOf(before: Job[], after: Job[], changes: Partial<PlanInput> = {}): Plan {
    const input = states(before, after, changes);
    return computePlan({
      ...input,
      desired: { ...input.desired, manifest: { ...input.desired.manifest, limits: withGroup } },
      recorded: { ...input.recorded, limits: withGroup },
    });
  }
  const durations = new Map([
    ['uid-a', took(38 * 60_000, 214)],
    ['uid-b', took(22 * 60_000, 96)],
  ]);

  it('finds who waits for whom in a group, and on how many runs that rests', () => {
    const b = aJob('b', grouped('7 21 * * *'));
    const plan = planOf(
      [aJob('a', grouped('0 9 * * *')), b],
      [aJob('a', grouped('0 9,21 * * *')), b],
      { durations },
    );
    expect(plan.impact?.newOverlaps).toEqual([
      { jobs: ['a', 'b'], group: 'db', at: at('2026-03-27T20:07Z'), count: 7, basis: [214, 96] },
    ]);
    expect(plan.impact?.queueWaits).toEqual([
      {
        job: 'b',
        group: 'db',
        waits: { before: 0, after: 7 },
        longestMs: { before: 0, after: 31 * 60_000 },
      },
    ]);
    const [hazard] = plan.changes[0]?.hazards ?? [];
    expect(hazard?.detail).toContain('it meets b in group "db", which runs 1 at once: b waits');
    expect(hazard?.detail).toContain('31m (basis: 214 and 96 runs)');
  });

  it('says nothing of jobs that met before', () => {
    const before = [aJob('a', grouped('0 21 * * *')), aJob('b', grouped('7 21 * * *'))];
    const after = [aJob('a', grouped('0 21 * * *')), aJob('b', grouped('8 21 * * *'))];
    expect(planOf(before, after, { durations }).impact?.newOverlaps).toEqual([]);
  });

  it('counts starts of the busiest minute, and runs of all jobs', () => {
    const five = ['a', 'b', 'c', 'd', 'e'];
    const apart = five.map((name, i) => aJob(name, daily(`${i} 3 * * *`)));
    const together = five.map((name) => aJob(name, daily('0 3 * * *')));
    const { impact } = computePlan(states(apart, together));
    expect(impact).toMatchObject({
      runs: { before: 35, after: 35 },
      nextRunsMoved: 4,
      peakStartsPerMinute: {
        before: { count: 1, at: at('2026-03-28T02:00Z') },
        after: { count: 5, at: at('2026-03-28T02:00Z') },
      },
      startedByApply: 0,
    });
  });

  it('looks less far ahead where the horizon holds too much, and says how far', () => {
    const jobs = Array.from({ length: 40 }, (_, i) =>
      aJob(`j${i}`, { schedules: [every(60_000)] }),
    );
    const { impact } = computePlan(states([], jobs, { horizonMs: 365 * day }));
    expect(impact?.windowMs).toBeLessThan(4 * day);
    expect(impact?.peakStartsPerMinute.after?.count).toBe(40);
    expect(impact?.runs.after).toBe(40 * 365 * 24 * 60);
  });

  it('names the jobs that come due where the clocks change', () => {
    const jobs = [aJob('half', daily('30 2 * * *')), aJob('noon', daily('0 12 * * *'))];
    expect(computePlan(states([], jobs)).impact?.clockChanges).toEqual([
      {
        zone: 'Europe/Berlin',
        at: at('2026-03-29T01:00Z'),
        kind: 'gap',
        lengthMs: hour,
        jobs: ['half'],
      },
    ]);
  });

  it('measures nothing of it for a brief plan', () => {
    const brief = computePlan(states([], [aJob('a')], { isBrief: true }));
    expect([brief.impact, brief.changes[0]?.impact.longestGapMs.after]).toEqual([null, null]);
  });
});

describe('for any two schedules', () => {
  const schedules = fc.constantFrom(
    [cron('0 3 * * *', berlin)],
    [cron('30 2 * * *', berlin)],
    [cron('*/20 8-18 * * 1-5', berlin)],
    [cron('0 0 1 * *')],
    [every(5 * hour)],
    [cron('0 3 * * *', berlin), every(10 * hour)],
    [],
  );
  const instants = fc.integer({ min: friday - 300 * day, max: friday + 300 * day });

  it('lost, gained and runs are what listing both schedules gives', () => {
    fc.assert(
      fc.property(schedules, schedules, instants, (one, two, now) => {
        const horizonMs = 2 * day;
        const list = (given: typeof one): number[] =>
          given.length === 0
            ? []
            : [...compileSchedule(given, 'a').range(now + 1, now + horizonMs + 1)].map(
                ({ nominalTime }) => nominalTime,
              );
        const plan = computePlan(
          states(
            [aJob('a', { schedules: one, timeoutMs: 1 })],
            [aJob('a', { schedules: two, timeoutMs: 2 })],
            { now, horizonMs },
          ),
        );
        const [before, after] = [list(one), list(two)];
        const impact = plan.changes[0]?.impact;
        expect(impact?.runs).toEqual({ before: before.length, after: after.length });
        expect(plan.impact?.runs).toEqual(impact?.runs);
        const without = (all: number[], others: number[]) =>
          all.filter((time) => !others.includes(time)).slice(0, 20);
        expect(impact?.lost).toEqual(without(before, after));
        expect(impact?.gained).toEqual(without(after, before));
      }),
      { numRuns: 200, seed: 20260328 },
    );
  });
});

describe('jobs that come due alike', () => {
  const schedules = {
    'at the same times': [cron('30 2 * * *', berlin)],
    'with jitter, which their names decide': [cron('30 2 * * *', { ...berlin, jitterMs: 60_000 })],
    'in another zone': [cron('30 2 * * *', { timezone: 'America/New_York' })],
    'more often': [every(hour)],
    'by hand alone': [],
  };
  const jobs = Object.values(schedules).flatMap((one, index) =>
    ['a', 'b', 'c'].map((name) =>
      aJob(`${name}-${index}`, { ...berlin, schedules: one, suspend: name === 'c' }),
    ),
  );

  it('are planned as each of them alone', () => {
    const together = computePlan(states([], jobs)).changes;
    const alone = jobs.flatMap((job) => computePlan(states([], [job])).changes);
    expect(together).toHaveLength(jobs.length);
    expect(together).toEqual(alone.toSorted((one, other) => (one.job < other.job ? -1 : 1)));
  });

  it('count each for itself in what all do together', () => {
    const { impact } = computePlan(states([], jobs.slice(0, 2)));
    expect(impact?.runs).toEqual({ before: 0, after: 14 });
    expect(impact?.peakStartsPerMinute.after?.count).toBe(2);
  });
});
