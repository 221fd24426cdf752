// A lock that the kernel frees when the process ends, however it ends: an
// exclusive transaction on a database file that holds nothing.
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { loadBinding } from './load-binding.ts';
import { mapSqliteError } from './sqlite-errors.ts';

export interface ExclusiveLock {
  /** Harmless when repeated. */
  release(): void;
}

/**
 * Two that try in the same instant can disturb each other, so each goes on
 * trying this long: the first to hold the reservation then surely wins.
 */
const tryMs = 1_000;

/**
 * Takes the lock, or answers null when another process has it. The file is
 * created when missing and must never be opened by other means in this process:
 * closing any descriptor of it would drop the lock (fcntl(2)).
 */
export function acquireExclusiveLock(path: string): ExclusiveLock | null {
  const { DatabaseSync } = loadBinding();
  let database: InstanceType<typeof DatabaseSync> | null = null;
  try {
    makePrivate(path);
    database = new DatabaseSync(path, { readOnly: false });
    database.exec(`PRAGMA busy_timeout = ${tryMs}`);
    // Nothing is ever written, so there is no journal to keep.
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const mapped = mapSqliteError(error, path);
    if (mapped instanceof Jm2Error && mapped.code === 'JM2-T103') return null;
    throw mapped;
  }
  let isHeld = true;
  const held = database;
  return {
    release: () => {
      if (!isHeld) return;
      isHeld = false;
      held.close();
    },
  };
}

/** Only the owner may open it, like everything beside it: whoever can read it could hold it. */
function makePrivate(path: string): void {
  try {
    // Never an existing file: it may be the one this process holds.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(path, 0o600);
  }
}

/**
 * Whether some process has the lock now. Changes nothing and waits for nobody.
 * Not for a process that may hold the lock itself: looking would drop it.
 */
export function isLockHeld(path: string): boolean {
  if (!existsSync(path)) return false;
  const { DatabaseSync } = loadBinding();
  let database: InstanceType<typeof DatabaseSync> | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('SELECT count(*) FROM sqlite_schema');
    return false;
  } catch (error) {
    const mapped = mapSqliteError(error, path);
    if (mapped instanceof Jm2Error && mapped.code === 'JM2-T103') return true;
    throw mapped;
  } finally {
    database?.close();
  }
}
