// What each signal of the process means. Acts through SignalTarget and knows
// nothing of how the daemon stops.
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

export interface SignalTarget {
  /** Admit nothing more, let attempts finish up to the grace, then stop them. */
  drain(why: string): void;
  /** End what runs at once; follows a drain that takes too long for somebody. */
  kill(why: string): void;
  /** Leave at once; commands go on and are adopted by the next daemon. */
  detach(why: string): void;
  reconcile(why: string): void;
  /** A bug: must log synchronously and end the process without a drain. */
  crash(error: unknown): never;
}

/**
 * `timeout` and some supervisors signal the process and its group, so one wish
 * arrives twice. Nobody presses Ctrl-C a second time this quickly.
 */
const sameWishMs = 250;

/** The part of `process` that is used; another one in tests. */
export interface SignalSource {
  on(event: string, listener: (argument: unknown) => void): unknown;
  off(event: string, listener: (argument: unknown) => void): unknown;
}

/**
 * Listens until the returned function is called. `onTerminal` says whether the
 * daemon was started in a terminal that it can lose.
 */
export function handleSignals(
  source: SignalSource,
  target: SignalTarget,
  {
    onTerminal,
    monotonic = () => performance.now(),
  }: { readonly onTerminal: boolean; readonly monotonic?: () => number },
): () => void {
  let stopping: { readonly signal: string; readonly at: number } | null = null;
  // Asked now: after a hang-up the system does not take them for a terminal any more.
  const terminals = onTerminal ? [0, 1, 2].filter((fd) => isatty(fd)) : [];
  const stop = (signal: string) => (): void => {
    if (stopping === null) {
      stopping = { signal, at: monotonic() };
      target.drain(signal);
      return;
    }
    const isSameWish = signal === stopping.signal && monotonic() - stopping.at < sameWishMs;
    if (!isSameWish) target.kill(signal);
  };
  const hangUp = (): void => {
    if (!onTerminal || hasTerminal()) {
      target.reconcile('SIGHUP');
      return;
    }
    leaveTerminal(terminals);
    stop('SIGHUP, the terminal is gone')();
  };
  const listeners: readonly (readonly [string, (argument: unknown) => void])[] = [
    ['SIGTERM', stop('SIGTERM')],
    ['SIGINT', stop('SIGINT')],
    ['SIGHUP', hangUp],
    ['SIGUSR2', () => target.detach('SIGUSR2')],
    // Going on after an unknown failure could break a promise; jobs live on
    // without this process, and the next daemon settles them.
    ['uncaughtException', (error) => target.crash(error)],
    ['unhandledRejection', (reason) => target.crash(reason)],
  ];
  for (const [event, listener] of listeners) source.on(event, listener);
  return () => {
    for (const [event, listener] of listeners) source.off(event, listener);
  };
}

/** A process whose terminal hung up can no longer open it. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/**
 * Puts /dev/null where the terminal was. At its end Node resets the modes of the
 * terminal it began with and aborts when that fails, as it does after a hang-up.
 */
function leaveTerminal(descriptors: readonly number[]): void {
  for (const fd of descriptors) {
    try {
      closeSync(fd);
      // The lowest free number is the one just closed.
      openSync('/dev/null', 'r+');
    } catch {
      // What is open stays open; the worst is an abort after everything is closed.
    }
  }
}
