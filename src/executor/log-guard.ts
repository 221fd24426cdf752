// Bounds the run logs of running commands: one timer looks at all sizes once a
// second, so a log may overshoot its bound by what a command writes in a second.
// How a log is cut is in log-cut.ts.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { RunNote } from '../core/runs/run.ts';
import type { CancelTimer, Clock } from '../system/clock.ts';
import { isDiskFull } from './disk-full.ts';
import { composeLog, cutLog, readFinalCut, readLiveCut } from './log-cut.ts';
import { logFile } from './run-directory.ts';

export interface LogGuard {
  /**
   * From now until `finish`, the log in this attempt directory stays within the
   * bound. `isNew`: nobody can have cut it before.
   */
  watch(directory: string, maxBytes: number, isNew?: boolean): void;
  /**
   * The command has ended: the log is put together, when it was cut. Answers with
   * what there is to know about the log. Never throws.
   */
  finish(directory: string): RunNote[];
  /** Ends the watching; logs stay as they are. */
  stop(): void;
}

const pollMs = 1_000;
const diskKnownMs = 50;
/** Below this a bound would keep less than a message. */
const smallestBoundBytes = 1_024;

interface Watched {
  readonly maxBytes: number;
  /** The file that the command writes; null until it was seen. */
  inode: number | null;
  /** When it was first seen to be another file, or none. */
  replacedAt: number | null;
  /** Parts of it may lie beside it. */
  mayBeCut: boolean;
  /** When the disk was first seen to be full. */
  fullAt: number | null;
}

export function createLogGuard(
  clock: Clock,
  isFull: (directory: string) => boolean = isDiskFull,
): LogGuard {
  const all = new Map<string, Watched>();
  let cancel: CancelTimer | null = null;
  let disk = { isFull: false, lookedAt: Number.NEGATIVE_INFINITY };

  function poll(): void {
    cancel = null;
    // All run directories lie on one disk.
    const [directory] = all.keys();
    const full = directory !== undefined && isFullNow(directory);
    for (const [at, watched] of all) check(at, watched, full);
    arm();
  }

  /** Ends that come together share one look at the disk. */
  function isFullNow(directory: string): boolean {
    const now = clock.monotonic();
    if (now - disk.lookedAt >= diskKnownMs) disk = { isFull: isFull(directory), lookedAt: now };
    return disk.isFull;
  }

  function arm(): void {
    // No watched log, no wake-up.
    if (cancel === null && all.size > 0) cancel = clock.setTimer(pollMs, poll);
  }

  function check(directory: string, watched: Watched, full: boolean): void {
    if (full) watched.fullAt ??= clock.now();
    const path = join(directory, logFile);
    try {
      const found = lstatSync(path, { throwIfNoEntry: false });
      watched.inode ??= found?.ino ?? null;
      if (found === undefined || !found.isFile() || found.ino !== watched.inode) {
        watched.replacedAt ??= clock.now();
      } else if (found.size > watched.maxBytes) {
        watched.mayBeCut = true;
        cutLog(directory, watched.maxBytes);
      }
    } catch {
      // Removed in this moment, or no room: the next look may find it better.
    }
  }

  return {
    watch(directory, maxBytes, isNew = false) {
      all.set(directory, {
        maxBytes: Math.max(smallestBoundBytes, maxBytes),
        inode: inodeOf(join(directory, logFile)),
        replacedAt: null,
        mayBeCut: !isNew,
        fullAt: null,
      });
      arm();
    },
    finish(directory) {
      const watched = all.get(directory);
      if (watched === undefined) return [];
      all.delete(directory);
      // A command that ended within a second was never polled.
      check(directory, watched, isFullNow(directory));
      // Most logs are short, and looking for parts of them costs as much as the rest.
      if (!watched.mayBeCut) return notesOf(watched, 0, clock.now());
      try {
        composeLog(directory, watched.maxBytes);
      } catch {
        // The parts stay beside each other; readers show them as one.
      }
      return notesOf(watched, droppedBytes(directory), clock.now());
    },
    stop() {
      cancel?.();
      cancel = null;
      all.clear();
    },
  };
}

function notesOf({ replacedAt, fullAt }: Watched, dropped: number, now: number): RunNote[] {
  const notes: RunNote[] = [];
  if (dropped > 0) {
    const text = `${dropped} bytes were cut out of the run log by log.max_size`;
    notes.push({ code: 'log_cut', text, at: now });
  }
  if (fullAt !== null) {
    const text = 'the disk was full while it ran: output may be missing from the run log';
    notes.push({ code: 'log_incomplete', text, at: fullAt });
  }
  if (replacedAt !== null) {
    const text =
      'the run log was removed or replaced while it ran: what it printed then is not kept';
    notes.push({ code: 'log_replaced', text, at: replacedAt });
  }
  return notes;
}

function inodeOf(path: string): number | null {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

function droppedBytes(directory: string): number {
  return readLiveCut(directory)?.dropped ?? readFinalCut(directory)?.dropped ?? 0;
}
