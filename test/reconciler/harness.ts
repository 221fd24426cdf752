// A reconciler with a real file, a real watch and the real clock; manifest
// language, planner, store and scheduler are small stand-ins. Each line
// `NAME COMMAND` of the language is a job; a line `!` makes the file invalid.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { vi } from 'vitest';
import { diagnostic } from '../../src/core/diagnostics/registry.ts';
import { addedFields } from '../../src/core/manifest/added-fields.ts';
import { manifestDigest } from '../../src/core/manifest/digest.ts';
import type { Job, Manifest } from '../../src/core/manifest/job.ts';
import type { PlanInput } from '../../src/core/plan/plan-input.ts';
import { decideRemovals } from '../../src/core/plan/removals.ts';
import type { Change, Plan } from '../../src/core/plan/plan.ts';
import { operationalError } from '../../src/core/diagnostics/registry.ts';
import type { JudgeManifest } from '../../src/reconciler/judged-manifest.ts';
import { createReconciler } from '../../src/reconciler/loop.ts';
import type { ReconcilerParts } from '../../src/reconciler/parts.ts';
import type { Planner } from '../../src/reconciler/planning.ts';
import type { Reconciler, ReconcilerEvent } from '../../src/reconciler/reconciler.ts';
import type { JobRecord, RevisionDetail, Store } from '../../src/store/store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { sha256 } from '../../src/system/digest.ts';
import { systemIds } from '../../src/system/ids.ts';
import { createManifestWatch } from '../../src/watch/manifest-watch.ts';

export const deadlineMs = 10_000;

function aJob(name: string, text: string): Job {
  return {
    ...addedFields,
    name,
    description: null,
    owner: null,
    tags: [],
    schedules: [],
    timezone: 'UTC',
    command: { kind: 'shell', text, shell: '/bin/sh' },
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
      on: ['exit'],
    },
    successCodes: [0],
    concurrency: 'forbid',
    catchUp: { policy: 'latest', windowMs: 86_400_000, limit: 100 },
    suspend: false,
    log: { maxSizeBytes: 10_000_000 },
    renamedFrom: [],
    onRemove: 'finish',
  };
}

export const judge: JudgeManifest = (bytes, file) => {
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const isInvalid = lines.length === 0 || lines.some((line) => !/^([\w-]+ .+|none)$/.test(line));
  if (isInvalid) {
    const diagnostics = [diagnostic('JM2-M111', { detail: 'not in the test language', file })];
    return Promise.resolve({
      manifest: null,
      diagnostics,
      digest: '',
      jobDigests: new Map(),
      jobLines: new Map(),
      files: [],
    });
  }
  const jobs = lines
    .filter((line) => line !== 'none')
    .map((line) => {
      const [name = '', ...command] = line.trim().split(' ');
      return aJob(name, command.join(' '));
    });
  const limits = { concurrencyMax: 64, queueLimit: 200, groups: {} };
  const manifest: Manifest = {
    version: 1,
    timezone: 'UTC',
    limits,
    calendars: {},
    namedSchedules: {},
    jobs,
  };
  const jobDigests = new Map(jobs.map((job) => [job.name, sha256(JSON.stringify(job))]));
  return Promise.resolve({
    manifest,
    diagnostics: [],
    digest: manifestDigest(manifest, jobDigests, sha256),
    jobDigests,
    jobLines: new Map(),
    files: [],
  });
};

function change(job: string, action: Change['action'], reason: string): Change {
  const impact = {
    nextRun: { before: null, after: null, deltaMs: null },
    runs: { before: 0, after: 0 },
    lost: [],
    gained: [],
    moved: [],
    longestGapMs: { before: null, after: null },
    period: null,
    catchUpRuns: 0,
    machineMs: null,
    running: [],
  };
  return {
    job,
    action,
    reason,
    previousName: null,
    line: null,
    fields: [],
    timezone: 'UTC',
    impact,
    scheduleInWords: null,
    hazards: [],
  };
}

