// A new job behind the last one, in the style of the others: their indentation,
// blank lines between them, braces or none.
import { isMap } from 'yaml';
import type { Node, YAMLMap } from 'yaml';
import type { FieldEdits } from './edit-manifest.ts';
import { type Entry, endOfPair, extentOf, startOfKey } from './extents.ts';
import { indented, isFlow, renderFields, renderFlow } from './render-field.ts';
import type { SourceText, Splice } from './source-text.ts';

const stepDefault = 2;

function jobLines(name: string, fields: FieldEdits, indent: number, step: number): string[] {
  return indented([`${name}:`, ...indented(renderFields(fields, step), step)], indent);
}

/** Behind the last of `items`: a block map that has at least one. */
export function addToBlock(
  source: SourceText,
  items: readonly Entry[],
  name: string,
  fields: FieldEdits,
): readonly Splice[] | string {
  const last = items.at(-1)!;
  const extent = extentOf(source, last);
  const before = source.text.slice(source.startOf(extent.keyLine), startOfKey(last));
  if (before.trim() !== '') return 'its last job begins in the middle of a line';
  const step = stepOf(source, items) ?? stepDefault;
  const lines = jobLines(name, fields, extent.indent, step);
  return [source.insertAfter(extent.last, isSpaced(source, items) ? ['', ...lines] : lines)];
}

/** Jobs stand apart by blank lines: seen at the last two, or guessed from the length of one. */
function isSpaced(source: SourceText, items: readonly Entry[]): boolean {
  const extent = extentOf(source, items.at(-1)!);
  if (items.length > 1) return source.isBlank(extent.lead - 1);
  return extent.contentEnd > extent.keyLine;
}

/** How much deeper than its name a job's fields stand. */
function stepOf(source: SourceText, items: readonly Entry[]): number | null {
  for (const item of items.toReversed()) {
    if (!isMap(item.value) || isFlow(item.value)) continue;
    // A map without braces has at least one entry, deeper than its key.
    const first = item.value.items[0] as Entry;
    return extentOf(source, first).indent - extentOf(source, item).indent;
  }
  return null;
}

/** Where `jobs` is there and holds nothing, or `{}`. */
export function emptyJobs(
  source: SourceText,
  jobs: Entry,
  name: string,
  fields: FieldEdits,
): readonly Splice[] | string {
  const extent = extentOf(source, jobs);
  const colon = source.text.indexOf(':', jobs.key.range![1]);
  const value = source.text.slice(colon + 1, Math.max(colon + 1, endOfPair(jobs)));
  if (colon === -1 || !/^\s*(\{\s*\}|~|null)?$/.test(value)) {
    return '`jobs` holds something that is no job';
  }
  const indent = extent.indent + stepDefault;
  const insert = source.insertAfter(
    source.lineOf(Math.max(colon, endOfPair(jobs) - 1)),
    jobLines(name, fields, indent, stepDefault),
  );
  return value.trim() === ''
    ? [insert]
    : [{ from: colon + 1, to: colon + 1 + value.length, text: '' }, insert];
}

/** Where there are no `jobs` yet, perhaps nothing at all. */
export function beginJobs(
  source: SourceText,
  top: YAMLMap<Node, Node | null> | null,
  name: string,
  fields: FieldEdits,
): readonly Splice[] {
  const lines = ['jobs:', ...jobLines(name, fields, stepDefault, stepDefault)];
  const last = top?.items.at(-1);
  if (last === undefined) {
    const whole = ['version: 1', ...lines];
    const { lineCount } = source;
    return lineCount === 0
      ? [
          {
            from: 0,
            to: source.text.length,
            text: `${whole.join(source.newline)}${source.newline}`,
          },
        ]
      : [source.insertAfter(lineCount - 1, whole)];
  }
  const extent = extentOf(source, last);
  return [source.insertAfter(extent.last, indented(lines, extent.indent))];
}

/** Within braces: what is JSON is YAML there. */
export function addToFlow(
  source: SourceText,
  top: YAMLMap<Node, Node | null>,
  jobs: Entry | null,
  name: string,
  fields: FieldEdits,
): readonly Splice[] | string {
  if (jobs === null) return [intoBraces(source, top, { jobs: { [name]: fields } })];
  if (!isMap(jobs.value) || !isFlow(jobs.value)) return '`jobs` is not a map in braces';
  return [intoBraces(source, jobs.value as YAMLMap<Node, Node | null>, { [name]: fields })];
}

/** Further entries of a map in braces, each on a line of its own where the others have one. */
export function intoBraces(
  source: SourceText,
  map: YAMLMap<Node, Node | null>,
  added: Readonly<Record<string, unknown>>,
): Splice {
  const last = map.items.at(-1);
  const isQuoted = last !== undefined && source.text[startOfKey(last)] === '"';
  const isJson = isQuoted || (last === undefined && source.text.trimStart().startsWith('{'));
  const entries = Object.entries(added).map(
    ([key, value]) => `${isJson ? JSON.stringify(key) : key}: ${renderFlow(value, isJson)}`,
  );
  const close = map.range![1] - 1;
  if (last === undefined) return { from: map.range![0] + 1, to: close, text: entries.join(', ') };
  const at = endOfPair(last);
  const line = source.lineOf(startOfKey(last));
  const lead = source.text.slice(source.startOf(line), startOfKey(last));
  const gap = lead.trim() === '' ? `${source.newline}${lead}` : ' ';
  const hasComma = source.text.slice(at, close).trimStart().startsWith(',');
  const text = entries.map((entry) => (hasComma ? `${gap}${entry},` : `,${gap}${entry}`)).join('');
  const behind = hasComma ? source.text.indexOf(',', at) + 1 : at;
  return { from: behind, to: behind, text };
}
