// Where a character of a scalar's value stands in the text, through quotes and
// escapes, so that a wrong cron field is marked and not the whole line.
import type { Scalar } from 'yaml';

const escapeLengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

function inSingleQuotes(text: string, start: number, end: number, offset: number): number | null {
  let at = start + 1;
  for (let index = 0; index < offset; index += 1) {
    if (at >= end || text[at] === '\n') return null;
    at += text.startsWith("''", at) ? 2 : 1;
  }
  return at;
}

function inDoubleQuotes(text: string, start: number, end: number, offset: number): number | null {
  let at = start + 1;
  for (let index = 0; index < offset; index += 1) {
    // Over a line break, folding makes the count unsure.
    if (at >= end || text[at] === '\n') return null;
    if (text[at] !== '\\') at += 1;
    else at += escapeLengths[text[at + 1]!] ?? 2;
  }
  return at;
}

/** Null when the value runs over several lines in a way that hides where its parts stand. */
export function scalarOffset(text: string, node: Scalar, offset: number): number | null {
  const [start, end] = node.range!;
  const value = typeof node.value === 'string' ? node.value : node.source!;
  if (node.type === 'QUOTE_SINGLE') return inSingleQuotes(text, start, end, offset);
  if (node.type === 'QUOTE_DOUBLE') return inDoubleQuotes(text, start, end, offset);
  if (node.type === 'PLAIN') {
    return text.slice(start, start + value.length) === value ? start + offset : null;
  }
  // A block of one line stands in the text as it is, below its header.
  const line = value.trimEnd();
  if (line === '' || line.includes('\n')) return null;
  const at = text.indexOf(line, start);
  return at === -1 || at > end ? null : at + Math.min(offset, line.length);
}
