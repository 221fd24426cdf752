// Which lines belong to an entry of a block map: its own, the comments right
// above it, and deeper comments below it.
import { isCollection, isPair } from 'yaml';
import type { Node, Pair } from 'yaml';
import type { SourceText } from './source-text.ts';

/** Of a parsed text: its key has a place, and is there even where nothing is written. */
export type Entry = Pair<Node, Node | null>;

export interface Extent {
  /** The first of the comments right above the key; the key's own line without any. */
  readonly lead: number;
  readonly keyLine: number;
  /** Column of the key, from 0. */
  readonly indent: number;
  /** Last line with content. */
  readonly contentEnd: number;
  /** The same, with deeper comments that follow. */
  readonly last: number;
}

/** Offset behind the last character of a node's content. */
export function endOfNode(node: Node): number {
  if (isCollection(node) && node.flow !== true && node.items.length > 0) {
    const last = node.items.at(-1) as Entry | Node;
    return isPair(last) ? endOfPair(last as Entry) : endOfNode(last);
  }
  return node.range![1];
}

export function startOfKey({ key }: Entry): number {
  return key.range![0];
}

export function endOfPair({ key, value }: Entry): number {
  return value === null ? key.range![1] : Math.max(key.range![1], endOfNode(value));
}

export function extentOf(source: SourceText, pair: Entry): Extent {
  const start = startOfKey(pair);
  const keyLine = source.lineOf(start);
  const indent = start - source.startOf(keyLine);
  const end = source.text.slice(0, endOfPair(pair)).trimEnd().length;
  const contentEnd = Math.max(keyLine, source.lineOf(Math.max(start, end - 1)));
  let last = contentEnd;
  for (let line = contentEnd + 1; line < source.lineCount; line += 1) {
    if (source.isBlank(line)) continue;
    if (!source.isComment(line) || source.indentOf(line) <= indent) break;
    last = line;
  }
  let lead = keyLine;
  while (source.isComment(lead - 1) && source.indentOf(lead - 1) === indent) lead -= 1;
  return { lead, keyLine, indent, contentEnd, last };
}
