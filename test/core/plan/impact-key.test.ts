// What an approval is about: one key for one change, whenever and wherever it is planned.
import { expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import type { Pause } from '../../../src/core/overrides/pause.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import { impactKey } from '../../../src/core/plan/impact-key.ts';
import type { PlanInput } from '../../../src/core/plan/plan-input.ts';
import { aJob } from '../../support/store-records.ts';
import { Random } from '../../simulation/random.ts';
import { cron, day, every, friday, recorded, states } from './plan-states.ts';

const berlin = { timezone: 'Europe/Berlin' };
const at = (expression: string, changes = {}): Partial<Job> => ({
  ...berlin,
  schedules: [cron(expression, { ...berlin, ...changes })],
});
const minute = 60_000;

/** Every kind of change whose hazards hang on the clock, on durations or on history. */
const from = [
  aJob('moved', at('0 23 * * *')),
  aJob('jittered', at('30 2 * * *', { jitterMs: 60 * minute })),
  aJob('weekly', at('0 5 * * 1')),
  aJob('crowded', { ...at('0 * * * *'), group: 'db' }),
  aJob('other', { ...at('30 * * * *'), group: 'db' }),
  aJob('gone', at('*/7 * * * *')),
  aJob('old', { ...at('15 4 * * *'), onRemove: 'cancel' }),
  aJob('kept', { ...at('0 1 * * *'), protect: true }),
];
const to = [
  aJob('moved', { ...at('0 5 * * *'), onScheduleChange: 'catch_up' }),
  aJob('jittered', at('30 3 * * *', { jitterMs: 60 * minute })),
  aJob('weekly', { ...at('0 5 1 12 *'), user: 'root' }),
  aJob('crowded', { ...at('*/30 * * * *'), group: 'db' }),
  aJob('other', { ...at('30 * * * *'), group: 'db', onChange: 'restart', cwd: '/srv' }),
  aJob('new', { ...berlin, schedules: [every(5 * minute)] }),
  aJob('newest', { ...at('15 4 * * *'), renamedFrom: ['old'] }),
];
const uids = from.map(({ name }) => `uid-${name}`);

function keyAt(random: Random, changes: Partial<PlanInput> = {}): string {
  const now = friday + Math.floor(random.next() * 1500 * day);
  const some = <T>(value: T): T | undefined => (random.next() < 0.5 ? value : undefined);
  const p95Ms = Math.floor(random.next() * 90 * minute);
  const pause: Pause = {
    by: 'bob',
    reason: null,
    since: now - day,
    until: some(now + Math.floor(random.next() * 3 * day)) ?? null,
    skipped: 0,
  };
  const records = from.map((job) => ({
    ...recorded(job),
    scheduledSince: some(now - Math.floor(random.next() * 40 * day)) ?? null,
    pause: some(pause) ?? null,
  }));
  const input = states(records, to, {
    now,
    horizonMs: Math.ceil(random.next() * 30) * day,
    running: new Map(
      uids
        .filter(() => random.next() < 0.5)
        .map((uid) => [uid, [{ run: 'r', startedAt: now - minute }]]),
    ),
    durations: new Map(
      uids
        .filter(() => random.next() < 0.7)
        .map((uid) => [uid, { runs: 100, p50Ms: p95Ms / 2, p95Ms, maxMs: p95Ms }]),
    ),
    admitted: (_uid, span) => some([span.from]) ?? [],
    ...changes,
  });
  return impactKey(computePlan(input));
}

it('is one at sixty instants, with other histories, pauses and horizons', () => {
  const random = new Random('key');
  const keys = new Set(Array.from({ length: 60 }, () => keyAt(random)));
  expect(keys.size).toBe(1);
});

it('is the same without the sums, as a machine plans', () => {
  expect(keyAt(new Random('one'), { isBrief: true })).toBe(keyAt(new Random('two')));
});

it('is another for another state, another proposal, another identity', () => {
  const key = (input: PlanInput): string => impactKey(computePlan(input));
  const plain = states(from, to);
  const other = { ...plain, recorded: { ...plain.recorded, digest: 'another' } };
  const unnamed = [...to.slice(0, -1), aJob('newest', at('15 4 * * *'))];
  const keys = [
    plain,
    other,
    states(from, to.slice(1)),
    states(from, unnamed),
    states(from, [...to.slice(1), aJob('moved', at('0 6 * * *'))]),
    states(from, [...to.slice(1), aJob('moved', { ...to[0], timeoutMs: 1 })]),
    {
      ...states(from, unnamed),
      desired: { ...states(from, unnamed).desired, digest: plain.desired.digest },
    },
  ].map(key);
  expect(new Set(keys).size).toBe(keys.length);
});

it('two changes that are fine alone and meet at 03:00: the approval of one ends with the other', () => {
  const inGroup = (name: string, expression: string) =>
    aJob(name, { ...at(expression), group: 'db', concurrency: 'queue' });
  const base = [inGroup('backup', '0 1 * * *'), inGroup('report', '0 5 * * *')];
  const [first, second] = [
    [inGroup('backup', '0 3 * * *'), inGroup('report', '0 5 * * *')],
    [inGroup('backup', '0 1 * * *'), inGroup('report', '0 3 * * *')],
  ];
  const merged = [inGroup('backup', '0 3 * * *'), inGroup('report', '0 3 * * *')];
  const took = { runs: 20, p50Ms: 30 * minute, p95Ms: 40 * minute, maxMs: 50 * minute };
  const durations = new Map(['uid-backup', 'uid-report'].map((uid) => [uid, took]));
  const planFrom = (before: readonly Job[], after: readonly Job[]) => {
    const input = states(before, after, { durations });
    const limits = { ...input.recorded.limits, groups: { db: 1 } };
    const recordedThen = { ...input.recorded, digest: JSON.stringify(before), limits };
    const desired = { ...input.desired, manifest: { ...input.desired.manifest, limits } };
    return computePlan({ ...input, desired, recorded: recordedThen });
  };
  const overlaps = (before: readonly Job[], after: readonly Job[]) =>
    planFrom(before, after).changes.flatMap(({ hazards }) =>
      hazards.filter(({ code }) => code === 'overlap_new').map(({ detail }) => detail),
    );
  expect([overlaps(base, first), overlaps(base, second)]).toEqual([[], []]);
  expect(overlaps(first, merged)).toEqual([expect.stringContaining('backup')]);
  expect(impactKey(planFrom(first, merged))).not.toBe(impactKey(planFrom(base, second)));
});
