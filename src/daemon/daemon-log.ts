// jm2's own log: JSON lines in daemon.log, written synchronously so that the
// last line before an end is never lost, kept small by rotation. Run logs are
// none of its business.
import { renameSync, rmSync, statSync } from 'node:fs';
import { destination, pino } from 'pino';
import type { Logger } from 'pino';
import type { Settings } from '../settings/settings.ts';

const rotateAtBytes = 10 * 1024 * 1024;
/** Bytes of lines that wait for room on a full disk; later ones are dropped. */
const heldMax = 1024 * 1024;
/** daemon.log.1 is the newest of the old ones. */
const oldFiles = 5;

export interface DaemonLog {
  readonly logger: Logger;
  /** Starts a new file when the current one has grown beyond the bound. */
  readonly rotateWhenLarge: () => void;
  readonly close: () => void;
}

/**
 * Opens the log for appending, 0600, rotating it first when it is large. `mask`
 * takes secret values out of each line.
 */
export function openDaemonLog(
  path: string,
  level: Settings['logLevel'],
  mask: (line: string) => string,
): DaemonLog {
  rotate(path);
  const file = destination({
    dest: path,
    sync: true,
    append: true,
    mode: 0o600,
    maxLength: heldMax,
  });
  // A full disk must not end the daemon; the lines that fit again come later.
  file.on('error', () => undefined);
  let isClosed = false;
  const logger = pino(
    { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    {
      // What is still under way when the daemon goes, such as a look after old runs, may
      // have something to say that nobody reads any more.
      write: (line) => {
        if (!isClosed) file.write(mask(line));
      },
    },
  );
  return {
    logger,
    rotateWhenLarge: () => {
      if (rotate(path)) file.reopen();
    },
    close: () => {
      isClosed = true;
      file.end();
    },
  };
}

function rotate(path: string): boolean {
  try {
    if (statSync(path).size < rotateAtBytes) return false;
    rmSync(`${path}.${oldFiles}`, { force: true });
    for (let age = oldFiles - 1; age >= 1; age -= 1) {
      moveIfThere(`${path}.${age}`, `${path}.${age + 1}`);
    }
    renameSync(path, `${path}.1`);
    return true;
  } catch {
    // No file yet, or a disk that refuses: logging on into the old one is the lesser evil.
    return false;
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
