// Whether a program of some name works below a directory. Linux only; elsewhere,
// and of other accounts' processes, the answer is always no.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { sep } from 'node:path';

/** A machine with more processes is looked at in part. */
const processesMax = 50_000;

/** `directory` is a real path. */
export async function isProgramBelow(name: string, directory: string): Promise<boolean> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).slice(0, processesMax);
  for (const pid of pids) {
    const called = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (called.trim() !== name) continue;
    const at = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (at === directory || at.startsWith(directory + sep)) return true;
  }
  return false;
}
