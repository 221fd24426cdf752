// The accepted manifests as the store knows them, read without a daemon and
// beside a running one alike.
import type { Locations } from '../settings/locations.ts';
import type { Revision } from '../store/store.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import { iso } from './views.ts';

export type RevisionRecord = Omit<Revision, 'appliedAt'> & {
  /** ISO 8601. */
  readonly appliedAt: string;
};

/** Newest first; empty while nothing has been accepted. */
export function readRevisions(locations: Locations, limit: number): RevisionRecord[] {
  const store = openStoreReader(locations.database);
  if (store === null) return [];
  try {
    return store
      .revisions(limit)
      .map((revision) => ({ ...revision, appliedAt: iso(revision.appliedAt) }));
  } finally {
    store.close();
  }
}
