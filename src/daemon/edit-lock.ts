// The lock of edits: one command changes manifests at a time, in all of a home. Edits
// are short, and a project need not have a state of its own yet.
import { join } from 'node:path';
import { operationalError } from '../core/diagnostics/registry.ts';
import { acquireExclusiveLock, type ExclusiveLock } from '../store/sqlite/exclusive-lock.ts';
import { makeDirectory } from '../system/make-directory.ts';

/** An edit takes tenths of a second; behind so many others somebody should look. */
const waitMaxMs = 60_000;

/**
 * Waits for its turn. Null for a home that cannot be written: that keeps nobody from
 * editing a file that can. Throws JM2-P206 when the others do not end.
 */
export async function lockEdits(home: string): Promise<ExclusiveLock | null> {
  const path = join(home, 'edit.lock');
  try {
    await makeDirectory(home, { mode: 0o700 });
    const until = performance.now() + waitMaxMs;
    do {
      const lock = acquireExclusiveLock(path);
      if (lock !== null) return lock;
    } while (performance.now() < until);
  } catch {
    return null;
  }
  throw operationalError('JM2-P206', {
    detail: `Other commands of jm2 have been changing manifests for ${waitMaxMs / 1_000}s. Nothing was written.`,
  });
}
