// Deletes the directories of runs that retention gave up. Works from a list of
// ids, at a fixed depth, with known file names: nothing here is recursive, so no
// link and no wrong id can lead it out of the runs directory.
import { lstat, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface RemovedRuns {
  readonly removed: number;
  /** Ids whose directory is not, or not wholly, gone, each with a reason. */
  readonly kept: readonly { readonly id: string; readonly reason: string }[];
}

const runId = /^[0-9a-z]{26}$/;

/** The form of a run's id, and of the name of its directory. */
export function isRunId(name: string): boolean {
  return runId.test(name);
}

const attemptName = /^[1-9]\d{0,5}$/;
const attemptFile = /^(started|exit|exit\.tmp|log|log\.tail|log\.tail\.tmp|log\.cut)$/;

/** A run without a directory counts as removed. Foreign files are left, and named in `kept`. */
export async function removeRuns(
  runsDirectory: string,
  ids: readonly string[],
): Promise<RemovedRuns> {
  const kept: { id: string; reason: string }[] = [];
  for (const id of ids) {
    try {
      if (!isRunId(id)) throw new Error('not a run id');
      await removeRun(join(runsDirectory, id));
    } catch (error) {
      kept.push({ id, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { removed: ids.length - kept.length, kept };
}

async function removeRun(directory: string): Promise<void> {
  if (!(await isPresentDirectory(directory))) return;
  for (const name of await readdir(directory)) {
    const attempt = join(directory, name);
    // Anything else makes the rmdir below fail and say so.
    if (attemptName.test(name) && (await isPresentDirectory(attempt))) await removeAttempt(attempt);
  }
  await rmdir(directory);
}

async function removeAttempt(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    // unlink takes away a link itself, never what it points to.
    if (attemptFile.test(name)) await unlink(join(directory, name));
  }
  await rmdir(directory);
}

/** lstat, so that a link to a directory is no directory: refused. */
async function isPresentDirectory(path: string): Promise<boolean> {
  try {
    const status = await lstat(path);
    if (status.isDirectory()) return true;
    throw new Error(`${path} is not a directory`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
