// A scheduler over a real store in memory, a fake clock and a fake dispatcher.
import { addedFields } from '../../src/core/manifest/added-fields.ts';
import type { AdmissionLimits, Job } from '../../src/core/manifest/job.ts';
import type { Run } from '../../src/core/runs/run.ts';
import type { Schedule } from '../../src/core/schedule/schedule.ts';
import { createScheduler } from '../../src/scheduler/loop.ts';
import type { SchedulerParts } from '../../src/scheduler/parts.ts';
import type { Scheduler, SchedulerEvent } from '../../src/scheduler/scheduler.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { JobRecord, JobWrite, Store } from '../../src/store/store.ts';
import { sha256 } from '../../src/system/digest.ts';
import { ulid, type Ids } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeDispatcher } from '../support/fake-dispatcher.ts';

const base = { timezone: 'UTC', jitterMs: 0, from: null, until: null };

export const cron = (expression: string, timezone = 'UTC'): Schedule => ({
  ...base,
  timezone,
  kind: 'cron',
  expression,
  dstGap: 'run_once',
  dstOverlap: 'first',
  written: expression,
});
export const every = (intervalMs: number, jitterMs = 0): Schedule => ({
  ...base,
  jitterMs,
  kind: 'every',
  intervalMs,
  anchor: 0,
  written: `every ${intervalMs}ms`,
});
export const at = (instant: string): Schedule => ({
  ...base,
  kind: 'at',
  instant: Date.parse(instant),
  written: `at ${instant}`,
});

export function aJob(name: string, schedule: Schedule | null, fields: Partial<Job> = {}): Job {
  return {
    ...addedFields,
    name,
    description: null,
    owner: null,
    tags: [],
    schedules: schedule === null ? [] : [schedule],
    timezone: 'UTC',
    command: { kind: 'shell', text: 'true', shell: '/bin/sh' },
    cwd: null,
    env: {},
    user: null,
    envFile: [],
    inheritEnv: [],
    umask: null,
    nice: null,
    limits: {},
    timeoutMs: null,
    kill: { signal: 'TERM', graceMs: 10_000, leftovers: false },
    retry: {
      limit: 0,
      delayMs: 1_000,
      backoff: 'exponential',
      factor: 2,
      maxDelayMs: 300_000,
      jitter: 0,
      on: ['exit', 'timeout', 'signal', 'start'],
    },
    successCodes: [0],
    concurrency: 'forbid',
    catchUp: { policy: 'latest', windowMs: 24 * 3_600_000, limit: 100 },
    suspend: false,
    log: { maxSizeBytes: 1_000_000 },
    renamedFrom: [],
    onRemove: 'finish',
    ...fields,
  };
}

export const second = 1_000;
export const minute = 60_000;
export const hour = 3_600_000;

/** A number is `concurrencyMax`; what is not given stays as the harness was made. */
type WantedLimits = number | Partial<AdmissionLimits>;

export interface Harness {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly dispatcher: FakeDispatcher;
  scheduler: Scheduler;
  events: SchedulerEvent[];
  /** Jobs written as a new revision, as an apply does; not yet loaded. */
  apply(jobs: readonly Job[], limits?: WantedLimits): JobRecord[];
  /** Apply and load in one transaction, as the reconciler does. */
  reload(jobs: readonly Job[], limits?: WantedLimits): void;
  /** A new daemon over the same store: new scheduler, new dispatcher behaviour kept. */
  restart(overrides?: Partial<SchedulerParts>): Promise<void>;
  /** The same, before its scheduler is started: an apply at that time is the first pass. */
  renew(overrides?: Partial<SchedulerParts>): Promise<void>;
  runsOf(job: string): Run[];
  /** `disposition reason count` per ledger row of a job, oldest first. */
  ledger(job: string): string[];
}

