// Bounds the run logs of running commands: one timer looks at all sizes once a
// second, so a log may overshoot its bound by what a command writes in a second.
// How a log is cut is in log-cut.ts.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunNote } from '../core/runs/run.ts';
import type { CancelTimer, Clock } from '../system/clock.ts';
import { composeLog, cutLog, readFinalCut, readLiveCut } from './log-cut.ts';
import { logFile } from './run-directory.ts';

export interface LogGuard {
  /** From now until `finish`, the log in this attempt directory stays within the bound. */
  watch(directory: string, maxBytes: number): void;
  /**
   * The command has ended: the log is put together, when it was cut. Answers with
   * what there is to know about the log. Never throws.
   */
  finish(directory: string): RunNote[];
  /** Ends the watching; logs stay as they are. */
  stop(): void;
}

const pollMs = 1_000;
/** Below this a bound would keep less than a message. */
const smallestBoundBytes = 1_024;

export function createLogGuard(clock: Clock): LogGuard {
  const bounds = new Map<string, number>();
  let cancel: CancelTimer | null = null;

  function poll(): void {
    cancel = null;
    for (const [directory, maxBytes] of bounds) check(directory, maxBytes);
    arm();
  }

  function arm(): void {
    // No watched log, no wake-up.
    if (cancel === null && bounds.size > 0) cancel = clock.setTimer(pollMs, poll);
  }

  return {
    watch(directory, maxBytes) {
      bounds.set(directory, Math.max(smallestBoundBytes, maxBytes));
      arm();
    },
    finish(directory) {
      const maxBytes = bounds.get(directory);
      if (maxBytes === undefined) return [];
      bounds.delete(directory);
      // A command that ended within a second was never polled.
      check(directory, maxBytes);
      try {
        composeLog(directory, maxBytes);
      } catch {
        // The parts stay beside each other; readers show them as one.
      }
      const dropped = droppedBytes(directory);
      return dropped === 0 ? [] : [cutNote(dropped, clock.now())];
    },
    stop() {
      cancel?.();
      cancel = null;
      bounds.clear();
    },
  };
}

function droppedBytes(directory: string): number {
  return readLiveCut(directory)?.dropped ?? readFinalCut(directory)?.dropped ?? 0;
}

function cutNote(dropped: number, at: number): RunNote {
  const text = `${dropped} bytes were cut out of the run log by log.max_size`;
  return { code: 'log_cut', text, at };
}

function check(directory: string, maxBytes: number): void {
  try {
    if (statSync(join(directory, logFile)).size > maxBytes) cutLog(directory, maxBytes);
  } catch {
    // Gone, replaced by a job, or no room: the next look may find it better.
  }
}
