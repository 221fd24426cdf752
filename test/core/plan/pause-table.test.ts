// What wins: the manifest's `suspend`, or a person's pause. Row by row.
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import type { Pause } from '../../../src/core/overrides/pause.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import type { RecordedJob } from '../../../src/core/plan/plan.ts';
import { jobState } from '../../../src/daemon/views.ts';
import { aJob } from '../../support/store-records.ts';
import { applied, friday, recorded, states } from './plan-states.ts';

const pause: Pause = { by: 'bob', reason: 'disk swap', since: friday, until: null, skipped: 0 };
const paused = (job: Job): RecordedJob => ({ ...recorded(job), pause });
const job = (suspend: boolean, more: Partial<Job> = {}) => aJob('a', { suspend, ...more });

describe('a paused job', () => {
  it.each<[string, Job, Job[], string]>([
    ['that the manifest says nothing of stays paused', job(false), [job(false)], 'kept'],
    [
      'that changes otherwise stays paused',
      job(false),
      [job(false, { timeoutMs: 60_000 })],
      'kept',
    ],
    ['whose suspension is lifted stays paused', job(true), [job(false)], 'kept'],
    ['that leaves takes its pause along', job(false), [], 'archived'],
    [
      'that gets another name keeps its pause',
      job(false),
      [aJob('b', { renamedFrom: ['a'] })],
      'moved',
    ],
  ])('%s', (_row, before, after, disposition) => {
    const plan = computePlan(states([paused(before)], after));
    expect(plan.overrides).toMatchObject([{ pause, disposition }]);
  });

  it('whose suspension is lifted is pointed out', () => {
    const [change] = computePlan(states([paused(job(true))], [job(false)])).changes;
    expect(change?.hazards.map(({ code }) => code)).toContain('override_conflict');
  });

  it('that comes back is the same job and paused again', () => {
    const input = states([], [job(false)]);
    const tombstone = (name: string) => (name === 'a' ? paused(job(false)) : null);
    const plan = computePlan({ ...input, recorded: { ...input.recorded, tombstone } });
    expect(plan.changes).toMatchObject([{ job: 'a', action: 'create', reason: 'restored' }]);
    expect(plan.overrides).toMatchObject([{ job: 'a', disposition: 'restored' }]);
  });
});

it.each([
  ['suspended by the manifest, whether or not somebody resumed it', true, false, 'suspended'],
  ['suspended by the manifest and paused', true, true, 'suspended'],
  ['paused by a person alone', false, true, 'paused'],
])('a job is %s', (_row, suspend, isPaused, state) => {
  const facts = { fault: null, isRunning: false, next: friday, lastRun: null, wasMissed: false };
  expect(jobState({ ...facts, job: job(suspend), isPaused })).toBe(state);
});

describe('a removed job that comes back', () => {
  const old = { ...recorded(aJob('old')), uid: 'uid-of-old' };
  const known = (to: readonly Job[]) => {
    const input = states([], to);
    const tombstone = (name: string) => (name === 'old' ? old : null);
    return { ...input, recorded: { ...input.recorded, tombstone } };
  };
  const uids = (to: readonly Job[]) =>
    applied(known(to)).recorded.jobs.map((record) => `${record.job.name} ${record.uid}`);

  it('has the identity that it had', () => {
    expect(uids([aJob('old')])).toEqual(['old uid-of-old']);
  });

  it('may have another name, and only one job is it', () => {
    const to = [aJob('new', { renamedFrom: ['old'] }), aJob('other', { renamedFrom: ['old'] })];
    expect(uids(to)).toEqual(['new uid-of-old', 'other new-1']);
  });
});