export async function aScheduler(
  now: string,
  jobs: readonly Job[],
  options: Partial<SchedulerParts> & {
    readonly max?: number;
    readonly queueLimit?: number;
    readonly groups?: Readonly<Record<string, number>>;
    readonly wrapStore?: (store: Store) => Store;
    readonly start?: boolean;
    /** Of the store; in memory when absent. */
    readonly path?: string;
  } = {},
): Promise<Harness> {
  const clock = new FakeClock(now);
  let count = 0;
  const nextBytes = (): Uint8Array => {
    count += 1;
    const bytes = new Uint8Array(10);
    new DataView(bytes.buffer).setUint32(6, count);
    return bytes;
  };
  const ids: Ids = { runId: (time) => ulid(time, nextBytes()), uid: () => ulid(0, nextBytes()) };
  const opened = openStore(options.path ?? ':memory:', { clock, ids });
  const {
    max = 64,
    queueLimit = 200,
    groups = {},
    wrapStore,
    start = true,
    path: _,
    ...parts
  } = options;
  const first: AdmissionLimits = { concurrencyMax: max, queueLimit, groups };
  const limitsOf = (wanted: WantedLimits = first): AdmissionLimits =>
    typeof wanted === 'number' ? { ...first, concurrencyMax: wanted } : { ...first, ...wanted };
  const store = wrapStore === undefined ? opened : wrapStore(opened);
  const dispatcher = new FakeDispatcher(clock);
  const make = (overrides: Partial<SchedulerParts>): Scheduler =>
    createScheduler({
      clock,
      ids,
      store,
      dispatcher,
      bootId: 'boot-1',
      random: () => 0.5,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      attemptRequest: (run, job, attempt) => ({
        runId: run.id,
        attempt,
        job: job.name,
        argv: ['true'],
        cwd: '/',
        env: {},
        late: null,
        user: null,
        umask: null,
        nice: null,
        limits: {},
        logMaxBytes: 1_000,
        kill: job.kill,
      }),
      ...parts,
      ...overrides,
    });
  const harness: Harness = {
    clock,
    store,
    dispatcher,
    scheduler: make({}),
    events: [],
    apply(wanted, limits) {
      applyJobs(opened, clock.now(), ids, wanted, limitsOf(limits));
      return opened.jobs();
    },
    reload(wanted, limits) {
      harness.scheduler.apply(() => {
        const written = applyJobs(opened, clock.now(), ids, wanted, limitsOf(limits));
        return { jobs: opened.jobs(), written, limits: limitsOf(limits) };
      });
    },
    async restart(overrides = {}) {
      await harness.renew(overrides);
      await harness.scheduler.start();
    },
    async renew(overrides = {}) {
      await harness.scheduler.detach();
      harness.scheduler = make(overrides);
      harness.scheduler.on((event) => harness.events.push(event));
    },
    runsOf: (job) => opened.runs({ job, limit: 10_000 }).toReversed(),
    ledger(job) {
      const record = opened.findJob(job);
      if (record === null) return [];
      const rows = opened.outcomes({ jobUid: record.uid, limit: 100_000 });
      return rows
        .toSorted((a, b) => a.epoch - b.epoch || a.nominalTime - b.nominalTime)
        .map((row) =>
          [row.disposition, row.reason, row.count > 1 ? row.count : null]
            .filter((word) => word !== null)
            .join(' '),
        );
    },
  };
  harness.scheduler.on((event) => harness.events.push(event));
  harness.apply(jobs);
  if (start) await harness.scheduler.start();
  return harness;
}

function applyJobs(
  store: Store,
  now: number,
  ids: Ids,
  jobs: readonly Job[],
  limits: AdmissionLimits,
): Set<string> {
  const before = new Map(store.jobs().map((record) => [record.name, record]));
  const writes: JobWrite[] = jobs.flatMap((job): JobWrite[] => {
    const digest = sha256(JSON.stringify(job));
    const known = before.get(job.name);
    before.delete(job.name);
    if (known === undefined) {
      return [{ kind: 'create', uid: ids.uid(), job, digest, watermark: now }];
    }
    if (known.digest === digest) return [];
    const isRescheduled = JSON.stringify(known.job.schedules) !== JSON.stringify(job.schedules);
    const watermark = isRescheduled ? now : null;
    return [{ kind: 'update', uid: known.uid, job, digest, watermark, aliases: [] }];
  });
  for (const gone of before.values()) writes.push({ kind: 'delete', uid: gone.uid, at: now });
  const latest = store.latestRevision()?.number ?? 0;
  store.applyRevision({
    expectedRevision: latest,
    digest: sha256(JSON.stringify(jobs)),
    sourceDigest: sha256(`${latest}`),
    source: '',
    timezone: 'UTC',
    limits,
    appliedAt: now,
    appliedBy: 'test',
    gitCommit: null,
    manifestPath: '/jobs.yaml',
    summary: { create: 0, update: 0, rename: 0, delete: 0 },
    writes,
  });
  return new Set(writes.map(({ uid }) => uid));
}
