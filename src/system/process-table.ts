// Which processes there are, and which belong to a run: told by their session,
// or by what their environment said when they began. Linux only; elsewhere the
// answer is always empty.
import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { readEnvironment, readStatus } from './process-identity.ts';

/** How a process is recognised: any one of these. */
export interface ProcessMark {
  /** The session that a process leads, under its pid. */
  readonly session: number | null;
  /** `NAME=value` entries that the environment has. */
  readonly entries: readonly string[];
}

export interface MarkedProcess {
  readonly pid: number;
  readonly start: string;
  /** Process group. */
  readonly group: number;
  /** As the process calls itself: text of strangers. */
  readonly name: string;
}

/** A machine with more processes is looked at in part. */
const processesMax = 50_000;
/** Processes between two turns of the event loop: about a millisecond of reading. */
const sliceLength = 40;

/**
 * Living processes by the key of the first mark they carry. `since`: start time of
 * the oldest one that can matter; older processes are passed over. Gives the
 * event loop its turns.
 */
export async function findMarked<Key>(
  marks: ReadonlyMap<Key, ProcessMark>,
  since: string | null,
): Promise<Map<Key, MarkedProcess[]>> {
  const found = new Map<Key, MarkedProcess[]>();
  const bySession = new Map<number, Key>();
  const byEntry = new Map<string, [Key, ProcessMark][]>();
  for (const [key, mark] of marks) {
    if (mark.session !== null) bySession.set(mark.session, key);
    const [first] = mark.entries;
    if (first !== undefined) byEntry.set(first, [...(byEntry.get(first) ?? []), [key, mark]]);
  }
  const pids = await listPids();
  for (const [index, pid] of pids.entries()) {
    if (index % sliceLength === sliceLength - 1) await new Promise((next) => setImmediate(next));
    // A daemon that one of its own jobs started is no leftover of that job.
    if (pid === process.pid) continue;
    const status = readStatus(pid);
    if (status === null || status.state === 'Z' || status.state === 'X') continue;
    if (since !== null && Number(status.start) < Number(since)) continue;
    const key = bySession.get(status.session) ?? keyOf(readEnvironment(pid), byEntry);
    if (key === undefined) continue;
    const { start, group, name } = status;
    found.set(key, [...(found.get(key) ?? []), { pid, start, group, name }]);
  }
  return found;
}

function keyOf<Key>(
  environment: readonly string[],
  byEntry: ReadonlyMap<string, readonly [Key, ProcessMark][]>,
): Key | undefined {
  for (const entry of environment) {
    for (const [key, mark] of byEntry.get(entry) ?? []) {
      if (mark.entries.every((wanted) => environment.includes(wanted))) return key;
    }
  }
  return undefined;
}

/** A command with more descendants is looked at in part. */
const descendantsMax = 2_000;

/**
 * Living descendants of these processes, without themselves: also those that
 * nothing else tells of. One whose parents have ended is a descendant of nobody.
 * Costs by their number alone; empty where the kernel does not list children.
 */
export function findDescendants(pids: readonly number[]): MarkedProcess[] {
  const found = new Map<number, MarkedProcess>();
  const rest = pids.flatMap(childrenOf);
  for (let pid = rest.pop(); pid !== undefined; pid = rest.pop()) {
    if (found.has(pid) || found.size >= descendantsMax) continue;
    const status = readStatus(pid);
    if (status === null || status.state === 'Z' || status.state === 'X') continue;
    const { start, group, name } = status;
    found.set(pid, { pid, start, group, name });
    rest.push(...childrenOf(pid));
  }
  return [...found.values()];
}

/** Each thread has children of its own. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter((child) => child !== '')
        .map(Number),
    );
  } catch {
    return [];
  }
}

/** Processes that have ended and whose parent, this one, has not collected them. */
export function countUncollected(): number {
  return pidsOf(readProc()).filter((pid) => {
    const status = readStatus(pid);
    return status?.state === 'Z' && status.parent === process.pid;
  }).length;
}

function readProc(): string[] {
  try {
    return process.platform === 'linux' ? readdirSync('/proc') : [];
  } catch {
    return [];
  }
}

function pidsOf(names: readonly string[]): number[] {
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .slice(0, processesMax);
}

async function listPids(): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  try {
    return pidsOf(await readdir('/proc'));
  } catch {
    return [];
  }
}

/**
 * Whether a living child of the process has this word in its command line; null
 * where that cannot be told. Walks all processes: for rare use.
 */
export function hasChildCalled(parent: number, word: string): boolean | null {
  if (process.platform !== 'linux' || readStatus(parent) === null) return null;
  return pidsOf(readProc()).some((pid) => {
    const status = readStatus(pid);
    if (status === null || status.parent !== parent || status.state === 'Z') return false;
    return readCommandLine(pid).some((argument) => argument.includes(word));
  });
}

function readCommandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
