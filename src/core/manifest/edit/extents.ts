// Which lines belong to an entry of a block map: its own, the comments right
// above it, and deeper comments below it.
import { isCollection, isNode, isPair } from 'yaml';
import type { Node, Pair } from 'yaml';
import type { SourceText } from './source-text.ts';

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
    const last = node.items.at(-1);
    if (isPair(last)) {
      const { key, value } = last as Pair;
      if (isNode(value) && (value.range?.[1] ?? 0) > (value.range?.[0] ?? 0))
        return endOfNode(value);
      if (isNode(key)) return key.range?.[1] ?? 0;
    } else if (isNode(last)) {
      return endOfNode(last);
    }
  }
  return node.range?.[1] ?? 0;
}

export function startOfKey(pair: Pair): number {
  return isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
}

export function endOfPair(pair: Pair): number {
  const keyEnd = isNode(pair.key) ? (pair.key.range?.[1] ?? 0) : 0;
  return isNode(pair.value) ? Math.max(keyEnd, endOfNode(pair.value)) : keyEnd;
}

export function extentOf(source: SourceText, pair: Pair): Extent {
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
