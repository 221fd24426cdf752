import { describe, expect, it } from 'vitest';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import { jobSteps } from '../../../src/core/plan/job-steps.ts';
import { aJob, specDigest } from '../../support/store-records.ts';
import { applied, cron, friday, recorded, states } from './plan-states.ts';

const noUid = () => {
  throw new Error('no job is created');
};

describe('the steps of a plan', () => {
  it('creates at the time of the apply, so that nothing earlier is due', () => {
    expect(jobSteps(states([], [aJob('a')]), () => 'fresh')).toEqual([
      {
        kind: 'create',
        uid: 'fresh',
        job: aJob('a'),
        digest: specDigest(aJob('a')),
        watermark: friday,
      },
    ]);
  });

  it('deletes before it creates', () => {
    const steps = jobSteps(states([aJob('a')], [aJob('b')]), () => 'fresh');
    expect(steps.map((step) => step.kind)).toEqual(['delete', 'create']);
    expect(steps[0]).toEqual({ kind: 'delete', uid: 'uid-a', at: friday });
  });

  const base = aJob('a', { schedules: [cron('@daily', { expression: '0 0 * * *' })] });
  it.each([
    ['another schedule', { schedules: [cron('5 0 * * *')] }, friday],
    ['another zone', { schedules: [cron('0 0 * * *', { timezone: 'Asia/Tokyo' })] }, friday],
    ['another spelling of the schedule', { schedules: [cron('0 0 * * *')] }, null],
    ['another command', { command: { kind: 'argv', argv: ['ls'] } as const }, null],
    ['another catch-up', { catchUp: { ...base.catchUp, policy: 'all' } as const }, null],
    ['being suspended', { suspend: true }, null],
  ])('sets the watermark only for a changed schedule: %s', (_, change, watermark) => {
    const [step] = jobSteps(states([base], [{ ...base, ...change }]), noUid);
    expect(step).toMatchObject({ kind: 'update', uid: 'uid-a', watermark, aliases: [] });
  });

  it('sets the watermark when a suspension ends, so that nothing is caught up', () => {
    const suspended = { ...base, suspend: true };
    const [step] = jobSteps(states([suspended], [base]), noUid);
    expect(step).toMatchObject({ watermark: friday });
  });

  it('writes a digest that changed alone', () => {
    const [step] = jobSteps(states([{ ...recorded(base), digest: 'earlier' }], [base]), noUid);
    expect(step).toMatchObject({ kind: 'update', digest: specDigest(base), watermark: null });
  });
});

describe('renames', () => {
  const uids = (input: ReturnType<typeof states>) =>
    Object.fromEntries(applied(input).recorded.jobs.map((record) => [record.job.name, record.uid]));

  it.each<[string, string[], [string, ...string[]][], Record<string, string>]>([
    ['one', ['a'], [['b', 'a']], { b: 'uid-a' }],
    [
      'a chain',
      ['a', 'b'],
      [
        ['b', 'a'],
        ['c', 'b'],
      ],
      { b: 'uid-a', c: 'uid-b' },
    ],
    [
      'a swap',
      ['a', 'b'],
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
      { a: 'uid-b', b: 'uid-a' },
    ],
    [
      'a rotation',
      ['a', 'b', 'c'],
      [
        ['a', 'c'],
        ['b', 'a'],
        ['c', 'b'],
      ],
      { a: 'uid-c', b: 'uid-a', c: 'uid-b' },
    ],
    ['the first that exists', ['a'], [['c', 'x', 'a']], { c: 'uid-a' }],
    ['an old name that no longer exists', ['b'], [['b', 'a']], { b: 'uid-b' }],
    ['a name that is taken', ['a', 'b'], [['b', 'a']], { b: 'uid-b' }],
    ['an old name still in use', ['a'], [['a'], ['b', 'a']], { a: 'uid-a', b: 'new-1' }],
    [
      'two that want one',
      ['a'],
      [
        ['b', 'a'],
        ['c', 'a'],
      ],
      { b: 'uid-a', c: 'new-1' },
    ],
  ])('%s', (_, before, after, expected) => {
    const input = states(
      before.map((name) => aJob(name)),
      after.map(([name, ...renamedFrom]) => aJob(name, { renamedFrom })),
    );
    expect(uids(input)).toEqual(expected);
    expect(computePlan(applied(input)).changes).toEqual([]);
  });

  const swap = [aJob('a', { renamedFrom: ['b'] }), aJob('b', { renamedFrom: ['a'] })];

  it('makes a swap once, also where the specs as they are kept say nothing of it', () => {
    const swapped = [
      { ...recorded(aJob('a'), ['b']), uid: 'uid-b' },
      { ...recorded(aJob('b'), ['a']), uid: 'uid-a' },
    ];
    expect(uids(states(swapped, swap))).toEqual({ a: 'uid-b', b: 'uid-a' });
    expect(computePlan(states(swapped, swap)).summary.rename).toBe(0);
  });

  it('makes a swap again that was stepped back from, and again', () => {
    const then = new Map(Object.entries({ a: 'uid-a', b: 'uid-b' }));
    const names = [aJob('a'), aJob('b')];
    let { jobs } = states(names, names).recorded;
    for (let times = 0; times < 3; times += 1) {
      const there = states(jobs, swap);
      expect(uids(there)).toEqual({ a: 'uid-b', b: 'uid-a' });
      const back = states(applied(there).recorded.jobs, names);
      const input = { ...back, recorded: { ...back.recorded, formerly: then } };
      expect(uids(input)).toEqual({ a: 'uid-a', b: 'uid-b' });
      ({ jobs } = applied(input).recorded);
      // As the store keeps them: by the digest of the spec, which the names are no part of.
      jobs = jobs.map((record) => ({ ...record, job: { ...record.job, renamedFrom: [] } }));
    }
  });

  it('takes a manifest that means what is in force for just that, whom it says one was', () => {
    const names = [aJob('a'), aJob('b')];
    const input = states(names, swap);
    const same = { ...input, recorded: { ...input.recorded, digest: input.desired.digest } };
    expect(computePlan(input).summary.rename).toBe(2);
    expect(computePlan(same).summary.rename).toBe(0);
  });

  it('follows a name that was given up earlier', () => {
    const now = recorded(aJob('b'), ['a']);
    const input = states([now], [aJob('c', { renamedFrom: ['a'] })]);
    expect(uids(input)).toEqual({ c: 'uid-b' });
    expect(applied(input).recorded.jobs[0]?.aliases).toEqual(['a', 'b']);
  });

  it('does not swap two jobs that were created with each other in renamed_from', () => {
    const pair = [aJob('a', { renamedFrom: ['b'] }), aJob('b', { renamedFrom: ['a'] })];
    const after = applied(states([], pair));
    expect(computePlan(after).changes).toEqual([]);
  });

  it('keeps the watermark across a rename', () => {
    const [step] = jobSteps(states([aJob('a')], [aJob('b', { renamedFrom: ['a'] })]), noUid);
    expect(step).toMatchObject({ kind: 'update', uid: 'uid-a', watermark: null, aliases: ['a'] });
  });

  it('lets renamed_from be deleted later', () => {
    const renamed = recorded(aJob('b', { renamedFrom: ['a'] }), ['a']);
    const plan = computePlan(states([renamed], [aJob('b')]));
    expect(plan.changes).toMatchObject([
      { job: 'b', action: 'update', fields: [{ path: '/renamed_from', effect: 'cosmetic' }] },
    ]);
  });
});

