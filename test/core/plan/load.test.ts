// Forecasts of crowding, each part by itself: how runs pass through slots, which
// jobs meet, what a plan says of it.
import { describe, expect, it } from 'vitest';
import type { ConcurrencyPolicy } from '../../../src/core/manifest/job.ts';
import { clockChanges } from '../../../src/core/plan/clock-changes.ts';
import type { Change } from '../../../src/core/plan/plan.ts';
import type { QueueWait } from '../../../src/core/plan/impact.ts';
import { loadImpact, type LoadJob } from '../../../src/core/plan/load-impact.ts';
import { withLoadHazards } from '../../../src/core/plan/load-hazards.ts';
import { type ExpectedRun, simulate } from '../../../src/core/plan/simulate-slots.ts';
import { compiled } from '../../support/a-schedule.ts';
import { limits } from './plan-states.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** A Friday, midnight in UTC. */
const midnight = Date.parse('2026-03-27T00:00Z');

/** Runs of jobs by their number, each from a minute on, for so many minutes. */
function runs(
  ...given: [job: number, at: number, minutes: number, policy?: ConcurrencyPolicy][]
): ExpectedRun[] {
  return given.map(([job, at, minutes, policy = 'allow']) => ({
    job,
    at: at * minute,
    durationMs: minutes * minute,
    policy,
  }));
}

describe('runs that pass through slots', () => {
  const waitsOf = (given: ExpectedRun[], slots: number) =>
    [...simulate(given, slots, { meetings: false }).waits].map(
      ([job, { waits, longestMs }]) => `${job}: ${waits} × up to ${longestMs / minute}m`,
    );

  it.each<[string, ExpectedRun[], number, string[]]>([
    ['wait for none where there are slots enough', runs([0, 0, 9], [1, 1, 9]), 2, []],
    ['wait for the first that ends', runs([0, 0, 9], [1, 1, 3], [2, 2, 1]), 2, ['2: 1 × up to 2m']],
    [
      'wait one behind the other',
      runs([0, 0, 10], [1, 1, 10], [1, 2, 10]),
      1,
      ['1: 2 × up to 18m'],
    ],
    ['take a slot that is free again', runs([0, 0, 5], [1, 5, 5]), 1, []],
    ['are not there when the policy skips them', runs([0, 0, 9], [0, 5, 9, 'forbid']), 1, []],
  ])('%s', (_, given, slots, expected) => {
    expect(waitsOf(given, slots)).toEqual(expected);
  });

  it('meet those of other jobs that are not over, and never those of their own', () => {
    const given = runs([1, 0, 10], [0, 5, 10], [1, 6, 10], [0, 20, 1]);
    const { meetings } = simulate(given, Number.POSITIVE_INFINITY, { meetings: true });
    expect([...meetings.values()]).toEqual([{ pair: [0, 1], at: 5 * minute, count: 2 }]);
  });
});

describe('what a plan does to all jobs together', () => {
  const duration = { runs: 20, p50Ms: 20 * minute, p95Ms: 30 * minute, maxMs: 30 * minute };
  const side = (name: string, schedule: string, group: string | null = null) => ({
    name,
    compiled: compiled(schedule),
    group,
    policy: 'queue' as const,
  });
  const stays = (name: string, schedule: string, group: string | null = null): LoadJob => {
    const same = side(name, schedule, group);
    return { uid: name, before: same, after: same, duration };
  };
  const impactOf = (jobs: LoadJob[], before: object, after: object = before) =>
    loadImpact(
      jobs,
      { before: { ...limits, ...before }, after: { ...limits, ...after } },
      midnight,
      day,
    );

  it('waits for the slots of all begin when there are fewer of them', () => {
    const jobs = [stays('c', '0 3 * * *'), stays('b', '0 3 * * *'), stays('a', '0 3 * * *')];
    const { queueWaits } = impactOf(jobs, { concurrencyMax: 3 }, { concurrencyMax: 1 });
    expect(queueWaits.map(({ job, longestMs }) => [job, longestMs.after / minute])).toEqual([
      ['a', 60],
      ['b', 30],
    ]);
    expect(impactOf(jobs, { concurrencyMax: 1 }).queueWaits).toEqual([]);
  });

  it('waits as long as each other are told by name', () => {
    const jobs = [
      ['first', 'x'],
      ['b', 'x'],
      ['other', 'y'],
      ['a', 'y'],
    ].map(([name = '', group = '']) => stays(name, '0 3 * * *', group));
    const { queueWaits } = impactOf(jobs, { groups: {} }, { groups: { x: 1, y: 1 } });
    expect(queueWaits.map(({ job, group }) => `${job} in ${group}`)).toEqual(['a in y', 'b in x']);
  });

  it('jobs that both stay meet by no change of theirs', () => {
    const jobs = [stays('a', '0 3 * * *', 'x'), stays('b', '10 3 * * *', 'x')];
    const { newOverlaps, queueWaits } = impactOf(
      [...jobs, { uid: 'c', before: null, after: side('c', '0 9 * * *', 'x'), duration }],
      { groups: { x: 1 } },
    );
    expect([newOverlaps, queueWaits]).toEqual([[], []]);
  });

  it('a job that comes counts its starts, one that goes counts no more', () => {
    const jobs = [
      { uid: 'a', before: side('a', '0 3 * * *'), after: null, duration: null },
      { uid: 'b', before: null, after: side('b', '0 4 * * *'), duration: null },
    ];
    expect(impactOf(jobs, {}).peakStartsPerMinute).toEqual({
      before: { count: 1, at: midnight + 3 * hour },
      after: { count: 1, at: midnight + 4 * hour },
    });
    expect(impactOf([], {}).peakStartsPerMinute).toEqual({ before: null, after: null });
  });
});

