import { describe, expect, it } from 'vitest';
import type { Pause } from '../../../src/core/overrides/pause.ts';
import { computePlan, isEmptyPlan } from '../../../src/core/plan/compute-plan.ts';
import { aJob } from '../../support/store-records.ts';
import { day, friday, recorded, states } from './plan-states.ts';

const pause: Pause = { by: 'bob', reason: 'disk swap', since: friday, until: null, skipped: 0 };
const paused = (name: string, changes: Partial<Pause> = {}, job = aJob(name)) => ({
  ...recorded(job),
  pause: { ...pause, ...changes },
});

describe('what a plan does about pauses', () => {
  it('leaves them as they are, and is empty when there is nothing else', () => {
    const plan = computePlan(states([paused('a'), aJob('b')], [aJob('a'), aJob('b')]));
    expect(plan.overrides).toEqual([{ job: 'a', pause, disposition: 'kept' }]);
    expect(isEmptyPlan(plan)).toBe(true);
  });

  it('moves them with a rename and puts them away with a removed job', () => {
    const to = [aJob('new', { renamedFrom: ['old'] })];
    const plan = computePlan(states([paused('old'), paused('gone')], to));
    expect(plan.overrides?.map(({ job, disposition }) => [job, disposition])).toEqual([
      ['gone', 'archived'],
      ['new', 'moved'],
    ]);
  });

  it('holds again for a job that comes back', () => {
    const input = states([], [aJob('back')]);
    const archived = new Map([['back', pause]]);
    const plan = computePlan({ ...input, recorded: { ...input.recorded, archived } });
    expect(plan.overrides).toEqual([{ job: 'back', pause, disposition: 'restored' }]);
  });

  it('tells none that is over', () => {
    const plan = computePlan(states([paused('a', { until: friday })], [aJob('a')]));
    expect(plan.overrides).toBeUndefined();
  });

  it.each([
    ['true', 'false', null, 'until it is resumed'],
    ['true', 'false', friday + day, 'until 2026-03-28 13:05 +00:00'],
    ['false', 'false', null, null],
    ['false', 'true', null, null],
  ])('warns when suspend goes from %s to %s (until %s)', (from, to, until, words) => {
    const before = paused('a', { until }, aJob('a', { suspend: from === 'true' }));
    const after = aJob('a', { suspend: to === 'true', description: 'changed' });
    const [change] = computePlan(states([before], [after])).changes;
    const conflict = change?.hazards.find(({ code }) => code === 'override_conflict');
    expect(conflict?.detail ?? null).toEqual(
      words === null ? null : expect.stringContaining(`paused by bob ${words}`),
    );
  });
});
