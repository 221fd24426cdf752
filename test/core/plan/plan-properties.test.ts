import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import { jobSteps } from '../../../src/core/plan/job-steps.ts';
import { aJob } from '../../support/store-records.ts';
import { applied, cron, day, every, recorded, states } from './plan-states.ts';

const names = ['a', 'b', 'c', 'd', 'e'] as const;

const schedules = fc.constantFrom(
  [],
  [cron('0 3 * * *')],
  [cron('30 */6 * * 1-5', { timezone: 'Europe/Berlin' })],
  [every(7_200_000)],
  [cron('0 3 * * *'), every(36_000_000)],
);

const someJob = (name: string): fc.Arbitrary<Job> =>
  fc
    .record({
      schedules,
      suspend: fc.boolean(),
      timeoutMs: fc.constantFrom(null, 5000),
      env: fc.constantFrom({}, { A: '1' }),
      renamedFrom: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
    })
    .map((changes) => aJob(name, changes));

const someJobs = fc
  .shuffledSubarray([...names])
  .chain((chosen) => fc.tuple(...chosen.map((name) => someJob(name))));

const options = { numRuns: 150, seed: 20260327 };

describe('for any two states', () => {
  it('equal states give an empty plan', () => {
    fc.assert(
      fc.property(someJobs, (jobs) => {
        const start = applied(states([], jobs));
        expect(computePlan(start).changes).toEqual([]);
        expect(jobSteps(start, () => 'none')).toEqual([]);
      }),
      options,
    );
  });

  it('carrying out the steps leaves nothing to plan, also after several manifests', () => {
    fc.assert(
      fc.property(fc.array(someJobs, { minLength: 1, maxLength: 4 }), (manifests) => {
        let jobs = states([], []).recorded.jobs;
        for (const manifest of manifests) {
          const after = applied(states(jobs, manifest));
          expect(computePlan(after).changes).toEqual([]);
          expect(jobSteps(after, () => 'none')).toEqual([]);
          expect(after.recorded.jobs.map(({ job }) => job.name).sort()).toEqual(
            manifest.map(({ name }) => name).sort(),
          );
          jobs = after.recorded.jobs;
        }
      }),
      options,
    );
  });

  it('no identity is given to two jobs, and the plan shows what the steps do', () => {
    fc.assert(
      fc.property(someJobs, someJobs, (from, to) => {
        const input = states(from, to);
        const plan = computePlan(input);
        const steps = jobSteps(input, () => 'new');
        const kept = steps.filter((step) => step.kind !== 'create').map((step) => step.uid);
        expect(new Set(kept).size).toBe(kept.length);
        const kinds = (kind: string) => steps.filter((step) => step.kind === kind).length;
        expect(kinds('create')).toBe(plan.summary.create);
        expect(kinds('delete')).toBe(plan.summary.delete);
        expect(kinds('update')).toBe(plan.summary.update + plan.summary.rename);
        for (const { action, job, previousName } of plan.changes) {
          if (action !== 'rename') continue;
          const uid = `uid-${previousName}`;
          expect(steps.find((step) => step.uid === uid)).toMatchObject({ job: { name: job } });
        }
      }),
      options,
    );
  });

  it('the impact of a change and of its reverse cancel out', () => {
    fc.assert(
      fc.property(someJob('a'), someJob('a'), (one, two) => {
        const horizonMs = 3 * day;
        const basis = { runs: 9, p50Ms: 60_000, p95Ms: 90_000, maxMs: 99_000 };
        const more = { horizonMs, durations: new Map([['uid-a', basis]]) };
        const [there] = computePlan(states([one], [two], more)).changes;
        const [back] = computePlan(states([two], [one], more)).changes;
        expect(there?.impact.lost).toEqual(back?.impact.gained);
        expect(there?.impact.gained).toEqual(back?.impact.lost);
        expect(there?.impact.nextRun.before).toBe(back?.impact.nextRun.after);
        expect(there?.impact.runs.before).toBe(back?.impact.runs.after);
        if (there === undefined || back === undefined) return;
        const turned = back.impact.moved.map(({ from, to }) => ({ from: to, to: from }));
        // Days are those of the new zone: with two zones each direction has its own.
        if (there.timezone === back.timezone) {
          expect(new Set(there.impact.moved)).toEqual(new Set(turned));
        }
        for (const key of ['longestGapMs', 'machineMs'] as const) {
          expect(there.impact[key]?.before).toEqual(back.impact[key]?.after);
          expect(there.impact[key]?.after).toEqual(back.impact[key]?.before);
        }
        const { runs, lost, gained } = there.impact;
        if (lost.length < 20 && gained.length < 20) {
          expect(runs.before - lost.length + gained.length).toBe(runs.after);
        }
      }),
      options,
    );
  });

  it('the order of the recorded jobs makes no difference', () => {
    fc.assert(
      fc.property(someJobs, someJobs, (from, to) => {
        const forth = computePlan(
          states(
            from.map((job) => recorded(job)),
            to,
          ),
        );
        const turned = computePlan(states(from.map((job) => recorded(job)).reverse(), to));
        expect(turned).toEqual(forth);
      }),
      options,
    );
  });
});
