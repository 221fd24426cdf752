// What is in force, in one document that a plan can be computed against where
// there is neither daemon nor store: on a pull request, also one from a fork.
// It holds no value that looks like a secret, and no names of people. How it is
// read from and written to a file is left to others.
import { completeSpec } from '../manifest/added-fields.ts';
import type { AdmissionLimits, Job } from '../manifest/job.ts';
import type { DurationBasis } from './impact.ts';
import { maskJob } from './mask.ts';
import type { PlanInput } from './plan-input.ts';

/** Newer ones are refused: what they say is not known here. */
export const snapshotFormat = 1;

export interface Snapshot {
  readonly format: typeof snapshotFormat;
  /** ISO 8601 in UTC. */
  readonly takenAt: string;
  readonly lineage: string;
  /** 0 before the first. */
  readonly revision: number;
  readonly digest: string;
  readonly timezone: string;
  readonly limits: AdmissionLimits;
  readonly jobs: readonly SnapshotJob[];
}

export interface SnapshotJob {
  readonly uid: string;
  /** The spec, values that look like secrets masked. */
  readonly job: Job;
  readonly digest: string;
  readonly aliases: readonly string[];
  /** When a person's pause ends, null for until resumed; absent for a job that is not paused. */
  readonly pausedUntil?: number | null;
  /** Absent when none of its runs is known. */
  readonly duration?: DurationBasis;
}

export function takeSnapshot(facts: {
  readonly lineage: string;
  readonly revision:
    | (AdmissionLimits & {
        readonly number: number;
        readonly digest: string;
        readonly timezone: string;
      })
    | null;
  readonly jobs: readonly {
    readonly uid: string;
    readonly job: Job;
    readonly digest: string;
    readonly aliases: readonly string[];
    readonly pause: { readonly until: number | null } | null;
  }[];
  readonly durations: ReadonlyMap<string, DurationBasis>;
  readonly takenAt: number;
}): Snapshot {
  const { revision, durations } = facts;
  return {
    format: snapshotFormat,
    takenAt: new Date(facts.takenAt).toISOString(),
    lineage: facts.lineage,
    revision: revision?.number ?? 0,
    digest: revision?.digest ?? '',
    timezone: revision?.timezone ?? 'UTC',
    limits: {
      concurrencyMax: revision?.concurrencyMax ?? 0,
      queueLimit: revision?.queueLimit ?? 0,
      groups: revision?.groups ?? {},
    },
    jobs: facts.jobs.map(({ uid, job, digest, aliases, pause }) => {
      const duration = durations.get(uid);
      return {
        uid,
        job: maskJob(job),
        digest,
        aliases,
        ...(pause === null ? {} : { pausedUntil: pause.until }),
        ...(duration === undefined ? {} : { duration }),
      };
    }),
  };
}

/** The snapshot as what a plan compares with. */
export function recordedBySnapshot(
  snapshot: Snapshot,
): Pick<PlanInput, 'recorded'> & { readonly durations: ReadonlyMap<string, DurationBasis> } {
  const durations = new Map<string, DurationBasis>();
  for (const { uid, duration } of snapshot.jobs) {
    if (duration !== undefined) durations.set(uid, duration);
  }
  const { lineage, revision, digest, timezone, limits, jobs } = snapshot;
  return {
    recorded: {
      lineage,
      revision,
      digest,
      timezone,
      limits,
      jobs: jobs.map((one) => ({
        uid: one.uid,
        job: completeSpec(one.job),
        digest: one.digest,
        aliases: one.aliases,
        pause:
          one.pausedUntil === undefined
            ? null
            : { by: 'somebody', reason: null, since: 0, until: one.pausedUntil, skipped: 0 },
      })),
    },
    durations,
  };
}

/** Null for a text that is no snapshot; a newer format is told apart. */
export function parseSnapshot(text: string): Snapshot | 'newer' | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { format, jobs, lineage, revision, digest, limits, takenAt } = value as Partial<
      Record<keyof Snapshot, unknown>
    >;
    if (typeof format === 'number' && format > snapshotFormat) return 'newer';
    const isWhole =
      format === snapshotFormat &&
      typeof lineage === 'string' &&
      Number.isSafeInteger(revision) &&
      typeof digest === 'string' &&
      typeof limits === 'object' &&
      limits !== null &&
      typeof takenAt === 'string' &&
      !Number.isNaN(Date.parse(takenAt)) &&
      Array.isArray(jobs) &&
      jobs.every(isJob);
    return isWhole ? (value as Snapshot) : null;
  } catch {
    return null;
  }
}

function isJob(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { uid, digest, aliases, job } = value as Partial<Record<keyof SnapshotJob, unknown>>;
  return (
    typeof uid === 'string' &&
    typeof digest === 'string' &&
    Array.isArray(aliases) &&
    typeof job === 'object' &&
    job !== null &&
    typeof (job as Partial<Job>).name === 'string' &&
    Array.isArray((job as Partial<Job>).schedules)
  );
}
