// Makes a directory with those above it, one by one. The recursive mkdir of Node does
// not end where the system answers "no such file" although the parent is there, as
// /proc does.
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Nothing happens when it is there. Throws what the system says; directories made
 * until then stay. `mode` is for each that is made.
 */
export async function makeDirectory(path: string, options: { mode?: number } = {}): Promise<void> {
  const missing: string[] = [];
  // A path has fewer directories than characters, so this ends.
  for (let at = resolve(path); !(await isThere(at)); at = dirname(at)) {
    missing.push(at);
    if (dirname(at) === at) break;
  }
  for (const one of missing.toReversed()) {
    try {
      await mkdir(one, options);
    } catch (error) {
      // Somebody else made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isDirectory(one)))
        throw error;
    }
  }
  // A file of that name, which mkdir would have told.
  if (missing.length === 0 && !(await isDirectory(path))) await mkdir(path);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
