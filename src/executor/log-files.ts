// The files that hold what the commands of a run printed: how many bytes they
// are, and how they go while the rest of the run's directory stays. Which ones go
// is decided by retention. Fixed depth and known names, as in remove-runs.ts.
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunId } from './remove-runs.ts';

const attemptName = /^[1-9]\d{0,5}$/;
const logName = /^log(\.tail|\.tail\.tmp|\.cut)?$/;

/** Bytes of all logs of a run; 0 for one without a directory. */
export async function logBytesOf(runsDirectory: string, runId: string): Promise<number> {
  let bytes = 0;
  for (const path of await logPaths(runsDirectory, runId)) {
    const { size } = await lstat(path);
    bytes += size;
  }
  return bytes;
}

/** Removes all logs of a run. A log that is gone already is removed. */
export async function removeLogs(runsDirectory: string, runId: string): Promise<void> {
  for (const path of await logPaths(runsDirectory, runId)) {
    // A link is removed itself, never what it points to.
    await unlink(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  }
}

async function logPaths(runsDirectory: string, runId: string): Promise<string[]> {
  if (!isRunId(runId)) return [];
  const directory = join(runsDirectory, runId);
  const paths: string[] = [];
  for (const attempt of await namesIn(directory)) {
    if (!attemptName.test(attempt)) continue;
    const inside = join(directory, attempt);
    for (const name of await namesIn(inside))
      if (logName.test(name)) paths.push(join(inside, name));
  }
  return paths;
}

/** Nothing in a directory that is missing, or is none: a link to one is none. */
async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await lstat(directory)).isDirectory() ? await readdir(directory) : [];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
