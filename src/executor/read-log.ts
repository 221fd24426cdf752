// Reads run logs in pages of bounded size: the last lines, or the lines behind a
// position. Shows a log that was cut as one text, and hides secret values in it.
// Interprets nothing: control characters are the viewer's business.
import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { HiddenRange } from '../core/manifest/masking.ts';
import { maskedValue } from '../core/manifest/secrets.ts';
import {
  cutMarker,
  logTailFile,
  openRegular,
  readFinalCut,
  readLiveCut,
  tailHeaderBytes,
} from './log-cut.ts';
import { hiddenRanges, type Redaction } from './redact-log.ts';
import { logFile } from './run-directory.ts';

export interface LogText {
  /** Position of the line's first byte in the command's output. */
  readonly offset: number;
  /** Without the newline; invalid UTF-8 is replaced by U+FFFD. */
  readonly text: string;
  /** The bytes as they were printed, but for what is hidden; only where the text is not the same. */
  readonly bytes?: Buffer;
  /** No newline follows: a piece of a longer line, or the end of a log without one. */
  readonly unfinished?: true;
}

/** A piece of a run log. Positions count the bytes that the command wrote, so a cut does not shift them. */
export interface LogPage {
  readonly lines: readonly LogText[];
  /** Where to go on reading. */
  readonly next: number;
  /** True when everything there is has been read. */
  readonly atEnd: boolean;
}

/** Most bytes of output in one page. */
export const pageMaxBytes = 1024 * 1024;
/** A longer line comes in pieces of this length. */
export const lineMaxBytes = 64 * 1024;

/** A stretch of output in one file, or the note that stands for a stretch that is gone. */
export interface Segment {
  readonly file: number | null;
  readonly at: number;
  readonly offset: number;
  readonly length: number;
  readonly marker: string | null;
}

/**
 * Lines from `offset` on. Without `isEnded` an unfinished last line is held back
 * until it is finished. A missing log is an empty page.
 */
export function readLogFrom(
  directory: string,
  offset: number,
  isEnded: boolean,
  redaction: Redaction | null = null,
  linesWanted = Number.POSITIVE_INFINITY,
): LogPage {
  const start = Math.max(0, offset);
  return withSegments(directory, missing, (segments) =>
    pageFrom(segments, start, isEnded, { redaction, linesWanted }),
  );
}

/** The last `count` lines, as many of them as fit into a page. */
export function readLogEnd(
  directory: string,
  count: number,
  isEnded: boolean,
  redaction: Redaction | null = null,
): LogPage {
  return withSegments(directory, missing, (segments) => {
    const start = startOfLastLines(segments, Math.max(0, count), isEnded);
    return pageFrom(segments, start, isEnded, {
      redaction,
      linesWanted: Number.POSITIVE_INFINITY,
    });
  });
}

const missing: LogPage = { lines: [], next: 0, atEnd: true };

/** What `read` makes of the log's segments while their files are open; `absent` without a log. */
export function withSegments<T>(
  directory: string,
  absent: T,
  read: (segments: readonly Segment[]) => T,
): T {
  let log: number;
  try {
    log = openRegular(join(directory, logFile), constants.O_RDONLY);
  } catch {
    return absent;
  }
  let tail: number | null = null;
  try {
    const live = readLiveCut(directory);
    if (live === null) return read(segmentsOfLog(directory, log));
    tail = openRegular(join(directory, logTailFile), constants.O_RDONLY);
    const behind = live.head + live.dropped + live.tail;
    return read([
      part(log, 0, 0, Math.min(live.head, fstatSync(log).size)),
      gap(live, cutMarker(live)),
      part(tail, tailHeaderBytes, live.head + live.dropped, live.tail),
      part(log, live.head, behind, Math.max(0, fstatSync(log).size - live.head)),
    ]);
  } catch {
    // The tail went away between two looks: the log was put together just now.
    return read(segmentsOfLog(directory, log));
  } finally {
    closeSync(log);
    if (tail !== null) closeSync(tail);
  }
}

function segmentsOfLog(directory: string, log: number): Segment[] {
  const { size } = fstatSync(log);
  const cut = readFinalCut(directory);
  if (cut === null) return [part(log, 0, 0, size)];
  const behind = cut.head + cut.marker;
  return [
    part(log, 0, 0, Math.min(cut.head, size)),
    gap(cut, cutMarker(cut)),
    part(log, behind, cut.head + cut.dropped, Math.max(0, size - behind)),
  ];
}

