// Sentences broken between words where a terminal is narrow; a pipe gets them whole.
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../terminal.ts';

/** Every line begins with the indent; a word longer than the line stays whole. */
export function wrapped(
  text: string,
  indent: string,
  terminal: Pick<Terminal, 'width' | 'cells'>,
): string {
  const width = Math.max(20, terminal.width - indent.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && cellsOf(longer, terminal) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines.map((one) => indent + one).join('\n');
}

/**
 * The text behind its label, further lines under its beginning; below the label where
 * a word of it would not fit beside it.
 */
export function hanging(label: string, text: string, terminal: Terminal): string {
  const width = cellsOf(label, terminal);
  const leading = label.length - label.trimStart().length;
  const longest = Math.max(...text.split(' ').map((word) => cellsOf(word, terminal)));
  if (width + longest > terminal.width) {
    return `${label.trimEnd()}\n${wrapped(text, ' '.repeat(leading + 2), terminal)}`.replaceAll(
      glue,
      ' ',
    );
  }
  return (label + wrapped(text, ' '.repeat(width), terminal).slice(width)).replaceAll(glue, ' ');
}

export function hangingLines(label: string, text: string, terminal: Terminal): string[] {
  return hanging(label, text, terminal).split('\n');
}

/** A page in Markdown: its sentences are broken between words, its code is left as it is. */
export function foldedPage(page: string, terminal: Terminal): string {
  let isCode = false;
  return page
    .split('\n')
    .map((line) => {
      if (line.startsWith('```')) isCode = !isCode;
      if (isCode) return line;
      const [lead = ''] = /^(?: *(?:[-*]|\d+\.) )?/.exec(line) ?? [];
      return hanging(lead, line.slice(lead.length), terminal);
    })
    .join('\n');
}

/** Takes one cell as a blank does, but no line is broken there. */
const glue = '\u00a0';

/** Words that `hanging` keeps on one line. */
export function glued(text: string): string {
  return text.replaceAll(' ', glue);
}

export function unglued(line: string): string {
  return line.replaceAll(glue, ' ');
}

/** Colour takes no room. */
export function cellsOf(text: string, terminal: Pick<Terminal, 'cells'>): number {
  return terminal.cells(stripVTControlCharacters(text));
}
