// A lock that the kernel frees when the process ends, however it ends: an
// exclusive transaction on a database file that holds nothing.
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
