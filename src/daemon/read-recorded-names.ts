// The names of the jobs in force, with those that they had, straight from the store.
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import { requireReachable } from './holder.ts';

/** None where there is no store yet. */
export function readRecordedNames(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
): { readonly name: string; readonly aliases: readonly string[] }[] {
  requireReachable(places);
  const store = openStoreReader(places.database);
  if (store === null) return [];
  try {
    return store.jobs().map(({ name, aliases }) => ({ name, aliases }));
  } finally {
    store.close();
  }
}
