// A lock that the kernel frees when the process ends, however it ends: an
// exclusive transaction on a database file that holds nothing.
import { createRequire } from 'node:module';

export interface ExclusiveLock {
  /** Harmless when repeated. */
  release(): void;
}

/**
 * Two that try in the same instant can disturb each other, so each goes on
 * trying this long: the first to hold the reservation then surely wins.
 */
const tryMs = 1_000;
const busy = 5;

/**
 * Takes the lock, or answers null when another process has it. The file is
 * created when missing and must never be opened by other means in this process:
 * closing any descriptor of it would drop the lock (fcntl(2)).
 */
export function acquireExclusiveLock(path: string): ExclusiveLock | null {
  const require = createRequire(import.meta.url);
  const { DatabaseSync: Database } = require('@photostructure/sqlite') as {
    DatabaseSync: new (path: string) => { exec(sql: string): void; close(): void };
  };
  const database = new Database(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${tryMs}`);
    // Nothing is ever written, so there is no journal to keep.
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === busy) return null;
    throw error;
  }
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      database.close();
    },
  };
}
