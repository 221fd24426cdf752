// One edit of a manifest at a time: of two commands that change it at once, the second
// reads what the first has written. An editor that saves takes no lock: the file is
// compared right before it is written, whoever holds this one.
import type { Context } from './context.ts';
import { isCode } from './named-runs.ts';

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
  const { lockEdits } = await import('../daemon/edit-lock.ts');
  const lock = await lockEdits((await context.settings()).settings.home);
  holders.add(context);
  try {
    return await body();
  } finally {
    holders.delete(context);
    lock?.release();
  }
}
