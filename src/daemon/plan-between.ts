// The plan from one manifest to another, with no store behind it: for a review
// where no daemon runs, such as on a pull request. The base's jobs stand in for
// the recorded state under their own names.
import type { PlanReply } from '../api/service.ts';
import type { ReadBeside } from '../core/manifest/beside.ts';
import { loadManifest, type LoadOptions } from '../core/manifest/load-manifest.ts';
import { computePlan } from '../core/plan/compute-plan.ts';
import { sha256 } from '../system/digest.ts';
import { readBeside } from '../system/read-beside.ts';
import { planView } from './plan-view.ts';

export interface ManifestText {
  readonly text: string;
  /** How messages name it. */
  readonly file: string;
  /** Where files that it names lie; absolute. */
  readonly directory: string;
  /** Where they are read from something else than that directory, such as a commit. */
  readonly files?: ReadBeside;
}

/**
 * `rejected` names the diagnostics of the first of the two that is not accepted.
 * `beside`: files that the base names, read as they are now.
 */
export function planBetween(input: {
  readonly base: ManifestText;
  readonly proposal: ManifestText;
  readonly now: number;
  readonly horizonMs: number;
  readonly weekIn?: string;
  readonly listsUnchanged?: boolean;
}): PlanReply & { readonly of: ManifestText; readonly beside: readonly string[] } {
  const { base, proposal, now, horizonMs, weekIn, listsUnchanged } = input;
  const before = loadManifest(base.text, optionsOf(base));
  if (before.manifest === null) {
    return { kind: 'rejected', diagnostics: before.diagnostics, of: base, beside: [] };
  }
  const after = loadManifest(proposal.text, optionsOf(proposal));
  if (after.manifest === null) {
    return { kind: 'rejected', diagnostics: after.diagnostics, of: proposal, beside: [] };
  }
  const plan = computePlan({
    desired: {
      manifest: after.manifest,
      digest: after.digest,
      jobDigests: after.jobDigests,
      jobLines: after.jobLines,
    },
    recorded: {
      lineage: '',
      revision: 0,
      digest: before.digest,
      limits: before.manifest.limits,
      timezone: before.manifest.timezone,
      jobs: before.manifest.jobs.map((job) => ({
        uid: job.name,
        job,
        digest: before.jobDigests.get(job.name) ?? '',
        aliases: [],
      })),
    },
    now,
    horizonMs,
    ...(weekIn === undefined ? {} : { weekIn }),
    ...(listsUnchanged === undefined ? {} : { listsUnchanged }),
  });
  return {
    kind: 'planned',
    plan: planView(plan, after.diagnostics, proposal.file),
    of: proposal,
    beside: before.files.map(({ path }) => path),
  };
}

function optionsOf({ file, directory, files }: ManifestText): LoadOptions {
  return { file, digest: sha256, files: files ?? readBeside(directory) };
}
