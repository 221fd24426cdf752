import { describe, expect, it } from 'vitest';
import {
  differenceOf,
  grownHazards,
  makePlanFile,
  otherTimes,
  parsePlanFile,
  standingOf,
  type KeptPlan,
} from '../../src/api/plan-file.ts';
import { planView } from '../../src/daemon/plan-view.ts';
import { computePlan } from '../../src/core/plan/compute-plan.ts';
import type { Job } from '../../src/core/manifest/job.ts';
import { sha256 } from '../../src/system/digest.ts';
import { cron, states } from '../core/plan/plan-states.ts';
import { aJob } from '../support/store-records.ts';

const at = Date.parse('2026-03-27T13:05:00Z');
const daily = (name: string, hour: number): Job =>
  aJob(name, { schedules: [cron(`0 ${hour} * * *`)] });

function plan(
  from: readonly Job[],
  to: readonly Job[],
  basis: Partial<KeptPlan['basis']> = {},
): KeptPlan {
  const { week: _, diagnostics: __, ...kept } = planView(computePlan(states(from, to)), [], null);
  return { ...kept, basis: { ...kept.basis, ...basis } };
}

function fileOf(kept: KeptPlan) {
  return makePlanFile(
    {
      jm2: '0.1.0',
      plannedAt: new Date(at).toISOString(),
      expiresAt: new Date(at + 3_600_000).toISOString(),
      by: 'cli (ann)',
      manifest: 'jobs.yaml',
      gitCommit: null,
      sourceDigest: 's',
      source: 'version: 1\n',
      plan: kept,
    },
    sha256,
  );
}

const [a3, a4, b5, b6] = [daily('a', 3), daily('a', 4), daily('b', 5), daily('b', 6)];
const planned = plan([a3, b5], [a4, b5], { appliedDigest: 'base', desiredDigest: 'target' });

describe('where a kept plan stands', () => {
  const cases: [string, KeptPlan, number, object][] = [
    ['nothing changed since', planned, at, { kind: 'ready' }],
    [
      'other revisions, for its jobs the same',
      plan([a3, b5], [a4, b5], { appliedDigest: 'x', desiredDigest: 'target', revision: 3 }),
      at,
      { kind: 'rebased', from: 1, to: 3 },
    ],
    [
      'a part of it was done meanwhile',
      plan([a4, b5], [a4, b5], { appliedDigest: 'x', desiredDigest: 'target', revision: 3 }),
      at,
      { kind: 'rebased', from: 1, to: 3 },
    ],
    [
      'another job changed, which it would change back',
      plan([a3, b6], [a4, b5], { appliedDigest: 'x', desiredDigest: 'target' }),
      at,
      { kind: 'stale', difference: { unplanned: [{ job: 'b' }], different: [] } },
    ],
    [
      'its own job changed to something else',
      plan([daily('a', 9), b5], [a4, b5], { appliedDigest: 'x', desiredDigest: 'target' }),
      at,
      { kind: 'stale', difference: { unplanned: [], different: ['a'] } },
    ],
    [
      'it is in force, even long after',
      plan([a4, b5], [a4, b5], { appliedDigest: 'target', desiredDigest: 'target' }),
      at + 1e10,
      { kind: 'applied' },
    ],
    ['its time is over', planned, at + 3_600_000, { kind: 'expired' }],
    [
      'another store',
      { ...planned, basis: { ...planned.basis, lineage: 'there' } },
      at,
      { kind: 'other_installation' },
    ],
    [
      'its text has another meaning here',
      { ...planned, basis: { ...planned.basis, desiredDigest: 'other' } },
      at,
      { kind: 'other_meaning' },
    ],
  ];
  it.each(cases)('%s', (_, live, now, expected) => {
    expect(standingOf(fileOf(planned), live, now)).toMatchObject(expected);
  });

  it('takes a change of what holds for all jobs for a difference', () => {
    const field = { path: '/concurrency/max', before: 64, after: 8, effect: 'capacity' } as const;
    expect(differenceOf(planned, { ...planned, manifestFields: [field] }).different).toEqual([
      '(all jobs)',
    ]);
  });

  it('tells jobs that run at other times by other time-zone data, but for paused ones', () => {
    const [change] = planned.changes;
    if (change === undefined) throw new Error('no change');
    const { impact } = change;
    const nextRun = { ...impact.nextRun, after: '2026-03-28T02:00:00Z' };
    const then = (more: object): KeptPlan => ({
      ...planned,
      changes: [{ ...change, impact: { ...impact, ...more } }],
    });
    expect(otherTimes(planned, planned)).toEqual([]);
    expect(otherTimes(planned, then({ nextRun }))).toEqual(['a']);
    expect(otherTimes(planned, then({ runs: { before: 7, after: 8 } }))).toEqual(['a']);
    expect(otherTimes(planned, then({ nextRun, pausedUntil: null }))).toEqual([]);
    expect(otherTimes({ ...planned, changes: [] }, then({ nextRun }))).toEqual([]);
  });

  it('tells a hazard that is worse than it was', () => {
    const hazard = { code: 'overlap_self', detail: 'long', at: null, remedies: [] } as const;
    const [change] = planned.changes;
    if (change === undefined) throw new Error('no change');
    const having = (severity: 'medium' | 'high'): KeptPlan => ({
      ...planned,
      changes: [{ ...change, hazards: [{ ...hazard, severity }] }],
    });
    expect(grownHazards(having('medium'), having('high'))).toHaveLength(1);
    expect(grownHazards(having('high'), having('medium'))).toEqual([]);
  });

  it('tells hazards that it did not have', () => {
    const hazard = {
      code: 'imminent',
      severity: 'low',
      detail: 'soon',
      at: null,
      remedies: [],
    } as const;
    const [change] = planned.changes;
    if (change === undefined) throw new Error('no change');
    const live = { ...planned, changes: [{ ...change, hazards: [hazard] }] };
    expect(grownHazards(planned, live)).toEqual([
      { job: 'a', code: 'imminent', severity: 'low', detail: 'soon' },
    ]);
    expect(grownHazards(live, live)).toEqual([]);
  });
});

describe('a plan file', () => {
  const text = JSON.stringify(fileOf(planned));

  it('is read as it was written, also with its keys in another order', () => {
    expect(parsePlanFile(text, sha256)).toEqual({ kind: 'whole', file: fileOf(planned) });
    const turned = Object.fromEntries(Object.entries(JSON.parse(text) as object).reverse());
    expect(parsePlanFile(JSON.stringify(turned), sha256).kind).toBe('whole');
  });

  it('is refused when any of its values was changed', () => {
    const whole = JSON.parse(text) as Record<string, unknown>;
    for (const key of Object.keys(whole).filter((name) => name !== 'format')) {
      const altered = JSON.stringify({ ...whole, [key]: 'changed' });
      expect([key, parsePlanFile(altered, sha256).kind]).toEqual([key, 'altered']);
    }
  });

  it('cut at any place is no whole plan', () => {
    for (let length = 0; length < text.length; length += 97) {
      expect(parsePlanFile(text.slice(0, length), sha256).kind).not.toBe('whole');
    }
  });
});
