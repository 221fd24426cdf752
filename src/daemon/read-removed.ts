// Removed jobs that can come back, and the text that they had, straight from the store.
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { StoreReader } from '../store/store.ts';
import { requireReachable } from './holder.ts';
import { iso } from './views.ts';

export interface RemovedView {
  readonly job: string;
  readonly removedAt: string;
  /** The revision that removed it. */
  readonly revision: number;
  readonly by: string | null;
}

type Places = Pick<Locations, 'database' | 'socket' | 'stateDir'>;

/** Newest first; those that are in force again are not among them. */
export function readRemoved(places: Places, now: number, limit: number): RemovedView[] {
  return withStore(places, [], (store) =>
    store.tombstones(now, limit).map(({ uid, name, removedAt, revision }) => ({
      job: name,
      removedAt: iso(removedAt ?? now),
      revision,
      by: store.jobChanges(uid).at(-1)?.by ?? null,
    })),
  );
}

/** The manifest as it was when the job was last in it; null when the store has lost it. */
export function readSourceBefore(places: Places, revision: number): string | null {
  return withStore(places, null, (store) => store.revision(revision - 1)?.source ?? null);
}

function withStore<T>(places: Places, none: T, ask: (store: StoreReader) => T): T {
  requireReachable(places);
  const store = openStoreReader(places.database);
  if (store === null) return none;
  try {
    return ask(store);
  } finally {
    store.close();
  }
}
