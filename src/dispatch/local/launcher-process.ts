// One launcher process as the daemon sees it: requests go in with back-pressure,
// events come out in batches, its end is reported once. Restarting it is the
// dispatcher's decision.
import { execa } from 'execa';
import {
  LineSplitter,
  type LauncherEvent,
  type StartRequest,
} from '../../executor/launcher/protocol.ts';

export interface LauncherProcess {
  /** False when the pipe is full: send no more until `drained`. */
  send(requests: readonly StartRequest[]): boolean;
  /** Ends its input: it goes on until its commands have ended, then leaves. */
  release(): void;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
}

export interface LauncherListener {
  /** All events of one read. */
  events(events: readonly LauncherEvent[]): void;
  drained(): void;
  /** Called once. `detail` is what it said last on stderr, or why it could not be started. */
  ended(detail: string): void;
}

/**
 * Small, because every fork pays for what it has in memory; and not optimizing,
 * because a burst of starts is over before an optimized function pays for itself.
 */
const nodeOptions = ['--max-semi-space-size=1', '--no-opt'];
const stderrMax = 4_096;

export function startLauncher(
  file: string,
  listener: LauncherListener,
  nodePath: string = process.execPath,
): LauncherProcess {
  const child = execa(nodePath, [...nodeOptions, file], {
    // A session of its own: what signals the daemon's group does not reach it,
    // and execa must not end it with the daemon.
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    cwd: '/',
    extendEnv: false,
    env: {},
  });
  const lines = new LineSplitter();
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const events = lines.push(chunk).map((line) => JSON.parse(line) as LauncherEvent);
    if (events.length > 0) listener.events(events);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-stderrMax);
  });
  child.stdin.on('drain', () => listener.drained());
  // A launcher that is gone shows as EPIPE first; its end follows and is what counts.
  child.stdin.on('error', () => {});
  const ended = child.then((result) => {
    const why = result.failed ? (result.shortMessage ?? '') : 'it left by itself';
    listener.ended([why, stderr.trim()].filter((part) => part !== '').join('; '));
  });
  return {
    send(requests) {
      return child.stdin.write(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
    },
    release() {
      child.stdin.end();
      // Neither the process nor its pipes keep a daemon alive that wants to leave.
      child.unref();
      for (const stream of [child.stdin, child.stdout, child.stderr]) {
        (stream as { unref?: () => void }).unref?.();
      }
    },
    ended,
  };
}
