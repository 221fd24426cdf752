// Offsets of a text as lines and columns.
import type { Position, Range } from '../../diagnostics/diagnostic.ts';

/** Finds positions of one text. Lines end with LF or CRLF, as YAML and editors count them. */
export class Positions {
  readonly #starts: number[] = [0];
  readonly #length: number;

  constructor(text: string) {
    this.#length = text.length;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  at(offset: number): Position {
    const bounded = Math.max(0, Math.min(offset, this.#length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= bounded) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: bounded - this.#starts[low]! + 1 };
  }

  range(start: number, end: number): Range {
    return { start: this.at(start), end: this.at(Math.max(start, end)) };
  }
}
