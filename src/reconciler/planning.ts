// Brings the judged manifest and the recorded state into the form in which the
// core compares them. Decides nothing itself.
import type { Manifest } from '../core/manifest/job.ts';
import { computePlan, planInSlices } from '../core/plan/compute-plan.ts';
import type { Formerly } from '../core/plan/match-jobs.ts';
import { jobSteps } from '../core/plan/job-steps.ts';
import { countMax } from '../core/plan/standing.ts';
import type { PlanInput, RemovalRights, RunningRun } from '../core/plan/plan-input.ts';
import type { Plan, RecordedJob } from '../core/plan/plan.ts';
import { madeUpFact, parseMadeUp } from '../core/runs/made-up-ahead.ts';
import type { JobRecord, JobWrite, StoreReader } from '../store/store.ts';
import { breathe } from '../system/breathe.ts';
import { durationsOf } from './durations.ts';
import type { JudgedManifest } from './judged-manifest.ts';

/** The two answers of the core about a pair of states: what to show, what to write. */
export interface Planner {
  plan(input: PlanInput): Plan;
  /** The same in slices of a few milliseconds; absent: it takes no longer. */
  inSlices?(input: PlanInput): Iterator<void, Plan, void>;
  writes(input: PlanInput, newUid: () => string): readonly JobWrite[];
}

export const corePlanner: Planner = {
  plan: computePlan,
  inSlices: planInSlices,
  writes: jobSteps,
};

/** To compare more of them takes a few milliseconds, changed or not. */
const comparedAtOnce = 1_000;

/** Between its slices the loop does what else there is to do: a plan of thousands takes a while. */
export async function planUnhurried(planner: Planner, input: PlanInput): Promise<Plan> {
  const slices = planner.inSlices?.(input);
  if (slices === undefined) return planner.plan(input);
  const isLarge = input.recorded.jobs.length > comparedAtOnce;
  if (isLarge) await breathe();
  for (;;) {
    const slice = slices.next();
    // What was judged, planned and is written next are steps of their own.
    if (slice.done !== true || isLarge) await breathe();
    if (slice.done === true) return slice.value;
  }
}

/** An earlier revision whose content is planned, and the jobs of it; null: all of them. */
export interface Restored {
  readonly revision: number;
  readonly jobs: readonly string[] | null;
}

export function planInput(
  store: StoreReader,
  desired: JudgedManifest & { readonly manifest: Manifest },
  at: {
    readonly now: number;
    readonly horizonMs: number;
    readonly isBrief?: boolean;
    readonly removals?: RemovalRights;
    readonly restores?: Restored | null;
  },
): PlanInput {
  const revision = store.latestRevisionHead();
  const running = new Map<string, RunningRun[]>();
  // Whether a run is being ended, and what it executes, matters only where it would be begun anew.
  const isAsked = desired.manifest.jobs.some(({ onChange }) => onChange === 'restart');
  for (const { id, state, jobUid, startedAt, queuedAt, specDigest } of store.unfinishedRuns()) {
    if (state !== 'running') continue;
    const isEnding = isAsked && (store.attempts(id).at(-1)?.killIntent ?? null) !== null;
    const spec = isAsked ? store.jobSpec(specDigest) : null;
    const one = { run: id, startedAt: startedAt ?? queuedAt, isEnding, spec };
    const list = running.get(jobUid);
    if (list === undefined) running.set(jobUid, [one]);
    else list.push(one);
  }
  const madeUp = parseMadeUp(store.fact(madeUpFact), at.now);
  const withRuns = (record: JobRecord): JobRecord & Pick<RecordedJob, 'madeUp'> => {
    const times = madeUp.get(record.uid);
    return times === undefined ? record : { ...record, madeUp: times };
  };
  return {
    desired: {
      manifest: desired.manifest,
      digest: desired.digest,
      jobDigests: desired.jobDigests,
      jobLines: desired.jobLines,
    },
    recorded: {
      lineage: store.lineage,
      revision: revision?.number ?? 0,
      digest: revision?.digest ?? '',
      limits: {
        concurrencyMax: revision?.concurrencyMax ?? 0,
        queueLimit: revision?.queueLimit ?? 0,
        groups: revision?.groups ?? {},
      },
      timezone: revision?.timezone ?? 'UTC',
      jobs: madeUp.size === 0 ? store.jobs() : store.jobs().map(withRuns),
      archived: store.archivedPauses(at.now),
      ...formerlyOf(store, at.restores ?? null),
      // Before the first revision nothing has left.
      ...(revision === null ? {} : { tombstone: tombstoneOf(store, at.now, withRuns) }),
    },
    now: at.now,
    horizonMs: at.horizonMs,
    ...(at.removals === undefined ? {} : { removals: at.removals }),
    running,
    admitted: (jobUid, { from, to }) =>
      store.admittedTimes({ jobUid, since: from, until: to, knownAt: at.now, limit: countMax }),
    ...(at.isBrief === true ? { isBrief: true } : { durations: durationsOf(store, at.now) }),
  };
}

/** A name that comes back belongs to the job that had it then. */
function formerlyOf(store: StoreReader, restores: Restored | null): { formerly?: Formerly } {
  if (restores === null) return {};
  const uids = store.uidsOfRevision(restores.revision);
  const { jobs } = restores;
  return {
    formerly: jobs === null ? uids : new Map([...uids].filter(([name]) => jobs.includes(name))),
  };
}

/** Of thousands of new jobs few were there before. */
function tombstoneOf(
  store: StoreReader,
  now: number,
  withRuns: (record: JobRecord) => RecordedJob,
): (name: string) => RecordedJob | null {
  const names = store.tombstoneNames(now);
  return (name) => {
    const record = names.has(name) ? store.tombstone(name, now) : null;
    return record === null ? null : withRuns(record);
  };
}
