// Reads run logs from the disk beside a running daemon: a command that looks
// through a whole log needs it neither to carry the lines nor to wait for it.
// Only of runs whose secrets, if any, are in the store: what a daemon read from
// elsewhere when it started the run, it alone can surely hide.
import type { LogPosition, ReadService } from '../api/service.ts';
import { cannotHold } from '../executor/pass-over-log.ts';
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
  /**
   * Null: the daemon has to be asked. With a `text`, lines without it in any case may
   * be left out, as the whole of a log is looked through for it.
   */
  logsFrom(position: LogPosition, text?: string | null): Answer | null;
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
    logsFrom: (position, text) => {
      const run = open.run(position.run);
      const spec = run === null ? null : open.jobSpec(run.specDigest);
      return spec === null || readsFromElsewhere(spec)
        ? null
        : logs.logsFrom(position, text == null ? undefined : cannotHold(text));
    },
    close: () => open.close(),
  };
}

/** Whether a run has variables whose values are not in its spec. */
export function readsFromElsewhere({ env, envFile, inheritEnv }: Job): boolean {
  const hasReference = Object.values(env).some((value) => typeof value === 'object');
  return hasReference || envFile.length > 0 || inheritEnv.length > 0;
}
