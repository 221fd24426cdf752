// strace(1) on one thread of a running process: what it does, and its death or
// its standstill at the N-th call of one kind. Counting begins when strace is
// attached, so N counts within one run's life and not from the program's start.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { within } from '../proof/project.mjs';

/** All that changes a file, a process or another process's mind. */
export const steps = [
  'pwrite64',
  'fdatasync',
  'fsync',
  'ftruncate',
  'write',
  'writev',
  'openat',
  'mkdir',
  'rename',
  'unlink',
  'symlink',
  'clone',
  'clone3',
  'vfork',
];

export function hasStrace() {
  return process.platform === 'linux' && spawnSync('strace', ['-V']).status === 0;
}

/** Options of strace for the syscalls above and at most one injection `{call, nth, signal}`. */
export function straceOptions(output, injection) {
  const inject =
    injection === null
      ? []
      : ['-e', `inject=${injection.call}:signal=${injection.signal}:when=${injection.nth}`];
  return ['-o', output, '-s', '200', '-e', `trace=${steps.join(',')}`, ...inject];
}

/** Attaches to the main thread, where the protocol is carried out; resolves once it is. */
export async function attach(pid, output, injection) {
  const child = spawn('strace', [...straceOptions(output, injection), '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (words += text));
  const ended = new Promise((done) => child.once('close', done));
  const attached = await within(10_000, () => /attached/.test(words), 5);
  if (attached === null) throw new Error(`strace could not attach: ${words}`);
  return {
    ended,
    hasEnded: () => child.exitCode !== null,
    /** Lets go of the process, which goes on. */
    detach: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Calls in order: `{call, nth, text, label, isDone}`; one that was cut off by a kill is not done. */
export function readTrace(output) {
  let text;
  try {
    text = readFileSync(output, 'utf8');
  } catch {
    return [];
  }
  const counts = new Map();
  const calls = [];
  for (const line of text.split('\n')) {
    const match = /^([a-z0-9_]+)\((.*)$/.exec(line);
    if (match === null) continue;
    const [, call, rest] = match;
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    const isDone = /= -?\d+/.test(rest.slice(rest.lastIndexOf(')')));
    calls.push({ call, nth, text: line, label: labelOf(call, rest), isDone });
  }
  return calls;
}

export function hasInjected(output) {
  try {
    return /\(INJECTED|killed by SIGKILL|stopped by SIGSTOP/.test(readFileSync(output, 'utf8'));
  } catch {
    return false;
  }
}

/** The step in words that do not change from run to run. */
function labelOf(call, rest) {
  const paths = [...rest.matchAll(/"(\/[^"]*)"/g)].map(([, path]) => path);
  const path = paths.at(-1);
  const kind = /\\"kind\\":\\"(\w+)\\"/.exec(rest)?.[1];
  if (kind !== undefined) return `${call} ${kind}`;
  if (/^\d+, "jm2 1 /.test(rest)) return `${call} token`;
  if (/^\d+, "\d+ \d+ \d+ /.test(rest)) return `${call} pid`;
  if (/"HTTP\/1.1/.test(rest)) return `${call} answer`;
  if (path === undefined) return call;
  const name = basename(path).replace(/^[0-9a-z]{26}$/, 'RUN');
  if (path.startsWith('/proc/')) return `${call} /proc`;
  return `${call} ${name}`;
}
