// One line of the screen: words with styles, cut to what fits. Foreign text must
// have been made harmless before.
import type { Style, Terminal } from '../terminal.ts';
import { pad, shorten } from '../views/table.ts';

export interface Span {
  readonly text: string;
  readonly style?: Style | null;
}

export type Line = readonly (Span | string)[];

/** At most as wide as the terminal. */
export function drawn(line: Line, terminal: Terminal, width = terminal.width): string {
  let room = width;
  let text = '';
  for (const part of line) {
    if (room <= 0) break;
    const span = typeof part === 'string' ? { text: part } : part;
    const cut = shorten(span.text, room, terminal);
    room -= terminal.cells(cut);
    text += span.style ? terminal.style(span.style, cut) : cut;
    if (cut !== span.text) break;
  }
  return text;
}

/** The second part at the right edge; it goes first where there is no room for both. */
export function drawnApart(left: Line, right: Line, terminal: Terminal): string {
  const gap = terminal.width - cellsOf(left, terminal) - cellsOf(right, terminal);
  if (gap >= 2) return drawn([...left, ' '.repeat(gap), ...right], terminal);
  const room = terminal.width - cellsOf(right, terminal) - 2;
  if (room < 20) return drawn(left, terminal);
  const cut = drawn(left, terminal, room);
  const used = Math.min(room, cellsOf(left, terminal));
  return `${cut}${' '.repeat(room + 2 - used)}${drawn(right, terminal)}`;
}

export function cellsOf(line: Line, terminal: Terminal): number {
  return line.reduce(
    (sum, part) => sum + terminal.cells(typeof part === 'string' ? part : part.text),
    0,
  );
}

/** Exactly so wide. */
export function fitted(text: string, width: number, terminal: Terminal): string {
  return pad(shorten(text, width, terminal), width, terminal);
}

/** A line broken wherever the width ends, at most into `piecesMax`. */
export function broken(
  text: string,
  width: number,
  piecesMax: number,
  terminal: Terminal,
): string[] {
  if (terminal.cells(text) <= width) return [text];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const cells = terminal.cells(segment);
    if (used + cells > width && piece !== '') {
      pieces.push(piece);
      if (pieces.length >= piecesMax) return pieces;
      piece = '';
      used = 0;
    }
    piece += segment;
    used += cells;
  }
  return [...pieces, piece];
}
