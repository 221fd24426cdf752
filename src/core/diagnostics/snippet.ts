// Cuts the lines to show around a place out of a source text and computes where
// the marks go. Colours and the rest of the message are left to render.ts.
import type { Range } from './diagnostic.ts';
import { escapeForTerminal } from './escape-for-terminal.ts';

/** One shown source line; `marks` stands under it, '' when nothing is marked. */
export interface SnippetLine {
  readonly number: number;
  readonly text: string;
  readonly marks: string;
}

const linesBefore = 2;
/** Cells of a source line, without what says that it goes on. */
const widthMax = 100;
const widthMin = 20;
const tabWidth = 4;
const ellipsis = '…';

/**
 * The lines of a text by number from 1, without their ends. Looks no further
 * than to the last line asked for: a large file is not cut up for one place.
 */
export class SourceLines {
  readonly #source: string;
  readonly #starts: number[] = [0];

  constructor(source: string) {
    this.#source = source;
  }

  /** Undefined beyond the end. */
  line(number: number): string | undefined {
    const source = this.#source;
    while (this.#starts.length <= number) {
      const end = source.indexOf('\n', this.#starts.at(-1));
      if (end === -1) break;
      this.#starts.push(end + 1);
    }
    const start = this.#starts[number - 1];
    if (start === undefined) return undefined;
    const next = this.#starts[number];
    return source.slice(start, next === undefined ? source.length : next - 1).replace(/\r$/, '');
  }
}

// The shown form of text in a line, so that its width tells where marks go.
function shown(text: string, column: number): string {
  let result = '';
  for (const part of text.split(/(\t)/)) {
    if (part === '\t') result += ' '.repeat(tabWidth - ((column + result.length) % tabWidth));
    else result += escapeForTerminal(part);
  }
  return result;
}

// Columns taken by text in a terminal: wide characters count twice, marks not at all.
function cells(text: string): number {
  let count = 0;
  for (const character of text) {
    if (/\p{M}|\u200d|\ufe0f/u.test(character)) continue;
    count +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return count;
}

/** Where a part of `line` ends that begins at `from` and takes at most `room` cells. */
function endWithin(line: string, from: number, room: number): number {
  let end = from;
  let left = room;
  for (const character of line.slice(from, from + 2 * room)) {
    left -= cells(character);
    if (left < 0) break;
    end += character.length;
  }
  return end;
}

interface Window {
  readonly from: number;
  readonly to: number;
  readonly room: number;
}

function markedLine(number: number, line: string, { from, to, room }: Window): SnippetLine {
  // A window around the marked place, when the line is longer than what is shown.
  const isLong = endWithin(line, 0, room) < line.length;
  const cut = isLong ? Math.max(0, from - Math.floor(room / 3)) : 0;
  const end = endWithin(line, cut, room);
  const head = cut > 0 ? ellipsis : '';
  const before = head + shown(line.slice(cut, from), head.length);
  const marked = shown(line.slice(from, Math.min(to, end)), before.length);
  const after = shown(line.slice(Math.min(to, end), end), before.length + marked.length);
  return {
    number,
    text: `${before}${marked}${after}${end < line.length ? ellipsis : ''}`,
    marks: ' '.repeat(cells(before)) + '^'.repeat(Math.max(1, cells(marked))),
  };
}

/**
 * Up to three lines: the marked one and two before it. A range over several
 * lines is marked to the end of its first line; `width` are the cells of a line, with
 * one for each end of it that may be cut. Null when the place lies
 * outside the source, which then is not the text that was judged.
 */
export function snippetOf(
  lines: SourceLines,
  range: Range,
  width: number = widthMax,
): readonly SnippetLine[] | null {
  const room = Math.max(widthMin, Math.min(widthMax, width));
  const { line: number, column } = range.start;
  const line = lines.line(number);
  if (line === undefined) return null;
  const result: SnippetLine[] = [];
  for (let n = Math.max(1, number - linesBefore); n < number; n += 1) {
    const text = lines.line(n) ?? '';
    const end = endWithin(text, 0, room);
    const windowed = end < text.length ? text.slice(0, end) + ellipsis : text;
    result.push({ number: n, text: shown(windowed, 0).trimEnd(), marks: '' });
  }
  const from = Math.min(column - 1, line.length);
  const to = range.end.line === number ? Math.max(range.end.column - 1, from + 1) : line.length;
  result.push(markedLine(number, line, { from, to: Math.max(to, from), room }));
  return result;
}
