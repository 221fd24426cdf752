// Plans of jobs with a past, beside the real scheduler and its store: two changes of
// the schedule, hours in which runs take place, jitter, and a third change. What the
// plan says of it is what comes; by a snapshot it says the same.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Job } from '../../src/core/manifest/job.ts';
import { computePlan } from '../../src/core/plan/compute-plan.ts';
import { recordedBySnapshot, takeSnapshot } from '../../src/core/plan/snapshot.ts';
import { corePlanner, planInput } from '../../src/reconciler/planning.ts';
import { sha256 } from '../../src/system/digest.ts';
import { aJob, aScheduler, cron, every, hour, second, type Harness } from '../scheduler/harness.ts';
import { applyInput } from '../support/store-records.ts';

const limits = { concurrencyMax: 64, queueLimit: 200, groups: {} };
const horizonMs = 24 * hour;
const samples = Number(process.env['JM2_PAST_SAMPLES'] ?? 60);

const jobs = fc.record({
  schedule: fc.oneof(
    fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hours, minutes]) => cron(`${minutes} ${hours} * * *`)),
    fc.constantFrom(cron('30 9 * * 5'), cron('0 8 27 * *'), every(6 * hour), cron('15 */4 * * *')),
  ),
  jitterMs: fc.constantFrom(0, 0, hour, 5 * hour),
  isMadeUpFor: fc.boolean(),
  suspend: fc.constantFrom(false, false, false, false, true),
  isRenamed: fc.constantFrom(false, false, true),
  keepsItsTimes: fc.constantFrom(false, false, true),
});
type Some = typeof jobs extends fc.Arbitrary<infer Value> ? Value : never;

function jobOf(
  { schedule, jitterMs, isMadeUpFor, suspend, keepsItsTimes }: Some,
  from: Job | null,
  name: string,
): Job {
  const times = keepsItsTimes && from !== null ? from.schedules[0]! : { ...schedule, jitterMs };
  const onScheduleChange = isMadeUpFor ? 'catch_up' : 'ignore';
  const renamedFrom = from === null || from.name === name ? [] : [from.name];
  return aJob(name, times, { onScheduleChange, suspend, renamedFrom });
}

/** Each under a name of its own where it is renamed; some only renamed. */
function jobsOf(specs: readonly [Some, Some, Some]): [Job, Job, Job] {
  const first = jobOf(specs[0], null, 'a');
  const second = jobOf(specs[1], first, specs[1].isRenamed ? 'b' : 'a');
  const third = jobOf(specs[2], second, specs[2].isRenamed ? 'c' : second.name);
  return [first, second, third];
}

function applyTo(h: Harness, job: Job): void {
  const at = { now: h.clock.now(), horizonMs };
  const input = planInput(h.store, desiredOf(job) as never, at);
  h.scheduler.apply(() => {
    h.store.applyRevision({
      ...applyInput(
        input.recorded.revision,
        corePlanner.writes(input, () => 'uid-of-new'),
      ),
      appliedAt: at.now,
    });
    return { jobs: h.store.jobs(), limits };
  });
}

function desiredOf(job: Job) {
  return {
    manifest: {
      version: 1,
      timezone: 'UTC',
      calendars: {},
      namedSchedules: {},
      limits,
      jobs: [job],
    },
    digest: 'new',
    jobDigests: new Map([[job.name, sha256(JSON.stringify(job))]]),
    jobLines: new Map(),
    diagnostics: [],
    files: [],
  } as const;
}

async function lived(specs: readonly [Some, Some, Some], hours: readonly [number, number]) {
  const [first, next, last] = jobsOf(specs);
  const h = await aScheduler('2026-03-27T00:00:17Z', [first]);
  h.clock.advance(hours[0] * hour);
  applyTo(h, next);
  // A moment more, so that what the apply has let come due is settled.
  h.clock.advance(hours[1] * hour + second);
  const now = h.clock.now();
  const desired = desiredOf(last);
  const input = planInput(h.store, desired as never, { now, horizonMs });
  const plan = computePlan(input);
  const snapshot = takeSnapshot({
    lineage: h.store.lineage,
    revision: h.store.latestRevision(),
    jobs: h.store.jobs(),
    durations: input.durations ?? new Map(),
    ran: (jobUid) =>
      h.store.admittedTimes({ jobUid, since: 0, until: 1e15, knownAt: now, limit: 320 }),
    takenAt: now,
  });
  const offline = computePlan({ desired, ...recordedBySnapshot(snapshot), now, horizonMs });
  const uid = h.store.findJob(next.name)?.uid ?? '';
  const nextBefore = h.scheduler.nextStart(uid);
  const before = h.dispatcher.dispatched.length;
  applyTo(h, last);
  h.clock.advance(second);
  const started = h.dispatcher.dispatched.length - before;
  const nextAfter = h.scheduler.nextStart(uid);
  const audit = h.store.auditLedger();
  await h.scheduler.detach();
  return { plan, offline, nextBefore, nextAfter, started, audit };
}

it('what a plan says of a job with a past is what the scheduler does, also by a snapshot', async () => {
  let [made, periods] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(jobs, jobs, jobs),
      fc.tuple(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 9 })),
      async (specs, hours) => {
        const { plan, offline, audit, ...real } = await lived(specs, hours);
        expect(audit).toEqual([]);
        expect(offline.changes).toEqual(plan.changes);
        const [change] = plan.changes;
        if (change === undefined) return;
        expect(plan.impact?.startedByApply).toBe(real.started);
        const { nextRun, period } = change.impact;
        expect(nextRun.before).toBe(specs[1].suspend ? null : real.nextBefore);
        const isAtOnce = nextRun.after !== null && nextRun.after <= plan.at;
        if (!isAtOnce) expect(nextRun.after).toBe(specs[2].suspend ? null : real.nextAfter);
        made += real.started;
        periods += period === null || period.verdict === 'kept' ? 0 : 1;
      },
    ),
    { numRuns: samples, seed: 11 },
  );
  expect(made).toBeGreaterThan(0);
  expect(periods).toBeGreaterThan(0);
}, 600_000);
