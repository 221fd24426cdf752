// Reads run logs from the disk beside a running daemon: a command that looks
// through a whole log needs it neither to carry the lines nor to wait for it.
// Only of runs whose secrets, if any, are in the store: what a daemon read from
// elsewhere when it started the run, it alone can surely hide.
import type { LogPosition, ReadService } from '../api/service.ts';
import { SecretBook } from '../executor/secret-book.ts';
import type { Job } from '../core/manifest/job.ts';
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { StoreReader } from '../store/store.ts';
import { systemClock } from '../system/clock.ts';
import { createRunLogs } from './run-logs.ts';
import { createRunRedactions } from './run-secrets.ts';

type Answer = ReturnType<ReadService['logsFrom']>;

export interface DirectLogs {
  /** Null: the daemon has to be asked. */
  logsFrom(position: LogPosition): Answer | null;
  close(): void;
}

/** Null where this process cannot read the store, whatever the reason: the daemon tells it better. */
export function openDirectLogs(
  places: Pick<Locations, 'database' | 'runsDir' | 'manifestDir'>,
): DirectLogs | null {
  let store: StoreReader | null;
  try {
    store = openStoreReader(places.database);
  } catch {
    return null;
  }
  if (store === null) return null;
  const open = store;
  const logs = createRunLogs(
    open,
    places.runsDir,
    createRunRedactions({
      store: open,
      manifestDir: places.manifestDir,
      daemonEnv: {},
      clock: systemClock,
      book: new SecretBook(),
      handsOutSince: null,
    }),
  );
  return {
    logsFrom: (position) => {
      const run = open.run(position.run);
      const spec = run === null ? null : open.jobSpec(run.specDigest);
      return spec === null || readsFromElsewhere(spec) ? null : logs.logsFrom(position);
    },
    close: () => open.close(),
  };
}

/** Whether a run has variables whose values are not in its spec. */
export function readsFromElsewhere({ env, envFile, inheritEnv }: Job): boolean {
  const hasReference = Object.values(env).some((value) => typeof value === 'object');
  return hasReference || envFile.length > 0 || inheritEnv.length > 0;
}