function part(file: number, at: number, offset: number, length: number): Segment {
  return { file, at, offset, length, marker: null };
}

function gap(cut: { head: number; dropped: number }, marker: string): Segment {
  return { file: null, at: 0, offset: cut.head, length: cut.dropped, marker };
}

/** Collects bytes into lines; breaks a line that is too long, never within a character. */
class LineCollector {
  readonly lines: LogText[] = [];
  #held: Buffer = Buffer.alloc(0);
  /** Position of the first held byte. */
  #heldAt: number;
  /** By position in the output; those behind are dropped. */
  #hidden: HiddenRange[] = [];

  constructor(offset: number) {
    this.#heldAt = offset;
  }

  get next(): number {
    return this.#heldAt;
  }

  /** Ranges of the output that `add` brings next. */
  hide(ranges: readonly HiddenRange[]): void {
    this.#hidden.push(...ranges);
  }

  add(bytes: Buffer): void {
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    for (;;) {
      const end = rest.indexOf(10);
      if (end !== -1 && end <= lineMaxBytes) {
        this.#push(rest.subarray(0, end), true);
        rest = rest.subarray(end + 1);
      } else if (rest.length > lineMaxBytes) {
        const length = wholeCharacters(rest, lineMaxBytes);
        this.#push(rest.subarray(0, length), false);
        rest = rest.subarray(length);
      } else {
        this.#held = rest;
        return;
      }
    }
  }

  /** The unfinished line becomes one. */
  flush(): void {
    if (this.#held.length > 0) this.#push(this.#held, false);
    this.#held = Buffer.alloc(0);
  }

  /** Output is missing here: shows the note, goes on behind the gap. */
  skip(marker: string, behind: number): void {
    this.flush();
    this.lines.push({ offset: this.#heldAt, text: marker.trim() });
    this.#heldAt = behind;
  }

  #push(printed: Buffer, isFinished: boolean): void {
    const bytes = this.#hidden.length === 0 ? printed : this.#masked(printed);
    const text = bytes.toString('utf8');
    // The replacement character may have been printed as such.
    const isFaithful = !text.includes('\ufffd') || Buffer.from(text).equals(bytes);
    this.lines.push({
      offset: this.#heldAt,
      text,
      ...(isFaithful ? {} : { bytes }),
      ...(isFinished ? {} : { unfinished: true as const }),
    });
    this.#heldAt += printed.length + (isFinished ? 1 : 0);
  }

  /** A value that goes on in the next line or piece is masked in each of them. */
  #masked(bytes: Buffer): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    for (const range of this.#hidden) {
      const from = Math.max(at, range.from - this.#heldAt);
      const to = Math.min(bytes.length, range.to - this.#heldAt);
      if (from >= to) continue;
      parts.push(bytes.subarray(at, from), Buffer.from(maskedValue));
      at = to;
    }
    const end = this.#heldAt + bytes.length;
    this.#hidden = this.#hidden.filter((range) => range.to > end);
    return at === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(at)]);
  }
}

/** The longest length up to `most` that does not end within a UTF-8 sequence. */
function wholeCharacters(bytes: Buffer, most: number): number {
  for (let length = most; length > most - 4; length -= 1) {
    const next = bytes[length];
    // 10xxxxxx continues a character.
    if (next === undefined || (next & 0xc0) !== 0x80) return length;
  }
  return most;
}

function pageFrom(
  segments: readonly Segment[],
  offset: number,
  isEnded: boolean,
  { redaction, linesWanted }: { redaction: Redaction | null; linesWanted: number },
): LogPage {
  const collector = new LineCollector(offset);
  let room = pageMaxBytes;
  let atEnd = true;
  for (const [index, segment] of segments.entries()) {
    const end = segment.offset + segment.length;
    const from = Math.max(offset, segment.offset);
    if (from > end || (from === end && segment.length > 0)) continue;
    if (segment.marker !== null) {
      if (from < end) collector.skip(segment.marker, end);
      continue;
    }
    let at = from;
    // In slices: of a page full of short lines, only the first ones are wanted.
    while (at < end && room > 0 && collector.lines.length <= linesWanted) {
      const bytes = readSegment(segment, at, Math.min(end, at + Math.min(room, lineMaxBytes)));
      if (bytes.length === 0) break;
      room -= bytes.length;
      if (redaction !== null) {
        const stretch = { from: at, to: at + bytes.length };
        collector.hide(hiddenOf(connected(segments, index, isEnded), stretch, redaction));
      }
      collector.add(bytes);
      at += bytes.length;
    }
    if (at < end) {
      atEnd = false;
      break;
    }
  }
  // A page that is full of one line hands it out in pieces, so reading always goes on.
  if (atEnd && isEnded) collector.flush();
  return { lines: collector.lines, next: collector.next, atEnd };
}

