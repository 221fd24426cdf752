// The names of the jobs in force, with those that they had, and of those that left
// not long ago, straight from the store.
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import { requireReachable } from './holder.ts';

export interface RecordedNames {
  readonly jobs: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  /** They come back as what they were. */
  readonly removed: ReadonlySet<string>;
}

/** None where there is no store yet. */
export function readRecordedNames(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
  now: number,
): RecordedNames {
  requireReachable(places);
  const store = openStoreReader(places.database);
  if (store === null) return { jobs: [], removed: new Set() };
  try {
    const jobs = store.jobs().map(({ name, aliases }) => ({ name, aliases }));
    return { jobs, removed: store.tombstoneNames(now) };
  } finally {
    store.close();
  }
}
