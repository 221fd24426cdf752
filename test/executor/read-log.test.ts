import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeLog, cutLog } from '../../src/executor/log-cut.ts';
import {
  lineMaxBytes,
  type LogPage,
  pageMaxBytes,
  readLogEnd,
  readLogFrom,
} from '../../src/executor/read-log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jm2-log-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(content: string | Buffer, flag: 'w' | 'a' = 'w'): void {
  writeFileSync(join(directory, 'log'), content, { flag });
}

function texts(page: LogPage): string[] {
  return page.lines.map((line) => line.text);
}

function numbered(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}\n`).join('');
}

describe('reading from a position', () => {
  it('gives the lines with their positions, and where to go on', () => {
    write('one\ntwo\n');
    expect(readLogFrom(directory, 0, false)).toEqual({
      lines: [
        { offset: 0, text: 'one' },
        { offset: 4, text: 'two' },
      ],
      next: 8,
      atEnd: true,
    });
    write('three\n', 'a');
    expect(texts(readLogFrom(directory, 8, false))).toEqual(['three']);
  });

  it('holds an unfinished line back while the command runs, and gives it at the end', () => {
    write('done\nhalf');
    expect(readLogFrom(directory, 0, false)).toMatchObject({ next: 5, atEnd: true });
    expect(texts(readLogFrom(directory, 0, false))).toEqual(['done']);
    expect(texts(readLogFrom(directory, 5, true))).toEqual(['half']);
  });

  it('stops soon after as many lines as are wanted, and loses none of them', () => {
    write(numbered(1, 30_000));
    const found: string[] = [];
    let at = 0;
    for (let pages = 0; pages < 50; pages += 1) {
      const page = readLogFrom(directory, at, true, null, 1000);
      expect(page.lines.length).toBeLessThan(10_000);
      found.push(...texts(page));
      at = page.next;
      if (page.atEnd) break;
    }
    expect(found).toHaveLength(30_000);
    expect(found.at(-1)).toBe('line 30000');
  });

  it('keeps empty lines', () => {
    write('\n\na\n\n');
    expect(texts(readLogFrom(directory, 0, true))).toEqual(['', '', 'a', '']);
  });

  it('of a log that does not exist is an empty page', () => {
    expect(readLogFrom(directory, 0, true)).toEqual({ lines: [], next: 0, atEnd: true });
  });

  it('replaces what is not UTF-8 and loses nothing around it', () => {
    write(Buffer.from([0x61, 0xff, 0x62, 0x0a, 0x00, 0x0a]));
    expect(texts(readLogFrom(directory, 0, true))).toEqual(['a\ufffdb', '\0']);
  });

  it('keeps the bytes beside a text that is not the same, and tells a missing newline', () => {
    write(Buffer.from([0x61, 0xff, 0x0a, 0xef, 0xbf, 0xbd, 0x0a, 0x62]));
    expect(readLogFrom(directory, 0, true).lines).toEqual([
      { offset: 0, text: 'a\ufffd', bytes: Buffer.from([0x61, 0xff]) },
      { offset: 3, text: '\ufffd' },
      { offset: 7, text: 'b', unfinished: true },
    ]);
  });

  it('breaks a long line into pieces, never within a character', () => {
    // Two-byte characters at odd positions: the 64 KiB border falls into one.
    const line = `x${'é'.repeat(lineMaxBytes)}`;
    write(`${line}\n`);
    const pieces = texts(readLogFrom(directory, 0, true));
    expect(pieces.join('')).toBe(line);
    expect(pieces.map((piece) => Buffer.byteLength(piece))).toEqual([65_535, 65_536, 2]);
  });

  it('pages through more than a page and gives every line once', () => {
    const content = numbered(1, 200_000);
    write(content);
    const seen: string[] = [];
    let pages = 0;
    for (let offset = 0; ; pages += 1) {
      const page = readLogFrom(directory, offset, true);
      seen.push(...texts(page));
      offset = page.next;
      if (page.atEnd) break;
    }
    expect(pages).toBe(Math.floor(content.length / pageMaxBytes));
    expect(`${seen.join('\n')}\n`).toBe(content);
  });

  it('pages through ten million bytes without a newline', () => {
    write(Buffer.alloc(10_000_000, 'x'));
    let bytes = 0;
    for (let offset = 0, atEnd = false; !atEnd;) {
      const page = readLogFrom(directory, offset, true);
      bytes += page.lines.reduce((sum, line) => sum + line.text.length, 0);
      expect(page.next).toBeGreaterThan(offset);
      ({ next: offset, atEnd } = page);
    }
    expect(bytes).toBe(10_000_000);
  });

  it('refuses a link that a job put in the place of its log', () => {
    writeFileSync(join(directory, 'secret'), 'secret\n');
    symlinkSync(join(directory, 'secret'), join(directory, 'log'));
    expect(readLogFrom(directory, 0, true).lines).toEqual([]);
  });

  it('does not stumble over a log that became shorter', () => {
    write('0123456789\n');
    truncateSync(join(directory, 'log'), 2);
    expect(readLogFrom(directory, 11, true)).toEqual({ lines: [], next: 11, atEnd: true });
  });
});

describe('reading the end', () => {
  it('gives the last lines, finished or not', () => {
    write('a\nb\nc\nd');
    expect(texts(readLogEnd(directory, 2, true))).toEqual(['c', 'd']);
    expect(texts(readLogEnd(directory, 2, false))).toEqual(['b', 'c']);
    write('a\nb\nc\n');
    expect(texts(readLogEnd(directory, 2, true))).toEqual(['b', 'c']);
    expect(texts(readLogEnd(directory, 9, true))).toEqual(['a', 'b', 'c']);
    expect(readLogEnd(directory, 0, true)).toEqual({ lines: [], next: 6, atEnd: true });
  });

  it('finds them in a large log', () => {
    write(numbered(1, 100_000));
    const page = readLogEnd(directory, 20_000, true);
    expect(page.lines.length).toBe(20_000);
    expect(texts(page)[0]).toBe('line 80001');
    expect(page.atEnd).toBe(true);
  });

  it('gives as many as fit into a page', () => {
    write(numbered(1, 200_000));
    const page = readLogEnd(directory, 199_999, true);
    expect(page.atEnd).toBe(true);
    expect(texts(page).at(-1)).toBe('line 200000');
    expect(texts(page)[0]).toMatch(/^line \d{6}$/);
  });
});

describe('a log that was cut', () => {
  const max = 2_000;
  const note = expect.stringMatching(
    /^\[jm2: \d+ bytes of output were cut here by log\.max_size\]$/,
  ) as string;

  function cutLive(): void {
    write(numbered(1, 1_000));
    cutLog(directory, max);
    write('fresh\n', 'a');
  }

  it('reads as head, note, tail and what came since', () => {
    cutLive();
    const lines = texts(readLogFrom(directory, 0, false));
    expect(lines.slice(0, 2)).toEqual(['line 1', 'line 2']);
    expect(lines).toContainEqual(note);
    expect(lines.slice(-3)).toEqual(['line 999', 'line 1000', 'fresh']);
  });

  it('keeps positions, through the cut and through the end', () => {
    const content = numbered(1, 1_000);
    write(content);
    const before = readLogFrom(directory, content.indexOf('line 990\n'), false);
    cutLog(directory, max);
    const live = readLogFrom(directory, content.indexOf('line 990\n'), false);
    composeLog(directory, max);
    const final = readLogFrom(directory, content.indexOf('line 990\n'), true);
    expect(live).toEqual(before);
    expect(final).toEqual(before);
  });

  it('shows who was reading in the cut stretch the note and the tail', () => {
    cutLive();
    const page = readLogFrom(directory, 3_000, false);
    expect(texts(page)[0]).toEqual(note);
    expect(texts(page).at(-1)).toBe('fresh');
  });

  it('gives its last lines, and the note as a line when they reach that far', () => {
    cutLive();
    expect(texts(readLogEnd(directory, 2, false))).toEqual(['line 1000', 'fresh']);
    const all = texts(readLogFrom(directory, 0, false));
    for (const count of [all.length - 1, 115, 116, 117, 118, 150]) {
      expect(texts(readLogEnd(directory, count, false))).toEqual(all.slice(-count));
    }
  });
});
