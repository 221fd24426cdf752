import { describe, expect, it } from 'vitest';
import { computePlan, retainsOnly } from '../../../src/core/plan/compute-plan.ts';
import { jobSteps } from '../../../src/core/plan/job-steps.ts';
import type { PlanInput } from '../../../src/core/plan/plan-input.ts';
import type { Manifest } from '../../../src/core/manifest/job.ts';
import { aJob } from '../../support/store-records.ts';
import { states } from './plan-states.ts';

const many = (count: number) => Array.from({ length: count }, (_, at) => aJob(`job-${at}`));
const unasked = { isConfirmed: false, allowed: new Set<string>(), orphans: new Set<string>() };

function said(input: PlanInput, manifest: Partial<Manifest>): PlanInput {
  return {
    ...input,
    desired: { ...input.desired, manifest: { ...input.desired.manifest, ...manifest } },
  };
}

const told = (input: PlanInput) =>
  computePlan(input).changes.map(({ job, action, reason }) => `${action} ${job} ${reason}`);
const gone = (input: PlanInput) =>
  jobSteps(input, () => 'new').flatMap((step) => (step.kind === 'delete' ? [step] : []));

describe('removals beyond the bound', () => {
  it.each([
    [3, 20, 'delete'],
    [4, 20, 'retain'],
    [10, 100, 'delete'],
    [11, 100, 'retain'],
    [20, 20, 'retain'],
  ])('%i of %i jobs: %s, where nobody has confirmed it', (left, total, action) => {
    const input = states(many(total), many(total).slice(left), { removals: unasked });
    expect(new Set(computePlan(input).changes.map((change) => change.action))).toEqual(
      new Set([action]),
    );
    expect(gone(input)).toHaveLength(action === 'delete' ? left : 0);
  });

  it('are carried out for a person, who is told what they look like', () => {
    const input = states(many(20), many(10));
    const plan = computePlan(input);
    expect(plan.guard).toMatchObject({ code: 'shrink' });
    expect(plan.changes[0]?.hazards).toMatchObject([{ code: 'mass_remove' }]);
    expect(gone(input)).toHaveLength(10);
  });

  it('need no confirmation with allow_empty, nor where each is written down', () => {
    const input = states(many(9), [], { removals: unasked });
    expect(gone(said(input, { allowEmpty: true }))).toHaveLength(9);
    const removed = Object.fromEntries(
      many(9).map(({ name }) => [name, { reason: 'over', running: null }]),
    );
    expect(gone(said(input, { removed }))).toHaveLength(9);
  });

  it('keep the rest of the plan: what they leave is only said', () => {
    const input = states(many(9), [], { removals: unasked });
    expect(retainsOnly(computePlan(input))).toBe(true);
    expect(computePlan(input).summary).toMatchObject({ delete: 0, retain: 9 });
  });
});

describe('a protected job', () => {
  const billing = aJob('billing', { protect: true });
  const without = states([billing, aJob('a')], [aJob('a'), aJob('b')]);

  it('stays when its block is dropped, and the rest of the plan goes through', () => {
    expect(told(without)).toEqual(['create b new_in_config', 'retain billing protected']);
    expect(gone(without)).toEqual([]);
  });

  it('goes when it is named', () => {
    const removals = {
      isConfirmed: true,
      allowed: new Set(['billing']),
      orphans: new Set<string>(),
    };
    expect(gone({ ...without, removals })).toMatchObject([{ uid: 'uid-billing' }]);
  });

  it('goes with an entry under removed, which may say what becomes of its runs', () => {
    const removed = { billing: { reason: 'sold', running: 'cancel' } } as const;
    expect(gone(said(without, { removed }))).toMatchObject([
      { uid: 'uid-billing', running: 'cancel' },
    ]);
  });

  it('may be renamed, and follows the manifest when its block says otherwise', () => {
    const renamed = aJob('invoices', { protect: true, renamedFrom: ['billing'] });
    expect(told(states([billing], [renamed]))).toEqual(['rename invoices renamed_from']);
    expect(told(states([billing], [aJob('billing')]))).toEqual(['update billing config_changed']);
  });

  it('whose name another job takes stands in the way of the whole plan', () => {
    const input = states([billing, aJob('a')], [aJob('Billing', { renamedFrom: ['a'] })]);
    expect(computePlan(input).blockedNames).toEqual(['billing']);
  });
});
