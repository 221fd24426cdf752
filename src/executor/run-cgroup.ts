// A cgroup (version 2) for each attempt, where the system lets the daemon make
// some: no process leaves it, whatever it does to its session and environment,
// and KILL reaches all of it at once. The command enters it by itself before
// anything else happens, so nothing it starts can be outside.
import {
  constants,
  accessSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const namePattern = /^jm2-[0-9a-z]{26}-\d+$/;

/** The directory in which attempts may have cgroups, or in words why there is none. */
export type CgroupPlace =
  | { readonly ok: true; readonly directory: string }
  | { readonly ok: false; readonly reason: string };

/** Makes and removes a cgroup to find out. */
export function findCgroupPlace(
  read: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): CgroupPlace {
  try {
    const own = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1];
    const mount = unifiedMount(read('/proc/self/mountinfo'));
    if (own === undefined || mount === null) {
      return { ok: false, reason: 'this machine has no cgroups of version 2' };
    }
    const directory = join(mount, own);
    accessSync(join(directory, 'cgroup.procs'), constants.W_OK);
    const trial = join(directory, `jm2-trial-${process.pid}`);
    mkdirSync(trial);
    try {
      return existsSync(join(trial, 'cgroup.kill'))
        ? { ok: true, directory }
        : { ok: false, reason: 'this kernel has no cgroup.kill (Linux 5.14)' };
    } finally {
      rmdirSync(trial);
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    return { ok: false, reason: `the cgroup of the daemon is not delegated to it (${code})` };
  }
}

/** The mount point is the fifth field, the type follows a lone hyphen (proc(5)). */
function unifiedMount(mountinfo: string): string | null {
  for (const line of mountinfo.split('\n')) {
    const [mount, type] = line.split(' - ');
    if (type?.startsWith('cgroup2 ') === true) return mount?.split(' ')[4] ?? null;
  }
  return null;
}

export function cgroupName(runId: string, attempt: number): string {
  return `jm2-${runId}-${attempt}`;
}

/** The cgroup that a command of an earlier daemon is in; null when it has none of its own. */
export function cgroupOfProcess(pid: number, runId: string, attempt: number): string | null {
  try {
    const path = /^0::(\/.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '';
    const mount = unifiedMount(readFileSync('/proc/self/mountinfo', 'utf8'));
    if (mount === null || !path.endsWith(`/${cgroupName(runId, attempt)}`)) return null;
    return join(mount, path);
  } catch {
    return null;
  }
}

/** Pids in the cgroup; null when there is no such cgroup. */
export function cgroupMembers(directory: string): number[] | null {
  try {
    const text = readFileSync(join(directory, 'cgroup.procs'), 'utf8');
    return text.split('\n').filter(Boolean).map(Number);
  } catch {
    return null;
  }
}

/** KILLs every process in it, also those that are being born. */
export function killCgroup(directory: string): void {
  try {
    writeFileSync(join(directory, 'cgroup.kill'), '1');
  } catch {
    // Gone already.
  }
}

/** False while processes are in it. */
export function removeCgroup(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Those of earlier attempts that are empty by now: a run may leave processes behind for long. */
export function removeEmptyCgroups(place: string): void {
  try {
    for (const name of readdirSync(place)) {
      if (namePattern.test(name)) removeCgroup(join(place, name));
    }
  } catch {
    // Unreadable by now: the next daemon looks again.
  }
}

/** Makes the cgroup of an attempt; null when that is not possible, and then it runs without. */
export function makeCgroup(directory: string): string | null {
  try {
    if (!existsSync(dirname(directory))) return null;
    mkdirSync(directory, { mode: 0o755 });
    return directory;
  } catch {
    return null;
  }
}