/** The language knows no renames: who is gone is gone. */
function removalsOf(input: PlanInput) {
  const { desired, recorded } = input;
  const removed = recorded.jobs.filter(({ job }) => !desired.jobDigests.has(job.name));
  return decideRemovals(input, { matches: [], removed });
}

export const planner: Planner = {
  plan(input): Plan {
    const { desired, recorded, now, horizonMs } = input;
    const before = new Map(recorded.jobs.map((record) => [record.job.name, record.digest]));
    const after = desired.jobDigests;
    const created = [...after.keys()].filter((name) => !before.has(name));
    const updated = [...after].filter(([name, digest]) => (before.get(name) ?? digest) !== digest);
    const { removed, retained, guard } = removalsOf(input);
    return {
      basis: {
        lineage: recorded.lineage,
        revision: recorded.revision,
        appliedDigest: recorded.digest,
        desiredDigest: desired.digest,
      },
      changes: [
        ...created.map((name) => change(name, 'create', 'new_in_config')),
        ...updated.map(([name]) => change(name, 'update', 'config_changed')),
        ...removed.map(({ job }) => change(job.name, 'delete', 'not_in_config')),
        ...retained.map(({ record, reason }) => change(record.job.name, 'retain', reason)),
      ],
      impact: null,
      summary: {
        create: created.length,
        update: updated.length,
        rename: 0,
        delete: removed.length,
        unchanged: 0,
        ...(retained.length === 0 ? {} : { retain: retained.length }),
      },
      guard,
      at: now,
      horizonMs,
    };
  },
  writes(input, newUid) {
    const { desired, recorded } = input;
    const known = new Map(recorded.jobs.map((record) => [record.job.name, record.uid]));
    const kept = desired.manifest.jobs.map((job) => {
      const digest = desired.jobDigests.get(job.name) ?? '';
      const uid = known.get(job.name);
      known.delete(job.name);
      return uid === undefined
        ? { kind: 'create' as const, uid: newUid(), job, digest, watermark: 0 }
        : { kind: 'update' as const, uid, job, digest, watermark: null, aliases: [] };
    });
    return [
      ...kept,
      ...removalsOf(input).removed.map(({ uid }) => ({ kind: 'delete' as const, uid, at: 0 })),
    ];
  },
};

/** What of the store the reconciler uses, in memory; `failWith` is thrown by the next apply. */
export class MemoryStore {
  readonly lineage = 'lineage';
  readonly revisions: RevisionDetail[] = [];
  readonly facts = new Map<string, string>();
  records = new Map<string, JobRecord>();
  failWith: Error | null = null;
  /** Revisions that are not kept any more. */
  readonly lost = new Set<number>();
  readonly #inForce = new Map<number, ReadonlyMap<string, string>>();
  readonly #specs = new Map<string, Job>();
  /** So many calls of setFact fail first. */
  failingFacts = 0;

  latestRevision = (): RevisionDetail | null => this.revisions.at(-1) ?? null;
  latestRevisionHead = (): RevisionDetail | null => this.latestRevision();
  revision = (number: number): RevisionDetail | null =>
    this.lost.has(number) ? null : (this.revisions[number - 1] ?? null);
  jobsOfRevision = (number: number): ReadonlyMap<string, string> | null =>
    this.#inForce.get(number) ?? null;
  uidsOfRevision = (): ReadonlyMap<string, string> => new Map();
  jobSpec = (digest: string): Job | null => this.#specs.get(digest) ?? null;
  jobs = (): JobRecord[] => [...this.records.values()];
  unfinishedRuns = () => [];
  runFacts = () => [];
  runDays = () => ({ byJob: new Map(), starts: [] });
  archivedPauses = () => new Map();
  tombstone = () => null;
  tombstoneNames = () => new Set<string>();
  fact = (key: string): string | null => this.facts.get(key) ?? null;
  readonly audited: string[] = [];
  audit = ({ action }: { readonly action: string }): void => {
    this.audited.push(action);
  };
  noteRevision = (): void => {};
  transaction = <T>(body: () => T): T => body();

