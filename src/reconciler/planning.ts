// Brings the judged manifest and the recorded state into the form in which the
// core compares them. Decides nothing itself.
import type { Manifest } from '../core/manifest/job.ts';
import { computePlan } from '../core/plan/compute-plan.ts';
import { jobSteps } from '../core/plan/job-steps.ts';
import type { PlanInput, RemovalRights, RunningRun } from '../core/plan/plan-input.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { JobWrite, StoreReader } from '../store/store.ts';
import { durationsOf } from './durations.ts';
import type { JudgedManifest } from './judged-manifest.ts';

/** The two answers of the core about a pair of states: what to show, what to write. */
export interface Planner {
  plan(input: PlanInput): Plan;
  writes(input: PlanInput, newUid: () => string): readonly JobWrite[];
}

export const corePlanner: Planner = { plan: computePlan, writes: jobSteps };

export function planInput(
  store: StoreReader,
  desired: JudgedManifest & { readonly manifest: Manifest },
  at: {
    readonly now: number;
    readonly horizonMs: number;
    readonly isBrief?: boolean;
    readonly removals?: RemovalRights;
  },
): PlanInput {
  const revision = store.latestRevision();
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
      jobs: store
        .jobs()
        .map(({ uid, job, digest, aliases, pause }) => ({ uid, job, digest, aliases, pause })),
      archived: store.archivedPauses(at.now),
      // Before the first revision nothing has left.
      ...(revision === null ? {} : { tombstone: (name) => store.tombstone(name, at.now) }),
    },
    now: at.now,
    horizonMs: at.horizonMs,
    ...(at.removals === undefined ? {} : { removals: at.removals }),
    running,
    ...(at.isBrief === true ? { isBrief: true } : { durations: durationsOf(store, at.now) }),
  };
}