/** Neighbours between which no output is missing, and whether some is at either end. */
interface Connected {
  readonly segments: readonly Segment[];
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

function connected(segments: readonly Segment[], index: number, isEnded: boolean): Connected {
  const isGap = (at: number): boolean => (segments[at]?.marker ?? null) !== null;
  let first = index;
  while (first > 0 && !isGap(first - 1)) first -= 1;
  let last = index;
  while (last < segments.length - 1 && !isGap(last + 1)) last += 1;
  return {
    segments: segments.slice(first, last + 1),
    cutBefore: first > 0,
    // What a running command is about to print is missing as well.
    cutAfter: last < segments.length - 1 || !isEnded,
  };
}

/** What is hidden in a stretch of the output, and what stands there by half. */
function hiddenOf(around: Connected, stretch: HiddenRange, redaction: Redaction): HiddenRange[] {
  const wanted = { from: stretch.from - redaction.longest, to: stretch.to + redaction.longest };
  const first = around.segments[0]?.offset ?? 0;
  const end = around.segments.reduce((sum, { length }) => sum + length, first);
  const from = Math.max(first, wanted.from);
  const to = Math.min(end, wanted.to);
  const bytes = Buffer.concat(
    around.segments.map((segment) => {
      const begin = Math.max(from, segment.offset);
      return readSegment(segment, begin, Math.min(to, segment.offset + segment.length));
    }),
  );
  const ranges = hiddenRanges(bytes, redaction, {
    cutBefore: around.cutBefore && from === first,
    cutAfter: around.cutAfter && to === end,
  });
  return ranges
    .map((range) => ({ from: range.from + from, to: range.to + from }))
    .filter((range) => range.to > stretch.from && range.from < stretch.to);
}

export function readSegment(segment: Segment, from: number, to: number): Buffer {
  if (segment.file === null || to <= from) return Buffer.alloc(0);
  const bytes = Buffer.alloc(to - from);
  let length = 0;
  while (length < bytes.length) {
    const at = segment.at + (from - segment.offset) + length;
    const got = readSync(segment.file, bytes, length, bytes.length - length, at);
    // Shorter than it was a moment ago: it was cut in between.
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}

/** Walks backwards in chunks until enough lines have begun or the page is full. */
function startOfLastLines(segments: readonly Segment[], count: number, isEnded: boolean): number {
  const last = segments.at(-1);
  const size = last === undefined ? 0 : last.offset + last.length;
  if (count === 0) return size;
  let wanted = count;
  let room = pageMaxBytes;
  let start = size;
  // A newline at the end of a stretch finishes a line and begins none.
  let isStretchEnd = true;
  for (const segment of segments.toReversed()) {
    if (segment.marker !== null) {
      // What follows the gap begins a line, and the note about it is one.
      if (!isStretchEnd) wanted -= 1;
      if (wanted <= 0) return segment.offset + segment.length;
      wanted -= 1;
      start = segment.offset;
      if (wanted <= 0) return start;
      isStretchEnd = true;
      continue;
    }
    for (let to = segment.offset + segment.length; to > segment.offset;) {
      // A line that is longer than a page: its end, rather than nothing.
      if (room <= 0) return start === size ? to : start;
      const from = Math.max(segment.offset, to - Math.min(room, lineMaxBytes));
      const bytes = readSegment(segment, from, to);
      room -= to - from;
      let search = bytes.length - 1;
      if (isStretchEnd) {
        isStretchEnd = false;
        if (bytes[search] === 10) search -= 1;
        // The unfinished line of a running command is held back, and does not count.
        else if (!isEnded && to === size) wanted += 1;
      }
      for (let at = newlineBefore(bytes, search); at !== -1; at = newlineBefore(bytes, at - 1)) {
        start = from + at + 1;
        wanted -= 1;
        if (wanted <= 0) return start;
      }
      to = from;
    }
    if (segment.offset === 0) start = 0;
  }
  return start;
}

function newlineBefore(bytes: Buffer, position: number): number {
  return position < 0 ? -1 : bytes.lastIndexOf(10, position);
}
