// What an apply goes back to when nobody confirms it, or when its jobs are not
// scheduled as planned: the text of an earlier revision, and which jobs of the
// present one may go with it.
import { manifestOfNoJobs } from '../core/manifest/edit/no-jobs.ts';
import type { RemovalRights } from '../core/plan/plan-input.ts';
import type { StoreReader } from '../store/store.ts';
import type { Orphans } from './orphans.ts';

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
