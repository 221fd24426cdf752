// Starts a daemon in the background: a detached process of the same program
// whose own words go to daemon.log. It is up when it answers on the socket.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { createClient } from '../api/client.ts';
import { ExitCode, Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Locations } from '../settings/locations.ts';
import type { Settings } from '../settings/settings.ts';
import { daemonCommand, memoryEnvironment } from './daemon-command.ts';
import { readLivePid } from './instance-lock.ts';
import { prepareStateDirectory } from './state-directory.ts';

/** Of an empty manifest, on a machine with other work. */
const startWithinMs = 15_000;
/** A megabyte is five thousand jobs: a second or two to judge and record, several times that on a busy machine. */
const perMegabyteMs = 10_000;
const askEveryMs = 50;
const tailBytes = 4_096;
const tailLines = 12;

/**
 * Resolves when the new daemon answers, or, when another one that started at the
 * same time was quicker, when that one does (`started` false then). Throws
 * JM2-D102 when another one holds the state directory and does not answer, JM2-D105 with the end of its log when it ends early or
 * does not answer in time, 15 s and more for a large manifest (the process is then
 * ended). `entry` is the
 * program's main script.
 */
export async function startInBackground(
  locations: Locations,
  settings: Settings,
  entry: string = process.argv[1] ?? '',
): Promise<{ readonly pid: number; readonly started: boolean }> {
  prepareStateDirectory(locations);
  const logFile = openSync(locations.daemonLog, 'a', 0o600);
  // What stands in the log before is not this start's story.
  const logStart = fstatSync(logFile).size;
  let child: ChildProcess;
  try {
    const [node = process.execPath, ...words] = daemonCommand(locations, entry);
    child = spawn(node, words, {
      detached: true,
      // A project may be gone while its state is not.
      cwd: existsSync(locations.manifestDir) ? locations.manifestDir : locations.stateDir,
      stdio: ['ignore', logFile, logFile],
      env: {
        ...memoryEnvironment,
        ...ownEnvironment(process.env),
        ...settingsAsEnvironment(settings),
      },
    });
  } finally {
    closeSync(logFile);
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code));
  });
  const outcome = await waitUntilUp(locations, child, ended);
  child.unref();
  if (outcome.kind === 'up') return { pid: outcome.pid, started: true };
  if (outcome.kind === 'ended' && outcome.code === ExitCode.conflict) {
    const pid = await winner(locations);
    if (pid !== null) return { pid, started: false };
  }
  throw notStarted(locations, logStart, outcome);
}

/**
 * Without the names of a run: a daemon that a job starts is no part of that job,
 * and is not to be taken for something that the job left behind.
 */
function ownEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ofRuns = ['JM2_RUN_ID', 'JM2_JOB', 'JM2_ATTEMPT', 'JM2_NOMINAL_TIME'];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofRuns.includes(name)));
}

type Outcome =
  | { readonly kind: 'up'; readonly pid: number }
  | { readonly kind: 'ended'; readonly code: number | null }
  | { readonly kind: 'late' };

async function waitUntilUp(
  locations: Locations,
  child: ChildProcess,
  ended: Promise<number | null>,
): Promise<Outcome> {
  const client = createClient(locations.socket);
  const deadline = performance.now() + startWithin(locations);
  while (performance.now() < deadline) {
    const end = await Promise.race([ended.then((code) => ({ code })), pause(askEveryMs)]);
    if (end !== undefined) return { kind: 'ended', code: end.code };
    const pid = await client.status().then(
      (status) => status.daemon.pid,
      () => null,
    );
    // Another daemon's answer is not this one's: its own end then tells.
    if (pid !== null && pid === child.pid) return { kind: 'up', pid };
  }
  child.kill('SIGKILL');
  return { kind: 'late' };
}

function startWithin({ manifest }: Locations): number {
  const bytes = statSync(manifest, { throwIfNoEntry: false })?.size ?? 0;
  return startWithinMs + Math.round(bytes / 1_000_000) * perMegabyteMs;
}

/** The daemon that was quicker, as soon as it answers; null when none does. */
async function winner(locations: Locations): Promise<number | null> {
  const client = createClient(locations.socket);
  const deadline = performance.now() + startWithin(locations);
  while (performance.now() < deadline) {
    const pid = await client.status().then(
      (status) => status.daemon.pid,
      () => null,
    );
    if (pid !== null) return pid;
    // It may have ended meanwhile; then there is nobody to wait for.
    if (readLivePid(locations.pidFile) === null) return null;
    await pause(askEveryMs);
  }
  return null;
}

function notStarted(
  locations: Locations,
  logStart: number,
  outcome: Exclude<Outcome, { kind: 'up' }>,
): Jm2Error {
  const tail = readTail(locations.daemonLog, logStart);
  if (outcome.kind === 'ended' && outcome.code === ExitCode.conflict) {
    const pid = readLivePid(locations.pidFile);
    return operationalError('JM2-D102', {
      detail: `${pid === null ? 'Another daemon' : `Process ${pid}`} holds ${locations.stateDir}; the new one ended without touching anything.`,
      data: { pid, log: tail },
    });
  }
  const what =
    outcome.kind === 'late'
      ? `It did not answer within ${Math.round(startWithin(locations) / 1000)}s and was ended.`
      : `It ended at once${outcome.code === null ? '' : ` with code ${outcome.code}`}.`;
  const said = tail.length === 0 ? '' : `\nThe end of ${locations.daemonLog}:\n${tail.join('\n')}`;
  return operationalError('JM2-D105', { detail: what + said, data: { log: tail } });
}

/** Everything that was decided here, so that the child cannot decide otherwise. */
function settingsAsEnvironment(settings: Settings): Record<string, string> {
  return {
    JM2_HOME: settings.home,
    JM2_SYNC: settings.sync,
    JM2_WORKTREE: settings.worktree,
    JM2_GRACE: `${settings.graceMs}ms`,
    JM2_LOG_LEVEL: settings.logLevel,
    JM2_KEEP_RUNS: String(settings.keepRuns),
    JM2_KEEP_LOGS: `${settings.keepLogBytes}B`,
    JM2_KEEP_AGE: `${settings.keepAgeMs}ms`,
    JM2_CGROUPS: settings.cgroups,
    JM2_NETWORK_DISK: settings.networkDisk,
  };
}

function readTail(path: string, from: number): string[] {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      // A smaller file was rotated by the start; then all of it is new.
      const start = Math.max(size < from ? 0 : from, size - tailBytes);
      const bytes = Buffer.alloc(size - start);
      readSync(file, bytes, 0, bytes.length, start);
      return bytes
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '')
        .slice(-tailLines);
    } finally {
      closeSync(file);
    }
  } catch {
    return [];
  }
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}
