// Runs attempts on this machine: hands them to the launcher, keeps one launcher
// alive, and settles what a dead launcher or an earlier daemon left behind.
// Whether and when to start or kill is the scheduler's.
import { join } from 'node:path';
import type { AttemptExit } from '../../core/runs/run.ts';
import type { LauncherEvent, StartRequest } from '../../executor/launcher/protocol.ts';
import type { LateEnvironment, ResolvedEnvironment } from '../../executor/resolve-environment.ts';
import {
  cgroupName,
  cgroupOfProcess,
  removeCgroup,
  removeEmptyCgroups,
} from '../../executor/run-cgroup.ts';
import { attemptDirectory } from '../../executor/run-directory.ts';
import type { Clock } from '../../system/clock.ts';
import { isAlive } from '../../system/process-identity.ts';
import type { DispatchEvent, Dispatcher } from '../dispatcher.ts';
import { watchAdopted } from './adopted-attempts.ts';
import { createLeftovers, type KillPolicy } from './leftovers.ts';
import { startLauncher, type LauncherProcess } from './launcher-process.ts';
import { settleAttempt, sight, type Settled, type Started } from './settle-attempt.ts';

export interface LocalDispatcherOptions {
  readonly runsDirectory: string;
  /** The launcher's bundle, `launcher.js` beside the program's own. */
  readonly launcherFile: string;
  /** Of this boot, as attempts record it: see readBootId. */
  readonly bootId: string;
  readonly clock: Clock;
  /** Directory in which attempts get cgroups of their own; null: they get none. */
  readonly cgroups: string | null;
  /** Reads what a request says about variables that are known only at the start. */
  readonly resolve: (job: string, late: LateEnvironment) => Promise<ResolvedEnvironment>;
  /** Hides secret values in what is said about an end. */
  readonly mask: (text: string) => string;
  /** Told about faults that heal by themselves, for the daemon log. */
  readonly warn?: (message: string, detail: string) => void;
  /** Told what could not be done as declared, and stopped nothing. */
  readonly remark?: (text: string) => void;
}

/** An attempt between `dispatch` or `recover` and its `ended` event. */
interface Entry {
  readonly runId: string;
  readonly attempt: number;
  readonly directory: string;
  /** Null for attempts found by recovery, and while variables are read. */
  request: StartRequest | null;
  /** Written to the present launcher. */
  isSent: boolean;
  /** Launchers it was written to; a request that kills launchers must not do so for ever. */
  tries: number;
  started: Started | null;
  readonly kill: KillPolicy;
  /** Directory of its cgroup; null: it has none. */
  readonly cgroup: string | null;
  /** Signals asked for before the command began. */
  readonly signals: NodeJS.Signals[];
}

/** Used only when the store has lost the spec of an attempt. */
const defaultKill: KillPolicy = { signal: 'TERM', graceMs: 10_000, leftovers: false };
/** Launchers in a row that end without having said `ready`. */
const failedLaunchersMax = 5;
const triesMax = 3;
/** Requests written at once: keeps one write below about a pipe's length. */
const batchLength = 64;
/** How long `detach` waits for a launcher that has nothing to do. */
const leaveMs = 2_000;