describe('hazards of crowding', () => {
  const change = { job: 'a', action: 'update', timezone: 'UTC', hazards: [] } as unknown as Change;
  const wait = (before: number, after: number, group: string | null = 'db'): QueueWait => ({
    job: 'a',
    group,
    waits: { before: 1, after: 4 },
    longestMs: { before: before * minute, after: after * minute },
  });
  const told = (queueWaits: QueueWait[], newOverlaps: object[] = [], one = change) =>
    withLoadHazards(
      one,
      { queueWaits, newOverlaps: newOverlaps as never },
      {
        ...limits,
        groups: { db: 2 },
      },
    ).hazards.map(({ code, detail, remedies }) => [code, detail, remedies?.at(-1)]);

  it.each<[string, QueueWait, string, string]>([
    [
      'of all',
      wait(0, 20, null),
      'It waits for the 64 slots of all jobs up to 20m (before: not at all), 4 times.',
      'Raise `concurrency.max`.',
    ],
    [
      'of its group',
      wait(5, 20),
      'It waits for the 2 slots of group "db" up to 20m (before: 5m), 4 times.',
      'Raise `groups.db.max`.',
    ],
  ])('tell that a job waits long for the slots %s', (_, given, detail, remedy) => {
    expect(told([given])).toEqual([['queue_saturated', detail, remedy]]);
  });

  it.each([
    ['a short wait', wait(0, 9)],
    ['a long one that was nearly as long before', wait(15, 20)],
    ['a wait of another job', { ...wait(0, 20), job: 'b' }],
  ])('say nothing of %s', (_, given) => {
    expect(told([given])).toEqual([]);
  });

  const meeting = { jobs: ['b', 'a'], group: 'db', at: midnight, count: 1, basis: [7, 9] };

  it('name the other job, with the runs known of it behind those of this one', () => {
    expect(told([wait(0, 5)], [meeting])).toEqual([
      [
        'overlap_new',
        'From 2026-03-27 00:00 +00:00 on it meets b in group "db", which runs 2 at once: a waits up to 5m (basis: 9 and 7 runs).',
        'Raise `groups.db.max`.',
      ],
    ]);
  });

  it.each([
    ['others meet', [wait(0, 5)], { ...meeting, jobs: ['b', 'c'] }],
    ['nobody waits', [], meeting],
    ['the group has no bound', [wait(0, 5, 'free')], { ...meeting, group: 'free' }],
  ])('say nothing of a meeting where %s', (_, waits, one) => {
    expect(told(waits, [one])).toEqual([]);
  });

  it('are not told of a job that goes', () => {
    expect(told([wait(0, 20)], [meeting], { ...change, action: 'delete' })).toEqual([]);
  });
});

describe('changes of the clocks', () => {
  const october = Date.parse('2026-10-01T00:00Z');
  const at = (name: string, zone: string, schedule: unknown) => ({
    name,
    zone,
    compiled: compiled(schedule, zone),
  });

  it('are told in order of time, those at the same instant by zone', () => {
    const jobs = [
      at('ny', 'America/New_York', '30 1 * * *'),
      at('paris', 'Europe/Paris', '30 2 * * *'),
      at('berlin', 'Europe/Berlin', '30 2 * * *'),
      at('berlin-noon', 'Europe/Berlin', '0 12 * * *'),
    ];
    const found = clockChanges(jobs, october, october + 60 * day);
    expect(found.map(({ zone, kind, jobs: names }) => [zone, kind, names])).toEqual([
      ['Europe/Berlin', 'overlap', ['berlin']],
      ['Europe/Paris', 'overlap', ['paris']],
      ['America/New_York', 'overlap', ['ny']],
    ]);
  });

  it('name at most a hundred jobs', () => {
    const nightly = compiled('30 2 * * *', 'Europe/Berlin');
    const jobs = Array.from({ length: 120 }, (_, index) => ({
      name: `j${index}`,
      zone: 'Europe/Berlin',
      compiled: nightly,
    }));
    expect(clockChanges(jobs, october, october + 60 * day)[0]?.jobs).toHaveLength(100);
  });

  it('look at a bounded number of occurrences of one job', () => {
    // Every second: the first pass of the hour alone has more than are looked at.
    const jobs = [at('busy', 'Europe/Berlin', 'every 1s')];
    expect(clockChanges(jobs, october, october + 60 * day)[0]?.jobs).toEqual([]);
  });
});
