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
  /** From when on its schedule is in force; absent: not known. */
  readonly scheduledSince?: number;
  /** Up to which nominal time its occurrences are settled; absent: not known. */
  readonly settledTo?: number;
  /** Nominal times of its newest runs by schedule, newest first; absent: none. */
  readonly ran?: readonly number[];
  /** When a person's pause ends, null for until resumed; absent for a job that is not paused. */
  readonly pausedUntil?: number | null;
  readonly pausedSince?: number;
  /** Absent when none of its runs is known. */
  readonly duration?: DurationBasis;
}

/** Runs kept per job: a day by the hour or a month by the day, which periods are counted in. */
export const ranMax = 32;
/** No period is longer. */
export const ranForMs = 31 * 86_400_000;

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
    readonly scheduledSince: number | null;
    readonly watermark: number;
    readonly pause: { readonly since: number; readonly until: number | null } | null;
  }[];
  /** Nominal times of the newest runs by schedule of a job, newest first. */
  readonly ran: (uid: string) => readonly number[];
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
    jobs: facts.jobs.map(({ uid, job, digest, aliases, pause, scheduledSince, watermark }) => {
      const duration = durations.get(uid);
      const ran = job.schedules.length === 0 ? [] : facts.ran(uid).slice(0, ranMax);
      return {
        uid,
        job: maskJob(job),
        digest,
        aliases,
        ...(scheduledSince === null ? {} : { scheduledSince }),
        settledTo: watermark,
        ...(ran.length === 0 ? {} : { ran }),
        ...(pause === null ? {} : { pausedUntil: pause.until, pausedSince: pause.since }),
        ...(duration === undefined ? {} : { duration }),
      };
    }),
  };
}

/** The snapshot as what a plan compares with. */
export function recordedBySnapshot(
  snapshot: Snapshot,
): Pick<PlanInput, 'recorded'> & Required<Pick<PlanInput, 'durations' | 'admitted'>> {
  const durations = new Map<string, DurationBasis>();
  const ran = new Map<string, readonly number[]>();
  for (const { uid, duration, settledTo, ran: times = [] } of snapshot.jobs) {
    if (duration !== undefined) durations.set(uid, duration);
    if (settledTo !== undefined) ran.set(uid, times);
  }
  const { lineage, revision, digest, timezone, limits, jobs, takenAt } = snapshot;
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
        scheduledSince: one.scheduledSince ?? null,
        ...(one.settledTo === undefined ? {} : { watermark: one.settledTo }),
        ...madeUpOf(one, Date.parse(takenAt)),
        pause:
          one.pausedUntil === undefined
            ? null
            : {
                by: 'somebody',
                reason: null,
                since: one.pausedSince ?? 0,
                until: one.pausedUntil,
                skipped: 0,
              },
      })),
    },
    durations,
    admitted: (uid, { from, to }) =>
      ran.get(uid)?.filter((time) => time >= from && time < to) ?? null,
  };
}

/** Only an apply lets a run begin before its time. */
function madeUpOf({ ran = [] }: SnapshotJob, takenAt: number): { madeUp?: readonly number[] } {
  const ahead = ran.filter((time) => time > takenAt).toSorted((a, b) => a - b);
  return ahead.length === 0 ? {} : { madeUp: ahead };
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
  const { uid, digest, aliases, job, ran } = value as Partial<Record<keyof SnapshotJob, unknown>>;
  return (
    typeof uid === 'string' &&
    typeof digest === 'string' &&
    Array.isArray(aliases) &&
    (ran === undefined || Array.isArray(ran)) &&
    typeof job === 'object' &&
    job !== null &&
    typeof (job as Partial<Job>).name === 'string' &&
    Array.isArray((job as Partial<Job>).schedules)
  );
}
