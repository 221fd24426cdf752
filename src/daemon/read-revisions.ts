// The accepted manifests, straight from the store: a command may ask for them
// beside a running daemon, because reading disturbs no writer.
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { Revision } from '../store/store.ts';
import { requireReachable } from './holder.ts';
import { iso } from './views.ts';

/** A revision with its instant in ISO 8601. */
export type RevisionSummary = Omit<Revision, 'appliedAt' | 'manifestPath'> & {
  readonly appliedAt: string;
};

/** Newest first; none when there is no store yet. */
export function readRevisions(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
  limit: number,
): RevisionSummary[] {
  requireReachable(places);
  const store = openStoreReader(places.database);
  if (store === null) return [];
  try {
    return store.revisions(limit).map(({ manifestPath: _path, appliedAt, ...rest }) => ({
      ...rest,
      appliedAt: iso(appliedAt),
    }));
  } finally {
    store.close();
  }
}
