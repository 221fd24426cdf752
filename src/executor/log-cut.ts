// How a run log that outgrew its bound is kept: its head in `log`, its newest
// bytes beside it in `log.tail`, and, once the command has ended, both in `log`
// around a line that counts what is missing. The command writes with O_APPEND,
// so its file can be cut under it.
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { logFile } from './run-directory.ts';

/** Newest bytes of a log that was cut and whose command still writes. */
export const logTailFile = 'log.tail';
/** What was cut from a log that is complete: one JSON object, a FinalCut. */
export const logCutFile = 'log.cut';

/** The state between the first cut and the end: the header of `log.tail`. */
export interface LiveCut {
  /** Bytes of `log` that stay; what follows them is newer than the tail. */
  readonly head: number;
  /** Bytes gone between head and tail. */
  readonly dropped: number;
}

export interface FinalCut extends LiveCut {
  /** Length of the marker line that stands behind the head. */
  readonly marker: number;
}

/** The header of `log.tail` has this length, filled up with spaces. */
export const tailHeaderBytes = 128;
const chunkBytes = 256 * 1024;
/** A command that writes as fast as the tail is copied is not chased any longer than this. */
const chasesMax = 3;

/** How a bound is shared: half for the beginning, half for the end. */
export function headBytes(maxBytes: number): number {
  return Math.floor(maxBytes / 2);
}

export function cutMarker(cut: LiveCut): string {
  return `\n[jm2: ${cut.dropped} bytes of output were cut here by log.max_size]\n`;
}

/** Opens a file of a run directory. A job may have put a link or a pipe in its place: refused. */
export function openRegular(path: string, flags: number): number {
  const descriptor = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new Error(`${path} is not a regular file`);
}

