// The plan from one manifest to another, with no store behind it: for a review
// where no daemon runs, such as on a pull request. The base's jobs stand in for
// the recorded state under their own names.
import type { PlanReply } from '../api/service.ts';
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { ReadBeside } from '../core/manifest/beside.ts';
import type { Manifest } from '../core/manifest/job.ts';
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
  /** Of a revision: what it meant when it was applied, whatever files and defaults say now. */
  readonly recorded?: RecordedMeaning | null;
}

export interface RecordedMeaning {
  readonly manifest: Manifest;
  readonly digest: string;
  readonly jobDigests: ReadonlyMap<string, string>;
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
  readonly hasWeek?: boolean;
  readonly listsUnchanged?: boolean;
}): PlanReply & { readonly of: ManifestText; readonly beside: readonly string[] } {
  const { base, proposal, now, horizonMs, hasWeek, listsUnchanged } = input;
  const before = meaningOf(base);
  if (before.kind === 'rejected') return { ...before, of: base, beside: [] };
  const after = meaningOf(proposal);
  if (after.kind === 'rejected') return { ...after, of: proposal, beside: [] };
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
    ...(hasWeek === undefined ? {} : { hasWeek }),
    ...(listsUnchanged === undefined ? {} : { listsUnchanged }),
  });
  return {
    kind: 'planned',
    plan: planView(plan, after.diagnostics, proposal.file),
    of: proposal,
    beside: before.beside,
  };
}

type Meaning =
  | (RecordedMeaning & {
      readonly kind: 'accepted';
      readonly diagnostics: readonly Diagnostic[];
      readonly jobLines: ReadonlyMap<string, number>;
      /** Files that it names and that were read as they are now. */
      readonly beside: readonly string[];
    })
  | { readonly kind: 'rejected'; readonly diagnostics: readonly Diagnostic[] };

function meaningOf(of: ManifestText): Meaning {
  const read = loadManifest(of.text, optionsOf(of));
  const { recorded = null } = of;
  const { diagnostics, jobLines } = read;
  if (read.manifest === null) {
    // A calendar that has gone since, or a rule that is stricter now, changes nothing of the past.
    return recorded === null
      ? { kind: 'rejected', diagnostics }
      : { kind: 'accepted', ...recorded, diagnostics: [], jobLines, beside: [] };
  }
  const { manifest } = read;
  const beside = read.files.map(({ path }) => path);
  if (recorded === null) {
    const { digest, jobDigests } = read;
    return { kind: 'accepted', manifest, digest, jobDigests, diagnostics, jobLines, beside };
  }
  // What ran on without being in the text is no part of what it says.
  const known = new Map(recorded.manifest.jobs.map((job) => [job.name, job]));
  const jobs = manifest.jobs.map((job) => known.get(job.name) ?? job);
  const jobDigests = new Map([...read.jobDigests, ...recorded.jobDigests]);
  return {
    kind: 'accepted',
    manifest: { ...manifest, jobs },
    digest: recorded.digest,
    jobDigests,
    diagnostics,
    jobLines,
    beside: jobs.every(({ name }) => known.has(name)) ? [] : beside,
  };
}

function optionsOf({ file, directory, files }: ManifestText): LoadOptions {
  return { file, digest: sha256, files: files ?? readBeside(directory) };
}