describe('an earlier revision that comes back', () => {
  /** Jobs in force as `uid name`, who had which name then, names that come back, and what comes of it. */
  it.each<[string, string[], Record<string, string>, string[], string[]]>([
    ['takes a rename back', ['1 new'], { old: '1' }, ['old'], ['1 old']],
    ['takes a swap back', ['1 b', '2 a'], { a: '1', b: '2' }, ['a', 'b'], ['1 a', '2 b']],
    [
      'takes a chain back whose end has left',
      ['1 b'],
      { a: '1', b: '2' },
      ['a', 'b'],
      ['1 a', 'new-1 b'],
    ],
    [
      'gives a name back that another has taken since',
      ['1 new', '3 old'],
      { old: '1' },
      ['old'],
      ['1 old'],
    ],
    ['leaves jobs alone whose names stayed', ['1 a', '2 b'], { a: '1', b: '2' }, ['a'], ['1 a']],
    [
      'leaves a job its name that stays in force beside the earlier one',
      ['1 new'],
      { old: '1' },
      ['new', 'old'],
      ['1 new', 'new-1 old'],
    ],
    ['goes by names where nobody is known', ['1 a'], { a: '9' }, ['a'], ['1 a']],
  ])('%s', (_, inForce, then, names, expected) => {
    const from = inForce.map((text) => {
      const [uid = '', name = ''] = text.split(' ');
      return { ...recorded(aJob(name)), uid };
    });
    const to = names.map((name) => aJob(name));
    const base = states(from, to);
    const formerly = new Map(Object.entries(then));
    const input = { ...base, recorded: { ...base.recorded, formerly } };
    const { jobs } = applied(input).recorded;
    expect(jobs.map(({ uid, job }) => `${uid} ${job.name}`).toSorted()).toEqual(expected);
  });
});

describe('a rename that the file takes back without a word', () => {
  /** Jobs in force as `name former former`, names in the file, names it says to be removed. */
  it.each<[string, string[], string[], string[], Record<string, string>]>([
    ['is one back', ['new old'], ['old'], [], { old: 'uid-new' }],
    ['beside others', ['new old', 'x'], ['old', 'x'], [], { old: 'uid-new', x: 'uid-x' }],
    [
      'is none while both are there',
      ['new old'],
      ['new', 'old'],
      [],
      { new: 'uid-new', old: 'new-1' },
    ],
    [
      'is none where the file says that the job is removed',
      ['new old'],
      ['old'],
      ['new'],
      { old: 'new-1' },
    ],
    [
      'is none where two names fit',
      ['new old older'],
      ['old', 'older'],
      [],
      { old: 'new-1', older: 'new-2' },
    ],
    ['is none where two jobs fit', ['a old', 'b old'], ['old'], [], { old: 'new-1' }],
    ['is none for a name that it never had', ['new old'], ['other'], [], { other: 'new-1' }],
  ])('%s', (_, before, after, gone, expected) => {
    const from = before.map((text) => {
      const [name = '', ...aliases] = text.split(' ');
      return recorded(aJob(name), aliases);
    });
    const input = states(
      from,
      after.map((name) => aJob(name)),
    );
    const removed = Object.fromEntries(
      gone.map((name) => [name, { reason: 'over', running: null }]),
    );
    const { manifest } = input.desired;
    const said = { ...input, desired: { ...input.desired, manifest: { ...manifest, removed } } };
    const { jobs } = applied(said).recorded;
    expect(Object.fromEntries(jobs.map(({ uid, job }) => [job.name, uid]))).toEqual(expected);
    expect(computePlan(applied(said)).changes).toEqual([]);
  });
});
