import { addedFields } from '../../src/core/manifest/added-fields.ts';
import type { Job } from '../../src/core/manifest/job.ts';
import type { Outcome, Run } from '../../src/core/runs/run.ts';
import type { Schedule } from '../../src/core/schedule/schedule.ts';
import type { JobWrite, Revision, Store } from '../../src/store/store.ts';

/** Noon of an ordinary day. */
export const noon = Date.parse('2026-03-02T12:00:00Z');

export function everyMinute(written = '* * * * *'): Schedule {
  return {
    kind: 'cron',
    expression: written,
    timezone: 'UTC',
    jitterMs: 0,
    from: null,
    until: null,
    written,
    dstGap: 'run_once',
    dstOverlap: 'first',
  };
}

export function aJob(name: string, changes: Partial<Job> = {}): Job {
  return {
    ...addedFields,
    name,
    description: null,
    owner: null,
    tags: [],
    schedules: [everyMinute()],
    timezone: 'UTC',
    command: { kind: 'shell', text: `echo ${name}`, shell: '/bin/sh' },
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
      delayMs: 1000,
      backoff: 'exponential',
      factor: 2,
      maxDelayMs: 300_000,
      jitter: 0.1,
      on: ['exit', 'timeout', 'signal', 'start'],
    },
    successCodes: [0],
    concurrency: 'forbid',
    catchUp: { policy: 'latest', windowMs: 86_400_000, limit: 100 },
    suspend: false,
    log: { maxSizeBytes: 10_000_000 },
    renamedFrom: [],
    onRemove: 'finish',
    ...changes,
  };
}

export function create(name: string, changes: Partial<Job> = {}): JobWrite {
  const job = aJob(name, changes);
  return { kind: 'create', uid: `uid-${name}`, job, digest: specDigest(job), watermark: noon };
}

/** Stands for the real digest: equal text, equal spec. */
export function specDigest(job: Job): string {
  return `spec:${JSON.stringify(job)}`;
}

export function applyInput(
  expectedRevision: number,
  writes: readonly JobWrite[],
): Parameters<Store['applyRevision']>[0] {
  return {
    expectedRevision,
    digest: `digest-${expectedRevision + 1}`,
    sourceDigest: `source-${expectedRevision + 1}`,
    source: 'version: 1\njobs: {}\n',
    timezone: 'Europe/Berlin',
    limits: { concurrencyMax: 64, queueLimit: 20, groups: { database: 2 } },
    appliedAt: noon,
    appliedBy: 'cli (alice)',
    gitCommit: null,
    manifestPath: '/etc/shop/jobs.yaml',
    summary: { create: writes.length, update: 0, rename: 0, delete: 0 },
    writes,
  };
}

export function apply(store: Store, ...writes: JobWrite[]): Revision {
  return store.applyRevision(applyInput(store.latestRevision()?.number ?? 0, writes));
}

export function aRun(job: string, id: string, changes: Partial<Run> = {}): Run {
  return {
    id,
    jobUid: `uid-${job}`,
    job,
    trigger: 'manual',
    nominalTime: null,
    epoch: 0,
    revision: 1,
    specDigest: specDigest(aJob(job)),
    state: 'queued',
    attempts: 0,
    notBefore: null,
    queuedAt: noon,
    startedAt: null,
    endedAt: null,
    lateMs: null,
    exitCode: null,
    signal: null,
    reason: null,
    requestedBy: 'alice',
    priority: null,
    forced: false,
    given: null,
    requestId: null,
    repeats: null,
    startAt: null,
    notes: [],
    ...changes,
  };
}

/** A run that ended, as history holds it. */
export function anEndedRun(job: string, id: string, changes: Partial<Run> = {}): Run {
  return aRun(job, id, {
    state: 'succeeded',
    attempts: 1,
    startedAt: noon,
    endedAt: noon + 1000,
    exitCode: 0,
    ...changes,
  });
}

export function anOutcome(
  job: string,
  nominalTime: number,
  changes: Partial<Outcome> = {},
): Outcome {
  return {
    jobUid: `uid-${job}`,
    job,
    nominalTime,
    lastNominalTime: nominalTime,
    epoch: 0,
    disposition: 'skipped',
    reason: 'forbid',
    count: 1,
    runId: null,
    recordedAt: nominalTime + 5,
    detail: null,
    ...changes,
  };
}
