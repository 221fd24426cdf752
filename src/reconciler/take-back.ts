// What an apply goes back to when nobody confirms it, or when its jobs are not
// scheduled as planned: the text of an earlier revision, and which jobs of the
// present one may go with it. A text that is not accepted any more, for its calendar
// has gone or jm2 has become stricter, still means the specs that it had.
import { manifestOfNoJobs } from '../core/manifest/edit/no-jobs.ts';
import { manifestDigest } from '../core/manifest/digest.ts';
import type { Manifest } from '../core/manifest/job.ts';
import type { RemovalRights } from '../core/plan/plan-input.ts';
import type { StoreReader } from '../store/store.ts';
import type { Digest } from '../system/digest.ts';
import type { Orphans } from './orphans.ts';
import type { Accepted } from './parts.ts';

/** Null for a revision that the store has lost. */
export function textOfRevision(
  store: Pick<StoreReader, 'revision'>,
  number: number,
): { readonly text: string; readonly gitCommit: string | null } | null {
  if (number === 0) return { text: manifestOfNoJobs, gitCommit: null };
  const revision = store.revision(number);
  return revision === null ? null : { text: revision.source, gitCommit: revision.gitCommit };
}

/**
 * From the recorded specs; null where the store does not have all of them, or where
 * they are not the ones that were in force: half a meaning is none.
 */
export function meaningOfRevision(
  store: Pick<StoreReader, 'revision' | 'jobsOfRevision' | 'jobSpec'>,
  number: number,
  digest: Digest,
): Accepted | null {
  const revision = store.revision(number);
  const jobDigests = revision === null ? null : store.jobsOfRevision(number);
  if (revision === null || jobDigests === null) return null;
  const jobs = [...jobDigests].map(([name, digest]) => {
    const job = store.jobSpec(digest);
    // A spec is kept once for all jobs that have it, under whichever name came first.
    return job === null ? null : { ...job, name };
  });
  const known = jobs.filter((job) => job !== null);
  if (known.length < jobs.length) return null;
  const { timezone, concurrencyMax, queueLimit, groups } = revision;
  const limits = { concurrencyMax, queueLimit, groups };
  const named = { calendars: {}, namedSchedules: {} };
  const manifest: Manifest = { version: 1, timezone, limits, ...named, jobs: known };
  if (manifestDigest(manifest, jobDigests, digest) !== revision.digest) return null;
  return {
    manifest,
    diagnostics: [],
    digest: revision.digest,
    jobDigests,
    jobLines: new Map(),
    files: [],
  };
}

/**
 * What came with the apply goes with it, protected or not, however much it is; what
 * ran on without being in the manifest is not in its text, and still runs on.
 */
export function rightsToGoBack(store: Pick<StoreReader, 'jobs'>, orphans: Orphans): RemovalRights {
  const allowed = store
    .jobs()
    .filter(({ uid }) => !orphans.has(uid))
    .map(({ name }) => name);
  return { isConfirmed: true, allowed: new Set(allowed), orphans: new Set(orphans.keys()) };
}
