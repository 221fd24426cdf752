// Sets, adds and takes out fields of one job. A value that fits on its line is
// replaced in place, so that comments and quotes beside it stay.
import { isCollection, isMap, isScalar } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';
import { intoBraces } from './add-job.ts';
import type { FieldEdits } from './edit-manifest.ts';
import { type Entry, endOfNode, endOfPair, extentOf, startOfKey } from './extents.ts';
import { nameOf, neededAnchor } from './find-jobs.ts';
import { removeFromFlow } from './remove-entry.ts';
import { indented, isFlow, renderField, renderFlow, renderScalar } from './render-field.ts';
import type { SourceText, Splice } from './source-text.ts';

export function setFields(
  source: SourceText,
  document: Document.Parsed,
  job: Entry,
  fields: FieldEdits,
): readonly Splice[] | string {
  const map = job.value;
  if (!isMap(map)) return 'the job is not a map';
  const splices: Splice[] = [];
  const added: [string, unknown][] = [];
  for (const [name, value] of Object.entries(fields)) {
    const own = (map.items as Entry[]).find(({ key }) => nameOf(key) === name);
    if (own === undefined) {
      if (value !== null) added.push([name, value]);
      continue;
    }
    const anchor = neededAnchor(document, own);
    if (anchor !== null) {
      return `its \`${name}\` holds the anchor "&${anchor}", which other parts of the file refer to`;
    }
    splices.push(...changeField(source, map, own, name, value));
  }
  if (added.length > 0)
    splices.push(...addFields(source, job, map as YAMLMap<Node, Node | null>, added));
  return splices;
}

function changeField(
  source: SourceText,
  map: YAMLMap,
  own: Entry,
  name: string,
  value: unknown,
): Splice[] {
  if (isFlow(map)) {
    if (value === null) return [removeFromFlow(map, own)];
    const to = endOfPair(own);
    // A text keeps its quotes: they are the author's.
    const isQuoted = typeof value === 'string' && source.text[own.value?.range?.[0] ?? to] === '"';
    const isJson = isQuoted || source.text[startOfKey(own)] === '"';
    return [{ from: own.value?.range?.[0] ?? to, to, text: renderFlow(value, isJson) }];
  }
  const extent = extentOf(source, own);
  if (value === null) return [source.replaceLines(extent.lead, extent.contentEnd, [])];
  const inPlace = replacedInPlace(source, own, value);
  if (inPlace !== null) return [inPlace];
  const lines = renderField(name, value, 2);
  return [source.replaceLines(extent.keyLine, extent.contentEnd, indented(lines, extent.indent))];
}

/** Null when the old or the new value needs lines of its own. */
function replacedInPlace(source: SourceText, own: Entry, value: unknown): Splice | null {
  const old = own.value;
  if (old === null) return null;
  if (isScalar(old) && (old.anchor !== undefined || old.tag !== undefined)) return null;
  if (isCollection(old) && (old.flow !== true || old.anchor !== undefined)) return null;
  const [from] = old.range!;
  const to = endOfNode(old);
  const isOneLine = from < to && !source.text.slice(from, to).includes('\n');
  if (!isOneLine || source.lineOf(from) !== source.lineOf(startOfKey(own))) return null;
  const scalar = renderScalar(value, old);
  if (scalar !== null) return { from, to, text: scalar };
  const [line = '', ...more] = renderField('x', value, 2);
  return more.length > 0 || !line.startsWith('x: ') ? null : { from, to, text: line.slice(3) };
}

function addFields(
  source: SourceText,
  job: Entry,
  map: YAMLMap<Node, Node | null>,
  added: readonly (readonly [string, unknown])[],
): Splice[] {
  if (isFlow(map)) {
    // One splice, as they all go to the same place.
    return [intoBraces(source, map, Object.fromEntries(added))];
  }
  const last = map.items.at(-1);
  const extent = last === undefined ? extentOf(source, job) : extentOf(source, last);
  const indent = last === undefined ? extent.indent + 2 : extent.indent;
  const lines = added.flatMap(([name, value]) => renderField(name, value, 2));
  return [source.insertAfter(extent.contentEnd, indented(lines, indent))];
}
