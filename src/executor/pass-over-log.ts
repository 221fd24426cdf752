// Passes over the part of a run log in which a text cannot stand, without making
// lines of it: at the speed of the disk. What it does not pass over is read, and
// judged line by line, by read-log.ts.
import { isAscii } from 'node:buffer';
import { pageMaxBytes, withSegments, readSegment } from './read-log.ts';

/** One call holds up its process no longer than this takes to read. */
const passMaxBytes = 256 * 1024 * 1024;

/** Whether bytes of a log hold no line with the text; may say no where there is none. */
export type CannotHold = (bytes: Buffer) => boolean;

/**
 * For a text that is looked for without regard to case. Letters outside ASCII may
 * become ASCII ones in lower case, so that bytes with any are left to the reader.
 */
export function cannotHold(text: string): CannotHold {
  // Literal: every character that means something in a pattern is escaped.
  const pattern = new RegExp(text.toLowerCase().replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'i');
  return (bytes) => isAscii(bytes) && !pattern.test(bytes.toString('latin1'));
}

/** Where reading has to go on: the beginning of a line behind `offset`, or `offset` itself. */
export function passOverLog(directory: string, offset: number, cannot: CannotHold): number {
  return withSegments(directory, offset, (segments) => {
    let at = Math.max(0, offset);
    for (let room = passMaxBytes; room > 0; room -= pageMaxBytes) {
      const segment = segments.find(
        (one) => one.marker === null && one.offset <= at && at < one.offset + one.length,
      );
      // The last page is the reader's: it knows what an unfinished line means.
      if (segment === undefined || at + pageMaxBytes >= segment.offset + segment.length) break;
      const bytes = readSegment(segment, at, at + pageMaxBytes);
      // A line that goes on into the next page is looked at there, from its beginning.
      const end = bytes.lastIndexOf(10);
      if (end === -1 || !cannot(bytes.subarray(0, end))) break;
      at += end + 1;
    }
    return at;
  });
}