export function createLocalDispatcher(options: LocalDispatcherOptions): Dispatcher {
  const { clock } = options;
  const entries = new Map<string, Entry>();
  /** Not yet written to a launcher, in order of dispatch. */
  let queue: Entry[] = [];
  let listener: (events: readonly DispatchEvent[]) => void = () => {};
  let pending: DispatchEvent[] = [];
  let launcher: LauncherProcess | null = null;
  let isReady = false;
  let isFull = false;
  let isDetached = false;
  let failedLaunchers = 0;
  let waiters: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const adopted = watchAdopted(clock, (attempt, exit) => {
    const entry = entries.get(keyOf(attempt));
    if (entry !== undefined) end(entry, exit);
  });

  const leftovers = createLeftovers(clock, ({ runId, attempt }, note) => {
    emit({ kind: 'noted', runId, attempt, note: { ...note, text: options.mask(note.text) } });
  });

  function emit(event: DispatchEvent): void {
    pending.push(event);
    if (pending.length > 1) return;
    queueMicrotask(() => {
      const events = pending;
      pending = [];
      if (!isDetached) listener(events);
    });
  }

  function end(entry: Entry, exit: AttemptExit): void {
    if (!entries.delete(keyOf(entry))) return;
    entry.request = null;
    if (exit.kind !== 'not_started') leftovers.ended(entry);
    else if (entry.cgroup !== null) removeCgroup(entry.cgroup);
    emit({ kind: 'ended', runId: entry.runId, attempt: entry.attempt, exit: masked(exit) });
  }

  /** Ends are recorded, and what is recorded holds no secret. */
  function masked(exit: AttemptExit): AttemptExit {
    if (exit.kind === 'lost') return { ...exit, reason: options.mask(exit.reason) };
    if (exit.kind !== 'not_started') return exit;
    const { code, detail } = exit.failure;
    return { ...exit, failure: { code, detail: options.mask(detail) } };
  }

  /**
   * Crash window: while files are read there is no start token, so recovery takes
   * it, and the run goes on with a new attempt.
   */
  async function prepare(entry: Entry, job: string, late: LateEnvironment, request: StartRequest) {
    const resolved = await options.resolve(job, late);
    if (isDetached || entries.get(keyOf(entry)) !== entry) return;
    if (!resolved.ok) {
      const failure = { code: 'environment_unresolved', detail: resolved.problem } as const;
      end(entry, { kind: 'not_started', failure, at: clock.now() });
      return;
    }
    entry.request = { ...request, env: { ...request.env, ...resolved.variables } };
    queue.push(entry);
    pump();
  }

  function start(entry: Entry, started: Started): void {
    entry.started = started;
    // Begun, so no launcher gets it again: its environment need not be kept.
    entry.request = null;
    emit({ kind: 'started', runId: entry.runId, attempt: entry.attempt, ...started });
    for (const signal of entry.signals.splice(0)) signalAttempt(entry, started, signal);
  }

  function ensureLauncher(): void {
    if (launcher !== null || isDetached) return;
    isReady = false;
    isFull = false;
    const file = options.launcherFile;
    launcher = startLauncher(file, { events: receive, drained, ended: launcherEnded });
  }

  function drained(): void {
    isFull = false;
    pump();
  }

  function pump(): void {
    if (queue.length === 0 || isDetached) return;
    ensureLauncher();
    while (launcher !== null && isReady && !isFull && queue.length > 0) {
      const batch = queue.splice(0, batchLength);
      const requests: StartRequest[] = [];
      for (const entry of batch) {
        entry.isSent = true;
        entry.tries += 1;
        if (entry.request !== null) requests.push(entry.request);
      }
      isFull = !launcher.send(requests);
    }
  }

  function receive(events: readonly LauncherEvent[]): void {
    if (isDetached) return;
    for (const event of events) {
      if (event.kind === 'ready') {
        isReady = true;
        failedLaunchers = 0;
        for (const waiter of waiters.splice(0)) waiter.resolve();
        pump();
        continue;
      }
      if (event.kind === 'remark') {
        options.remark?.(event.text);
        continue;
      }
      const entry = entries.get(keyOf(event));
      if (entry === undefined) continue;
      if (event.kind === 'started') {
        start(entry, { pid: event.pid, processStart: event.processStart, at: event.at });
      } else if (event.kind === 'ended') {
        end(entry, event.exit);
      } else {
        entry.isSent = false;
        takeOver(entry);
      }
    }
  }

  /** Goes on with an attempt that this launcher does not run (any more): its files tell. */
  function takeOver(entry: Entry): void {
    const { runId, attempt, started } = entry;
    const store = {
      runId,
      attempt,
      bootId: options.bootId,
      pid: started?.pid ?? null,
      processStart: started?.processStart ?? null,
      startedAt: started?.at ?? null,
    };
    settleAttempt(store, { ...options, directory: entry.directory }).then(
      (settled) => {
        if (isDetached || !entries.has(keyOf(entry))) return;
        if (settled.kind === 'running') {
          if (entry.started === null) start(entry, settled.started);
          adopt(entry, settled);
        } else if (settled.kind === 'ended') {
          if (entry.started === null && settled.started !== null) start(entry, settled.started);
          end(entry, settled.exit);
        } else {
          end(entry, launcherFailed('another process settled it before its start'));
        }
      },
      (error: unknown) => end(entry, launcherFailed(String(error))),
    );
  }

  function adopt(entry: Entry, running: Extract<Settled, { kind: 'running' }>): void {
    const { runId, attempt, directory } = entry;
    const guardLogBytes = running.launcherAlive ? null : running.logMaxBytes;
    adopted.watch({ runId, attempt, directory, started: running.started, guardLogBytes });
  }

  function launcherEnded(detail: string): void {
    const wasReady = isReady;
    launcher = null;
    isReady = false;
    if (isDetached) return;
    failedLaunchers = wasReady ? 0 : failedLaunchers + 1;
    options.warn?.('the launcher ended and is started again', detail);
    const again: Entry[] = [];
    for (const entry of entries.values()) {
      if (!entry.isSent) continue;
      entry.isSent = false;
      // The launcher is dead, so the token does not change hands any more: without
      // it, and without a start that was told, the attempt did not begin, and the
      // next launcher may take it.
      if (sight(entry.directory, entry, entry.started) !== null) takeOver(entry);
      else if (entry.tries < triesMax) again.push(entry);
      else end(entry, launcherFailed(detail));
    }
    queue = [...again, ...queue];
    if (failedLaunchers < failedLaunchersMax) {
      clock.setTimer(wasReady ? 0 : 50 * 2 ** failedLaunchers, ensureLauncher);
      return;
    }
    // The next dispatch tries again; what waits now gets its answer.
    failedLaunchers = 0;
    for (const entry of queue.splice(0)) end(entry, launcherFailed(detail));
    for (const waiter of waiters.splice(0)) waiter.reject(new Error(`launcher: ${detail}`));
  }

  function launcherFailed(detail: string): AttemptExit {
    const failure = { code: 'launcher_failed', detail: `the launcher failed: ${detail}` } as const;
    return { kind: 'not_started', failure, at: clock.now() };
  }

  return {
    listen(next) {
      listener = next;
      // Of runs whose last process ended while no daemon was there.
      if (options.cgroups !== null) removeEmptyCgroups(options.cgroups);
      ensureLauncher();
    },
    dispatch(requests) {
      for (const request of requests) {
        const { runId, attempt, job, late, kill, ...rest } = request;
        if (entries.has(keyOf(request))) continue;
        const directory = attemptDirectory(options.runsDirectory, runId, attempt);
        const cgroup =
          options.cgroups === null ? null : join(options.cgroups, cgroupName(runId, attempt));
        const start = { kind: 'start', runId, attempt, directory, cgroup, ...rest } as const;
        const sent = late === null ? start : null;
        const entry = newEntry(directory, request, { kill, cgroup }, null, sent);
        entries.set(keyOf(entry), entry);
        if (late === null) queue.push(entry);
        else void prepare(entry, job, late, start);
      }
      pump();
    },
    kill(runId, attempt, signal) {
      const entry = entries.get(keyOf({ runId, attempt }));
      if (entry === undefined) return false;
      if (entry.started !== null) return signalAttempt(entry, entry.started, signal);
      entry.signals.push(signal);
      return true;
    },
    async recover(attempt, kill = defaultKill) {
      const directory = attemptDirectory(options.runsDirectory, attempt.runId, attempt.attempt);
      const settled = await settleAttempt(attempt, { ...options, directory });
      if (settled.kind !== 'running') return settled;
      const { started } = settled;
      const cgroup = cgroupOfProcess(started.pid, attempt.runId, attempt.attempt);
      const entry = newEntry(directory, attempt, { kill, cgroup }, started, null);
      entries.set(keyOf(entry), entry);
      adopt(entry, settled);
      return { kind: 'adopted', started };
    },
    ready() {
      if (isReady) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiters.push({ resolve, reject });
        ensureLauncher();
      });
    },
    async detach() {
      if (isDetached) return;
      isDetached = true;
      adopted.stop();
      await leftovers.close();
      for (const waiter of waiters.splice(0)) waiter.reject(new Error('detached'));
      if (launcher === null) return;
      const hasCommands = [...entries.values()].some((entry) => entry.isSent);
      const { ended } = launcher;
      launcher.release();
      // With nothing to do it leaves at once, and then nothing of the daemon is left.
      if (hasCommands) return;
      await new Promise<void>((resolve) => {
        const cancel = clock.setTimer(leaveMs, resolve);
        void ended.then(() => {
          cancel();
          resolve();
        });
      });
    },
  };

  function signalAttempt(entry: Entry, started: Started, signal: NodeJS.Signals): boolean {
    leftovers.noteDescendants(entry);
    const isSent = signalGroup(started, signal);
    leftovers.signaled(entry, signal);
    return isSent;
  }

  function signalGroup(started: Started, signal: NodeJS.Signals): boolean {
    // The full identity, because a pid alone may be somebody else's by now.
    if (!isAlive(started.pid, started.processStart)) return false;
    try {
      process.kill(-started.pid, signal);
      return true;
    } catch {
      return false;
    }
  }
}

function keyOf(attempt: { readonly runId: string; readonly attempt: number }): string {
  return `${attempt.runId}/${attempt.attempt}`;
}

function newEntry(
  directory: string,
  key: { readonly runId: string; readonly attempt: number },
  { kill, cgroup }: { readonly kill: KillPolicy; readonly cgroup: string | null },
  started: Started | null,
  request: StartRequest | null,
): Entry {
  const { runId, attempt } = key;
  const fresh = { isSent: false, tries: 0, signals: [] };
  return { runId, attempt, directory, request, started, kill, cgroup, ...fresh };
}
