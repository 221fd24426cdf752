// Watches a set of files for a command that judges them again whenever one
// changes. What is a change, is decided in watch/; what follows from it, by the command.
import { setTimeout as sleep } from 'node:timers/promises';
import { createFileWatches, type FileWatches } from '../reconciler/file-watches.ts';
import { systemClock } from '../system/clock.ts';
import { createManifestWatch } from '../watch/manifest-watch.ts';

/** An editor that saves in several steps has done the last of them. */
const quietMs = 100;
/** Rests waited for, of a file that somebody writes all the time, before it is judged as it is. */
const restsMax = 10;

export interface WatchedFiles extends FileWatches {
  /** Resolves once a file has changed and then rested, or never rests; at once when one has since the last call. */
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
      for (let rests = 0; hints !== seen && rests < restsMax; rests += 1) {
        seen = hints;
        await sleep(quietMs);
      }
    },
  };
}
