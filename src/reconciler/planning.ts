// Brings the judged manifest and the recorded state into the form in which the
// core compares them. Decides nothing itself.
import type { Manifest } from '../core/manifest/job.ts';
import type { Plan, RecordedJob } from '../core/plan/plan.ts';
import type { JobWrite, StoreReader } from '../store/store.ts';
import type { JudgedManifest } from './judged-manifest.ts';

export interface PlanInput {
  readonly desired: {
    readonly manifest: Manifest;
    readonly digest: string;
    readonly jobDigests: ReadonlyMap<string, string>;
  };
  readonly recorded: {
    readonly lineage: string;
    readonly revision: number;
    readonly digest: string;
    readonly concurrencyMax: number;
    readonly timezone: string;
    readonly jobs: readonly RecordedJob[];
  };
  readonly now: number;
  readonly horizonMs: number;
  /** Running attempts by job uid. */
  readonly running: ReadonlyMap<string, number>;
}

/** The two answers of the core about a pair of states: what to show, what to write. */
export interface Planner {
  plan(input: PlanInput): Plan;
  writes(input: PlanInput, newUid: () => string): readonly JobWrite[];
}

export function planInput(
  store: StoreReader,
  desired: JudgedManifest & { readonly manifest: Manifest },
  at: { readonly now: number; readonly horizonMs: number },
): PlanInput {
  const revision = store.latestRevision();
  const running = new Map<string, number>();
  for (const run of store.unfinishedRuns()) {
    if (run.state !== 'running') continue;
    running.set(run.jobUid, (running.get(run.jobUid) ?? 0) + 1);
  }
  return {
    desired: {
      manifest: desired.manifest,
      digest: desired.digest,
      jobDigests: desired.jobDigests,
    },
    recorded: {
      lineage: store.lineage,
      revision: revision?.number ?? 0,
      digest: revision?.digest ?? '',
      concurrencyMax: revision?.concurrencyMax ?? 0,
      timezone: revision?.timezone ?? 'UTC',
      jobs: store.jobs().map(({ uid, job, digest, aliases }) => ({ uid, job, digest, aliases })),
    },
    now: at.now,
    horizonMs: at.horizonMs,
    running,
  };
}
