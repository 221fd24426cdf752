// What the system knows of a process: processor time, memory, wake-ups. Linux.
import { readdirSync, readFileSync } from 'node:fs';

const tickMs = 10;

/** Processor time of a process so far, and of its children that have ended and been waited for. */
export function processorMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return { own: (fields[11] + fields[12]) * tickMs, children: (fields[13] + fields[14]) * tickMs };
}

export function childrenOf(pid) {
  return readdirSync('/proc').filter((name) => {
    try {
      if (!/^\d+$/.test(name)) return false;
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
    } catch {
      return false;
    }
  });
}

/** Processor time of the daemon, its launcher and the commands that have ended. */
export function treeMs(daemon) {
  return childrenOf(daemon)
    .map((pid) => processorMs(pid))
    .reduce((sum, { own, children }) => sum + own + children, processorMs(daemon).own);
}

const field = (path, name) =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(path, 'latin1'))?.[1]);

/** Resident memory in MB of a million bytes. */
export const memoryMb = (pid) => (field(`/proc/${pid}/status`, 'VmRSS') * 1024) / 1e6;

/** How often the main thread went to sleep, which is how often something woke it. */
export const wakeUps = (pid) => field(`/proc/${pid}/task/${pid}/status`, 'voluntary_ctxt_switches');
