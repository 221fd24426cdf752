// Watches a set of files for a command that judges them again whenever one
// changes. What is a change, is decided in watch/; what follows from it, by the command.
import { setTimeout as sleep } from 'node:timers/promises';
import { createFileWatches, type FileWatches } from '../reconciler/file-watches.ts';
import { systemClock } from '../system/clock.ts';
import { createManifestWatch } from '../watch/manifest-watch.ts';

/** An editor that saves in several steps has done the last of them. */
const quietMs = 100;

export interface WatchedFiles extends FileWatches {
  /** Resolves once a file has changed and then rested; at once when one has since the last call. */
  changed(): Promise<void>;
}

export function watchFiles(report: (problem: string) => void): WatchedFiles {
  let hints = 0;
  let seen = 0;
  let wake = (): void => {};
  const watches = createFileWatches(
    (path) => createManifestWatch(path, { clock: systemClock, report }),
    () => {
      hints += 1;
      wake();
    },
  );
  return {
    ...watches,
    async changed() {
      if (hints === seen) await new Promise<void>((resolve) => (wake = resolve));
      // Bounded by the rest between two saves of whoever writes all the time.
      while (hints !== seen) {
        seen = hints;
        await sleep(quietMs);
      }
    },
  };
}