/** Null while the log was not cut. */
export function readLiveCut(directory: string): (LiveCut & { tail: number }) | null {
  try {
    const descriptor = openRegular(join(directory, logTailFile), constants.O_RDONLY);
    try {
      const header = Buffer.alloc(tailHeaderBytes);
      if (readSync(descriptor, header, 0, tailHeaderBytes, 0) < tailHeaderBytes) return null;
      const cut = asCut(JSON.parse(header.toString('latin1')));
      return cut === null ? null : { ...cut, tail: fstatSync(descriptor).size - tailHeaderBytes };
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

export function readFinalCut(directory: string): FinalCut | null {
  try {
    const value: unknown = JSON.parse(readFileSync(join(directory, logCutFile), 'utf8'));
    const cut = asCut(value);
    const { marker } = value as { marker?: unknown };
    return cut === null || !isSize(marker) ? null : { ...cut, marker };
  } catch {
    return null;
  }
}

function asCut(value: unknown): LiveCut | null {
  const { head, dropped } = value as { head?: unknown; dropped?: unknown };
  return isSize(head) && isSize(dropped) ? { head, dropped } : null;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/**
 * Shortens the log of a running command to its head and renews its tail. What
 * the command writes between the last look at the size and the truncation, which
 * follow each other at once, is lost without being counted.
 */
export function cutLog(directory: string, maxBytes: number): void {
  const log = openRegular(join(directory, logFile), constants.O_RDWR);
  try {
    const before = readLiveCut(directory);
    const head = before?.head ?? headBytes(maxBytes);
    if (fstatSync(log).size <= head) return;
    try {
      const tail = renewTail(directory, log, before, head, maxBytes - headBytes(maxBytes));
      try {
        // Crash window: until the truncation a reader sees the newest bytes twice.
        const { size } = fstatSync(log);
        ftruncateSync(log, head);
        // Printed since the tail was copied.
        const dropped = tail.dropped + size - tail.copiedTo;
        if (dropped !== tail.dropped) writeSync(tail.file, header({ head, dropped }), 0);
      } finally {
        closeSync(tail.file);
      }
    } catch {
      // The disk does not take the tail. Giving up the tail makes room.
      const { size } = fstatSync(log);
      ftruncateSync(log, head);
      const dropped = (before === null ? 0 : before.dropped + before.tail) + size - head;
      rmSync(join(directory, `${logTailFile}.tmp`), { force: true });
      writeFileSync(join(directory, logTailFile), header({ head, dropped }), { mode: 0o600 });
    }
  } finally {
    closeSync(log);
  }
}

/** The new tail stays open: what is printed until the truncation is still to be counted in it. */
function renewTail(
  directory: string,
  log: number,
  before: (LiveCut & { tail: number }) | null,
  head: number,
  tailMax: number,
): { readonly file: number; readonly dropped: number; readonly copiedTo: number } {
  const path = join(directory, logTailFile);
  const flags = constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY | constants.O_NOFOLLOW;
  const target = openSync(`${path}.tmp`, flags, 0o600);
  try {
    writeSync(target, header({ head, dropped: 0 }));
    let copiedTo = fstatSync(log).size;
    const fresh = copiedTo - head;
    let kept = Math.min(fresh, tailMax);
    // Less than a tail was written since the last cut: the rest comes from the old tail.
    const old = before === null ? 0 : Math.min(before.tail, tailMax - kept);
    if (before !== null && old > 0) {
      const source = openRegular(path, constants.O_RDONLY);
      try {
        const from = tailHeaderBytes + before.tail - old;
        copyRange(source, from, from + old, target);
      } finally {
        closeSync(source);
      }
    }
    copyRange(log, copiedTo - kept, copiedTo, target);
    for (let i = 0; i < chasesMax; i += 1) {
      const { size } = fstatSync(log);
      if (size === copiedTo) break;
      copyRange(log, copiedTo, size, target);
      kept += size - copiedTo;
      copiedTo = size;
    }
    const gone = before === null ? 0 : before.dropped + before.tail - old;
    const dropped = gone + copiedTo - head - kept;
    writeSync(target, header({ head, dropped }), 0);
    renameSync(`${path}.tmp`, path);
    return { file: target, dropped, copiedTo };
  } catch (error) {
    closeSync(target);
    throw error;
  }
}

function header(cut: LiveCut): string {
  return `${JSON.stringify(cut).padEnd(tailHeaderBytes - 1)}\n`;
}

function copyRange(source: number, from: number, to: number, target: number): void {
  const chunk = Buffer.alloc(Math.min(chunkBytes, Math.max(0, to - from)));
  for (let at = from; at < to;) {
    const length = readSync(source, chunk, 0, Math.min(chunk.length, to - at), at);
    if (length === 0) return;
    for (let written = 0; written < length;) {
      written += writeSync(target, chunk, written, length - written);
    }
    at += length;
  }
}

/**
 * Puts the log of an ended command together: head, marker, tail. Written into
 * the same file, not beside it, because a background process of the command may
 * still hold it. Does nothing for a log that was never cut.
 */
export function composeLog(directory: string, maxBytes: number): void {
  if (!existsSync(join(directory, logTailFile))) return;
  cutLog(directory, maxBytes);
  const cut = readLiveCut(directory);
  if (cut === null) return;
  const log = openRegular(join(directory, logFile), constants.O_WRONLY | constants.O_APPEND);
  const tail = openRegular(join(directory, logTailFile), constants.O_RDONLY);
  try {
    const marker = cutMarker(cut);
    const final: FinalCut = { head: cut.head, dropped: cut.dropped, marker: marker.length };
    // Readers go by the tail as long as it exists, so its removal is the switch. A
    // crash in between leaves the tail in both places: shown twice, nothing lost.
    writeFileSync(join(directory, logCutFile), `${JSON.stringify(final)}\n`, { mode: 0o600 });
    writeSync(log, marker);
    copyRange(tail, tailHeaderBytes, tailHeaderBytes + cut.tail, log);
    rmSync(join(directory, logTailFile));
  } finally {
    closeSync(log);
    closeSync(tail);
  }
}
