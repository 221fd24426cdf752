// A flush while no daemon runs: under the daemon's lock, so that none starts in the
// middle of it; a dry run only reads.
import type { FlushInput, FlushView } from '../api/service.ts';
import type { Locations } from '../settings/locations.ts';
import type { Settings } from '../settings/settings.ts';
import { openStore, openStoreReader } from '../store/sqlite/open-store.ts';
import { systemClock } from '../system/clock.ts';
import { systemIds } from '../system/ids.ts';
import { flushPage } from './flush.ts';
import { requireReachable } from './holder.ts';
import { lockInstance } from './instance-lock.ts';
import { openReadOnlyService } from './read-only-service.ts';
import { prepareStateDirectory } from './state-directory.ts';

const nothing: FlushView = { runs: 0, outcomes: 0, logs: 0, bytes: 0, jobs: [], next: null };

/** Calls `use` with a way to flush page by page. Throws JM2-D102 when a daemon was quicker. */
export async function flushOffline<T>(
  places: Locations,
  settings: Settings,
  dryRun: boolean,
  use: (flush: (input: FlushInput) => Promise<FlushView>) => Promise<T>,
): Promise<T> {
  requireReachable(places);
  const list = async (): ReturnType<typeof listOf> => listOf(places, settings);
  const parts = { runsDir: places.runsDir, now: () => systemClock.now(), list };
  const reader = openStoreReader(places.database);
  if (reader === null) return use(async () => nothing);
  if (dryRun) {
    try {
      return await use((input) => flushPage({ ...parts, store: reader }, input));
    } finally {
      reader.close();
    }
  }
  reader.close();
  prepareStateDirectory(places);
  const lock = await lockInstance(places);
  try {
    const store = openStore(places.database, { clock: systemClock, ids: systemIds });
    try {
      return await use((input) => flushPage({ ...parts, store }, input));
    } finally {
      store.close();
    }
  } finally {
    lock.release();
  }
}

async function listOf(places: Locations, settings: Settings) {
  return (await openReadOnlyService(places, settings).list()).jobs;
}
