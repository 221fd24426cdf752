// A text by lines and offsets, and changes of it as splices, so that an edit
// leaves every byte alone that it does not mean.

/** Replaces [from, to) by `text`. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export class SourceText {
  readonly text: string;
  /** As the first line ends. */
  readonly newline: '\n' | '\r\n';
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.#starts.push(at + 1);
    }
    const first = text.indexOf('\n');
    this.newline = first > 0 && text[first - 1] === '\r' ? '\r\n' : '\n';
  }

  /** Lines from 0; a text that ends with a newline has no line behind it. */
  get lineCount(): number {
    const last = this.#starts.at(-1)!;
    return last === this.text.length ? this.#starts.length - 1 : this.#starts.length;
  }

  lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  startOf(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** Behind the newline of the line. */
  endOf(line: number): number {
    return this.#starts[line + 1] ?? this.text.length;
  }

  /** Without its newline. */
  line(line: number): string {
    return this.text.slice(this.startOf(line), this.endOf(line)).replace(/\r?\n$/, '');
  }

  isBlank(line: number): boolean {
    return line >= 0 && line < this.lineCount && this.line(line).trim() === '';
  }

  isComment(line: number): boolean {
    return line >= 0 && line < this.lineCount && this.line(line).trimStart().startsWith('#');
  }

  /** Number of spaces before the content of a line. */
  indentOf(line: number): number {
    const content = this.line(line);
    return content.length - content.trimStart().length;
  }

  /** Whole lines behind the given one; the file keeps its last newline, or its lack of one. */
  insertAfter(line: number, lines: readonly string[]): Splice {
    const at = this.endOf(line);
    const isOpen = at > 0 && this.text[at - 1] !== '\n';
    const text = lines.join(this.newline);
    return {
      from: at,
      to: at,
      text: isOpen ? `${this.newline}${text}` : `${text}${this.newline}`,
    };
  }

  /** Whole lines, both included. */
  replaceLines(first: number, last: number, lines: readonly string[]): Splice {
    const to = this.endOf(last);
    const isOpen = to > 0 && this.text[to - 1] !== '\n';
    const start = this.startOf(first);
    if (lines.length > 0) {
      const text = lines.join(this.newline);
      return { from: start, to, text: isOpen ? text : `${text}${this.newline}` };
    }
    // The newline before goes too where the file ends without one.
    const from = isOpen && start > 0 ? start - this.#newlineLength(start) : start;
    return { from, to, text: '' };
  }

  #newlineLength(lineStart: number): number {
    return this.text[lineStart - 2] === '\r' ? 2 : 1;
  }
}

/** The splices must not overlap. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = text;
  for (const { from, to, text: inserted } of splices.toSorted(
    (a, b) => b.from - a.from || b.to - a.to,
  )) {
    result = result.slice(0, from) + inserted + result.slice(to);
  }
  return result;
}
