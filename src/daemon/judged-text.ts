// The text that a daemon judges, to quote from: the file or, where only what is
// committed counts, what HEAD has, whatever is being written into the file.
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import { emptyReader } from './empty-reader.ts';
import { sourceNow } from './source-now.ts';

/** Null when there is none. */
export async function judgedText(
  places: Pick<Locations, 'manifest' | 'database'>,
): Promise<string | null> {
  const store = openStoreReader(places.database) ?? emptyReader;
  try {
    const { source } = await sourceNow(store, places.manifest);
    return source.kind === 'read' ? new TextDecoder().decode(source.bytes) : null;
  } finally {
    store.close();
  }
}
