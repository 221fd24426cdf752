// One edit of a manifest at a time: of two commands that change it at once, the second
// reads what the first has written. An editor that saves takes no lock: the file is
// compared right before it is written, whoever holds this one.
import { join } from 'node:path';
import { operationalError } from '../core/diagnostics/registry.ts';
import { makeDirectory } from '../system/make-directory.ts';
import type { ExclusiveLock } from '../store/sqlite/exclusive-lock.ts';
import type { Context } from './context.ts';
import { isCode } from './named-runs.ts';

/** An edit takes tenths of a second; behind so many others somebody should look. */
const waitMaxMs = 60_000;
/** A file that is saved by hand more often than that meanwhile is being worked on. */
const attemptsMax = 5;

/** By this process: the lock must not be opened twice in it. */
const holders = new WeakSet<Context>();

/**
 * From reading to applying for an edit that asks nothing: it is made on the newest
 * file, and made again when somebody saved that by hand in between. `body` reads the
 * manifest itself.
 */
export async function editing<T>(
  context: Context,
  isUnasked: boolean,
  body: () => Promise<T>,
): Promise<T> {
  if (!isUnasked) return body();
  return alone(context, async () => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await body();
      } catch (error) {
        if (!isCode(error, 'JM2-P206') || attempt === attemptsMax) throw error;
      }
    }
  });
}

/** Nobody else edits meanwhile. Not for anything that waits for a person. */
export async function alone<T>(context: Context, body: () => Promise<T>): Promise<T> {
  if (holders.has(context)) return body();
  const lock = await take(context);
  holders.add(context);
  try {
    return await body();
  } finally {
    holders.delete(context);
    lock?.release();
  }
}

/** Of the whole home: edits are short, and a project need not have a state yet. */
async function take(context: Context): Promise<ExclusiveLock | null> {
  const { home } = (await context.settings()).settings;
  const { acquireExclusiveLock } = await import('../store/sqlite/exclusive-lock.ts');
  const path = join(home, 'edit.lock');
  try {
    await makeDirectory(home, { mode: 0o700 });
    const until = performance.now() + waitMaxMs;
    do {
      const lock = acquireExclusiveLock(path);
      if (lock !== null) return lock;
    } while (performance.now() < until);
  } catch {
    // A home that cannot be written keeps nobody from editing a file that can.
    return null;
  }
  throw operationalError('JM2-P206', {
    detail: `Other commands of jm2 have been changing manifests for ${waitMaxMs / 1_000} s. Nothing was written.`,
  });
}
