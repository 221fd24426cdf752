// Which process a pid means. A pid alone is reused; (boot, pid, start time) is not.
// Linux answers from /proc; elsewhere `sysctl` and `ps` are asked, which is
// slower and tells start times only to the second.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Name of this boot of the machine; another value means that no old process is left. */
export function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return ask('sysctl', ['-n', 'kern.bootsessionuuid']) ?? 'unknown';
  }
}

interface ProcessStatus {
  /** One letter; Z and X are processes that have ended and wait to be collected. */
  readonly state: string;
  /** The program's name, at most 15 bytes, of any characters. */
  readonly name: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly start: string;
}

/**
 * Start time of a process in the system's own notation, to be compared and
 * never interpreted; null when there is no such process or nobody can tell.
 * A process that has ended but was not collected yet still has one.
 */
export function processStart(pid: number): string | null {
  return readStatus(pid)?.start ?? null;
}

/**
 * Whether the very process that was seen with this start time still runs. An
 * unknown start time (null) matches nothing: better no signal than a wrong one.
 */
export function isAlive(pid: number, start: string | null): boolean {
  if (start === null) return false;
  const status = readStatus(pid);
  return status !== null && status.start === start && status.state !== 'Z' && status.state !== 'X';
}

/**
 * Leaders of a session of their own whose initial environment has all the given
 * `NAME=value` entries. Linux only, and only for processes of the same account
 * (or as root); elsewhere the answer is empty. Walks all processes: for rare use.
 */
export function findSessionLeaders(entries: readonly string[]): { pid: number; start: string }[] {
  const found: { pid: number; start: string }[] = [];
  for (const name of listProcesses()) {
    const pid = Number(name);
    const status = readStatus(pid);
    if (status === null || status.session !== pid || status.state === 'Z') continue;
    const environment = readEnvironment(pid);
    if (entries.every((entry) => environment.includes(entry))) {
      found.push({ pid, start: status.start });
    }
  }
  return found;
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** As it was when the process began its program; empty where it may not be read. */
export function readEnvironment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

export function readStatus(pid: number): ProcessStatus | null {
  if (process.platform === 'linux') {
    try {
      return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return null;
    }
  }
  const line = ask('ps', ['-o', 'state=,ppid=,pgid=,sess=,lstart=', '-p', String(pid)]);
  const match = /^(\S)\S*\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line ?? '');
  if (match?.[1] === undefined || match[5] === undefined) return null;
  const [, state, parent, group, session, start] = match;
  const ids = { parent: Number(parent), group: Number(group), session: Number(session) };
  return { state, name: '', ...ids, start: start.trim() };
}

/** Fields follow the last parenthesis, because a program's name may contain any character (proc(5)). */
export function parseStat(stat: string): ProcessStatus | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const start = fields[19];
  if (state === undefined || session === undefined || start === undefined) return null;
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const ids = { parent: Number(parent), group: Number(group), session: Number(session) };
  return { state, name, ...ids, start };
}

function ask(program: string, args: readonly string[]): string | null {
  try {
    const answer = execFileSync(program, args, {
      encoding: 'utf8',
      timeout: 2_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return answer === '' ? null : answer;
  } catch {
    return null;
  }
}
