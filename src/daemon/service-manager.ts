// Tells the service manager that started this daemon how it is, by the protocol
// of sd_notify(3). Node cannot send to its kind of socket, so `systemd-notify`
// does: one process at a time, with everything that has come up until then.
import type { Clock } from '../system/clock.ts';
import type { RunTool } from '../system/run-tool.ts';

export interface ServiceManager {
  /** Everything is up, or a reload is done. */
  ready(): void;
  /** The manifest is looked at because somebody asked for it. */
  reloading(): void;
  stopping(): void;
  /** From now on `describe` gives the one line for people, asked now and then. */
  describedBy(describe: () => Promise<string>): void;
  /** The line may be another one now. */
  changed(): void;
  /**
   * A sign of life of the scheduler's loop, to be given each time it wakes: a
   * loop that hangs gives none, and the manager then replaces the daemon.
   */
  alive(): void;
}

export interface ServiceManagerParts {
  /** Of the process: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** `systemd-notify`; null where it is missing. */
  readonly tool: string | null;
  readonly run: RunTool;
  readonly clock: Clock;
  /** CLOCK_MONOTONIC in microseconds, as the manager reads it. */
  readonly monotonicUsec: () => bigint;
  readonly warn: (message: string) => void;
}

/** Until the manager has read the message; it is retried with the next one. */
const sendWithinMs = 10_000;
/** The loop wakes at least this often. */
const longestSleepMs = 10_000;
const describeEveryMs = 30_000;

const nobody: ServiceManager = {
  ready: () => undefined,
  reloading: () => undefined,
  stopping: () => undefined,
  describedBy: () => undefined,
  changed: () => undefined,
  alive: () => undefined,
};

/** Does nothing where no service manager listens. */
export function createServiceManager(parts: ServiceManagerParts): ServiceManager {
  const { env, tool, clock } = parts;
  const socket = env['NOTIFY_SOCKET'] ?? '';
  if (socket === '') return nobody;
  if (tool === null) {
    parts.warn('the service manager wants to be told, and systemd-notify is missing');
    return nobody;
  }
  const watchdogMs = watchdogOf(env, parts.pid);
  let fedAt = -Infinity;
  let describe: (() => Promise<string>) | null = null;
  let describedAt = -Infinity;
  let said = '';
  let isStopping = false;
  /** What is still to be said; a newer value of a name takes the place of the older. */
  let waiting = new Map<string, string>();
  let isSending = false;
  let hasFailed = false;

  const send = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    // Ends when nothing new has come: each round takes all there is.
    while (waiting.size > 0) {
      const message = waiting;
      waiting = new Map();
      const answer = await parts.run({
        file: tool,
        args: [...message].map(([name, value]) => `${name}=${value}`),
        cwd: '/',
        env: { NOTIFY_SOCKET: socket },
        timeoutMs: sendWithinMs,
      });
      if (answer !== null) {
        hasFailed = false;
        continue;
      }
      if (!hasFailed) parts.warn('the service manager could not be told');
      hasFailed = true;
      // What it must know is kept for the next sign of life; that sign is made then.
      waiting = new Map([...message, ...waiting]);
      waiting.delete('WATCHDOG');
      fedAt = -Infinity;
      break;
    }
    isSending = false;
  };
  const say = (name: string, value: string): void => {
    waiting.set(name, value);
    void send();
  };
  // What has been said already is not said again.
  const tellStatus = (): void => {
    if (describe === null) return;
    describedAt = clock.monotonic();
    describe().then(
      (text) => {
        const line = text.replaceAll(/\s+/g, ' ').trim();
        if (line === said) return;
        said = line;
        say('STATUS', line);
      },
      () => undefined,
    );
  };
  return {
    ready: () => {
      if (isStopping) return;
      // A reload that nobody has heard of has not to be ended.
      waiting.delete('RELOADING');
      waiting.delete('MONOTONIC_USEC');
      say('READY', '1');
    },
    reloading: () => {
      if (isStopping) return;
      waiting.delete('READY');
      waiting.set('MONOTONIC_USEC', String(parts.monotonicUsec()));
      say('RELOADING', '1');
    },
    stopping: () => {
      if (isStopping) return;
      isStopping = true;
      waiting.delete('READY');
      say('STOPPING', '1');
      tellStatus();
    },
    describedBy: (how) => {
      describe = how;
      tellStatus();
    },
    changed: tellStatus,
    alive: () => {
      const mono = clock.monotonic();
      if (mono - describedAt >= describeEveryMs) tellStatus();
      if (watchdogMs !== null && mono - fedAt + longestSleepMs >= watchdogMs / 2) {
        fedAt = mono;
        waiting.set('WATCHDOG', '1');
      }
      if (waiting.size > 0) void send();
    },
  };
}

/** Null where no watchdog waits for this process. */
function watchdogOf(env: ServiceManagerParts['env'], pid: number): number | null {
  const usec = Number(env['WATCHDOG_USEC'] ?? '');
  const forPid = env['WATCHDOG_PID'] ?? '';
  if (!Number.isFinite(usec) || usec <= 0 || (forPid !== '' && forPid !== String(pid))) return null;
  return usec / 1000;
}
