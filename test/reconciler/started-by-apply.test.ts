// What a plan says that applying starts is what applying starts, for any two
// states: of jobs that ask for it, and nothing at all of the others.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Job } from '../../src/core/manifest/job.ts';
import { computePlan } from '../../src/core/plan/compute-plan.ts';
import { planInput } from '../../src/reconciler/planning.ts';
import { sha256 } from '../../src/system/digest.ts';
import { aJob, aScheduler, cron, every, minute, second } from '../scheduler/harness.ts';
import { runsForever } from '../support/fake-dispatcher.ts';

const noon = '2026-03-27T12:00:00Z';
const schedules = [
  null,
  cron('0 23 * * *'),
  cron('0 5 * * *'),
  cron('30 9 * * 1'),
  cron('0 8 1 * *'),
  every(6 * 3_600_000),
];

const someFields = (hasOptIns: boolean) =>
  fc.record({
    schedule: fc.constantFrom(...schedules),
    text: fc.constantFrom('one', 'two'),
    timeoutMs: fc.constantFrom(null, 3_600_000),
    suspend: fc.constantFrom(false, false, true),
    concurrency: fc.constantFrom('forbid', 'allow', 'queue', 'replace'),
    onChange: hasOptIns ? fc.constantFrom('finish', 'restart') : fc.constant('finish'),
    onScheduleChange: hasOptIns ? fc.constantFrom('ignore', 'catch_up') : fc.constant('ignore'),
    isRunning: fc.boolean(),
    isPaused: fc.constantFrom(false, false, true),
  }) as fc.Arbitrary<Fields>;

type Fields = Pick<
  Job,
  'timeoutMs' | 'suspend' | 'concurrency' | 'onChange' | 'onScheduleChange'
> & {
  readonly schedule: ReturnType<typeof cron> | null;
  readonly text: string;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
};

function jobOf(
  name: string,
  { schedule, text, isRunning: _r, isPaused: _p, ...rest }: Fields,
): Job {
  return aJob(name, schedule, { ...rest, command: { kind: 'shell', text, shell: '/bin/sh' } });
}

async function startedAndPlanned(from: readonly Fields[], to: readonly Fields[]) {
  const named = (fields: readonly Fields[]) => fields.map((one, at) => jobOf(`j${at}`, one));
  const h = await aScheduler(noon, named(from));
  h.dispatcher.behave = () => runsForever;
  for (const [at, { isRunning, isPaused }] of from.entries()) {
    const uid = h.store.findJob(`j${at}`)?.uid ?? '';
    if (isRunning) h.scheduler.runNow({ job: `j${at}`, requestedBy: 'me', force: false });
    if (isPaused) {
      h.scheduler.pause({ jobUids: [uid], by: 'me', reason: null, until: null, cancel: false });
    }
  }
  h.clock.advance(second);
  const before = h.dispatcher.dispatched.length;
  const jobs = named(to);
  const manifest = {
    version: 1,
    timezone: 'UTC',
    calendars: {},
    namedSchedules: {},
    limits: { concurrencyMax: 64, queueLimit: 200, groups: {} },
    jobs,
  } as const;
  const jobDigests = new Map(jobs.map((job) => [job.name, sha256(JSON.stringify(job))]));
  const desired = { manifest, digest: 'new', jobDigests, diagnostics: [], files: [] };
  const at = { now: h.clock.now(), horizonMs: 24 * 3_600_000 };
  const plan = computePlan(planInput(h.store, desired as never, at));
  h.reload(jobs);
  h.clock.advance(minute);
  // What waits for a run that goes on is as good as started: no end of it is in sight here.
  const queued = h.store.unfinishedRuns().filter(({ state }) => state === 'queued').length;
  const audit = h.store.auditLedger();
  await h.scheduler.detach();
  const started = h.dispatcher.dispatched.length - before + queued;
  return { started, planned: plan.impact?.startedByApply, audit };
}

const pairs = (hasOptIns: boolean) => {
  const some = fc.array(someFields(hasOptIns), { minLength: 3, maxLength: 3 });
  return fc.tuple(some, some);
};

it('a plan counts exactly the runs that applying it starts', async () => {
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(pairs(true), async ([from, to]) => {
      const { started, planned, audit } = await startedAndPlanned(from, to);
      expect(started).toBe(planned);
      expect(audit).toEqual([]);
      seen += started;
    }),
    { numRuns: 60, seed: 20260327 },
  );
  expect(seen).toBeGreaterThan(10);
});

it('without the opt-ins no apply starts anything', async () => {
  await fc.assert(
    fc.asyncProperty(pairs(false), async ([from, to]) => {
      expect(await startedAndPlanned(from, to)).toMatchObject({ started: 0, planned: 0 });
    }),
    { numRuns: 40, seed: 20260328 },
  );
});
