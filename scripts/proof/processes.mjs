// Processes as the proofs see them: who is whose child, who lives, and signals
// that reach the very process that was meant and no later one with its pid.
// Linux only: all of it comes from /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** `{pid, start, state, parent, session}`, or null when there is no such process. */
export function look(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, , session] = fields;
    return { pid, start: fields[19], state, parent: Number(parent), session: Number(session) };
  } catch {
    return null;
  }
}

export function isAlive(process) {
  const seen = look(process.pid);
  return seen !== null && seen.start === process.start && seen.state !== 'Z' && seen.state !== 'X';
}

/** False when it has ended. A group is signalled by its leader's pid. */
export function signal(process_, name, { group = false } = {}) {
  if (!isAlive(process_)) return false;
  try {
    process.kill(group ? -process_.pid : process_.pid, name);
    return true;
  } catch {
    return false;
  }
}

function all() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => look(Number(name)))
    .filter((process_) => process_ !== null && process_.state !== 'Z');
}

function read(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Launchers that this daemon started. */
export function launchersOf(daemon) {
  return all().filter(
    ({ pid, parent }) =>
      parent === daemon.pid && read(pid, 'cmdline').some((part) => part.endsWith('launcher.js')),
  );
}

/** Processes whose initial environment has the entry `NAME=value`. */
export function withEnvironment(entry) {
  return all().filter(({ pid }) => read(pid, 'environ').includes(entry));
}