  setFact = (key: string, value: string | null): void => {
    if (this.failingFacts-- > 0) throw new Error('disk full');
    if (value === null) this.facts.delete(key);
    else this.facts.set(key, value);
  };

  applyRevision: Store['applyRevision'] = (input) => {
    if (this.failWith !== null) {
      const error = this.failWith;
      this.failWith = null;
      throw error;
    }
    if (input.expectedRevision !== this.revisions.length) {
      throw operationalError('JM2-P201', { detail: 'another was quicker' });
    }
    const number = this.revisions.length + 1;
    for (const write of input.writes) {
      if (write.kind === 'delete') {
        this.records.delete(write.uid);
        continue;
      }
      this.records.set(write.uid, {
        uid: write.uid,
        name: write.job.name,
        job: write.job,
        digest: write.digest,
        revision: number,
        watermark: 0,
        scheduledSince: null,
        epoch: 0,
        aliases: [],
        fault: null,
        removedAt: null,
        pause: null,
      });
    }
    const records = [...this.records.values()];
    this.#inForce.set(number, new Map(records.map(({ name, digest }) => [name, digest])));
    for (const { digest, job } of records) this.#specs.set(digest, job);
    const revision = { ...input, ...input.limits, number };
    this.revisions.push(revision);
    return revision;
  };
}

export interface Harness {
  readonly directory: string;
  readonly file: string;
  readonly store: MemoryStore;
  readonly events: ReconcilerEvent[];
  /** Every set of job names the scheduler was given. */
  readonly loads: string[][];
  readonly logged: { level: string; message: string }[];
  reconciler: Reconciler;
  /** Starts a reconciler over the same store and file, as a new daemon would. */
  begin(overrides?: Partial<ReconcilerParts>): Promise<void>;
  /** `name: command` of the recorded jobs, sorted. */
  jobs(): string[];
  /** Resolves once the check passes. */
  until(check: () => void): Promise<void>;
  end(): Promise<void>;
}

export async function harness(content: string | null): Promise<Harness> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'jm2-reconcile-')));
  const file = join(root, 'project', 'jobs.yaml');
  await mkdir(dirname(file));
  if (content !== null) await writeFile(file, content);
  const store = new MemoryStore();
  const running: Reconciler[] = [];
  const it: Harness = {
    directory: dirname(file),
    file,
    store,
    events: [],
    loads: [],
    logged: [],
    reconciler: null as unknown as Reconciler,
    async begin(overrides = {}) {
      const log = (level: string) => (_fields: object, message: string) => {
        it.logged.push({ level, message });
      };
      it.reconciler = createReconciler({
        clock: systemClock,
        ids: systemIds,
        digest: sha256,
        store: store as unknown as Store,
        watch: createManifestWatch(file, { clock: systemClock }),
        scheduler: {
          load: (jobs) => it.loads.push(jobs.map((job) => job.name).toSorted()),
          apply: (record) => {
            const recorded = record();
            it.loads.push(recorded.jobs.map((job) => job.name).toSorted());
            return recorded;
          },
          nextStart: () => null,
        },
        sync: 'auto',
        manifestPath: file,
        log: { info: log('info'), warn: log('warn'), error: log('error') },
        judge,
        planner,
        gitCommit: () => Promise.resolve(null),
        ...overrides,
      });
      it.reconciler.on((event) => it.events.push(event));
      running.push(it.reconciler);
      await it.reconciler.start();
    },
    jobs: () =>
      store
        .jobs()
        .map(({ job }) => `${job.name}: ${job.command.kind === 'shell' ? job.command.text : ''}`)
        .toSorted(),
    until: (check) => vi.waitFor(check, { timeout: deadlineMs, interval: 20 }),
    async end() {
      for (const reconciler of running) await reconciler.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
  return it;
}

/** A manifest of `count` jobs, `job-0` and so on. */
export function manyJobs(count: number): string {
  return Array.from({ length: count }, (_, index) => `job-${index} echo ${index}\n`).join('');
}
