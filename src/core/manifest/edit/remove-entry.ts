// Takes an entry out of a map, with the comments right above it and the blank
// line that set it apart, so that the others stand as if it had never been there.
import type { YAMLMap } from 'yaml';
import { type Entry, endOfPair, extentOf, startOfKey } from './extents.ts';
import type { SourceText, Splice } from './source-text.ts';

/** `parent` is the entry whose block map holds it. */
export function removeFromBlock(
  source: SourceText,
  parent: Entry,
  entry: Entry,
): readonly Splice[] | string {
  const extent = extentOf(source, entry);
  const before = source.text.slice(source.startOf(extent.keyLine), startOfKey(entry));
  if (before.trim() !== '') return 'it begins in the middle of a line';
  if ((parent.value as YAMLMap).items.length > 1) {
    const parentLine = extentOf(source, parent).keyLine;
    const { first, end } = withBlankLine(source, extent.lead, extent.last, parentLine);
    return [source.replaceLines(first, end, [])];
  }
  // A map with nothing in it is no map.
  const removal = source.replaceLines(extent.lead, extent.last, []);
  const colon = source.text.indexOf(':', parent.key.range![1]) + 1;
  return [{ from: colon, to: colon, text: ' {}' }, removal];
}

/** A whole section of the manifest. */
export function removeSection(source: SourceText, top: YAMLMap, section: Entry): readonly Splice[] {
  if (top.flow === true) return [removeFromFlow(top, section)];
  const { lead, last } = extentOf(source, section);
  const { first, end } = withBlankLine(source, lead, last, -1);
  return [source.replaceLines(first, end, [])];
}

/** One blank line goes along: the one above, or for the first entry the one below. */
function withBlankLine(
  source: SourceText,
  first: number,
  last: number,
  parentLine: number,
): { first: number; end: number } {
  const isEndBelow = last + 1 >= source.lineCount || source.isBlank(last + 1);
  const isLastOfMap =
    !isEndBelow && source.indentOf(last + 1) < source.indentOf(Math.max(first, parentLine + 1));
  if (source.isBlank(first - 1) && (isEndBelow || isLastOfMap))
    return { first: first - 1, end: last };
  if (first - 1 === parentLine && source.isBlank(last + 1)) return { first, end: last + 1 };
  return { first, end: last };
}

/** In braces: with the comma that set it apart. */
export function removeFromFlow(map: YAMLMap, entry: Entry): Splice {
  const items = map.items as Entry[];
  const at = items.indexOf(entry);
  const next = items[at + 1];
  const previous = items[at - 1];
  if (next !== undefined) return { from: startOfKey(entry), to: startOfKey(next), text: '' };
  if (previous !== undefined) {
    return { from: endOfPair(previous), to: endOfPair(entry), text: '' };
  }
  const [from, to] = map.range!;
  return { from: from + 1, to: to - 1, text: '' };
}
