// Changes of a manifest's text: a job comes, goes, or has fields set, with the
// smallest difference in the text. Whether the result is a good manifest is left
// to load-manifest.ts; what cannot be edited safely is refused in words.
import { isMap } from 'yaml';
import type { YAMLMap } from 'yaml';
import { addToBlock, addToFlow, beginJobs, emptyJobs, intoBraces } from './add-job.ts';
import { type Entry, extentOf, startOfKey } from './extents.ts';
import { findJobs, isReference, nameOf, neededAnchor, type FoundJobs } from './find-jobs.ts';
import { removeFromBlock, removeFromFlow, removeSection } from './remove-entry.ts';
import { indented, isFlow, renderField } from './render-field.ts';
import { setFields } from './set-fields.ts';
import { spliced, SourceText, type Splice } from './source-text.ts';

/** A field as the manifest writes it; null takes it out. */
export type FieldEdits = Readonly<Record<string, unknown>>;

export type ManifestEdit =
  | { readonly kind: 'add'; readonly name: string; readonly fields: FieldEdits }
  | { readonly kind: 'set'; readonly name: string; readonly fields: FieldEdits }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'remove'; readonly name: string }
  /** Gives a map at the top, such as `calendars`, an entry; one of that name is replaced. */
  | {
      readonly kind: 'declare';
      readonly section: string;
      readonly name: string;
      readonly value: unknown;
    }
  /** `text`: the job as `jobText` gave it, edited. */
  | { readonly kind: 'replace'; readonly name: string; readonly text: string };

export type EditedManifest =
  | { readonly ok: true; readonly text: string }
  /** A sentence on why the text was left as it is. */
  | { readonly ok: false; readonly problem: string };

const mark = '\ufeff';

/** `text` must be YAML; it may have no content at all. */
export function editManifest(text: string, edit: ManifestEdit): EditedManifest {
  const hasMark = text.startsWith(mark);
  const source = new SourceText(hasMark ? text.slice(1) : text);
  const found = findJobs(source.text);
  if (found.document.errors.length > 0) return refused('the file is not valid YAML');
  const name = newName(edit);
  const gone = name === null ? null : entryOf(found, 'removed', name);
  const splices = gone === null ? splicesFor(source, found, edit) : withdraw(source, found, gone);
  if (typeof splices === 'string') return refused(splices);
  const changed = (hasMark ? mark : '') + spliced(source.text, splices);
  // One after the other: the two may lie side by side.
  return gone === null ? { ok: true, text: changed } : editManifest(changed, edit);
}

/** Who gives a job a name that is said to be gone does not mean that any more. */
function newName(edit: ManifestEdit): string | null {
  if (edit.kind === 'add') return edit.name;
  return edit.kind === 'rename' ? edit.to : null;
}

interface SectionEntry {
  readonly section: Entry;
  readonly entry: Entry;
}

function entryOf({ top }: FoundJobs, name: string, key: string): SectionEntry | null {
  const section = (top?.items as Entry[] | undefined)?.find((one) => nameOf(one.key) === name);
  if (section === undefined || !isMap(section.value)) return null;
  const entry = (section.value.items as Entry[]).find((one) => nameOf(one.key) === key);
  return entry === undefined ? null : { section, entry };
}

/** Takes an entry out of a map at the top; the last one takes the map with it. */
function withdraw(
  source: SourceText,
  { document, top }: FoundJobs,
  { section, entry }: SectionEntry,
): readonly Splice[] | string {
  const map = section.value as YAMLMap;
  const goes = map.items.length > 1 ? entry : section;
  const anchor = neededAnchor(document, goes);
  if (anchor !== null) {
    return `\`${String(nameOf(section.key))}\` holds the anchor "&${anchor}", which other parts of the file refer to`;
  }
  if (goes === section) return removeSection(source, top!, section);
  return isFlow(map) ? [removeFromFlow(map, entry)] : removeFromBlock(source, section, entry);
}

function splicesFor(
  source: SourceText,
  found: FoundJobs,
  edit: ManifestEdit,
): readonly Splice[] | string {
  if (edit.kind === 'add') return add(source, found, edit.name, edit.fields);
  if (edit.kind === 'declare') {
    return declare(source, found, edit.section, { [edit.name]: edit.value });
  }
  const pair = found.jobs.get(edit.name);
  if (pair === undefined) return `it has no job "${edit.name}" of its own`;
  switch (edit.kind) {
    case 'remove':
      return remove(source, found, edit.name, pair);
    case 'set':
      if (isReference(pair)) return `the job "${edit.name}" is an alias of another one`;
      return setFields(source, found.document, pair, edit.fields);
    case 'rename': {
      const start = startOfKey(pair);
      const written = source.text.slice(start, start + edit.name.length);
      const at = written === edit.name ? start : start + 1;
      return [{ from: at, to: at + edit.name.length, text: edit.to }];
    }
    case 'replace': {
      if (isFlow(found.pair?.value)) return 'its jobs are written in braces';
      const extent = extentOf(source, pair);
      const lines = edit.text.replace(/\r\n/g, '\n').trimEnd().split('\n');
      return [source.replaceLines(extent.lead, extent.last, indented(lines, extent.indent))];
    }
  }
}

function add(
  source: SourceText,
  found: FoundJobs,
  name: string,
  fields: FieldEdits,
): readonly Splice[] | string {
  if (found.jobs.has(name)) return `it has a job "${name}" already`;
  const { top, pair } = found;
  if (found.document.contents !== null && top === null) return 'it is not a map';
  if (top === null || pair === null || isFlow(top)) {
    return top !== null && isFlow(top)
      ? addToFlow(source, top, pair, name, fields)
      : beginJobs(source, top, name, fields);
  }
  const jobs = pair.value;
  if (isReference(pair)) return '`jobs` is an alias';
  if (!isMap(jobs) || jobs.items.length === 0) return emptyJobs(source, pair, name, fields);
  return isFlow(jobs)
    ? addToFlow(source, top, pair, name, fields)
    : addToBlock(source, jobs.items as Entry[], name, fields);
}

/** A section that is not there yet comes before the jobs. */
function declare(
  source: SourceText,
  { document, top, pair }: FoundJobs,
  section: string,
  entries: FieldEdits,
): readonly Splice[] | string {
  if (top === null || pair === null) return 'it has no `jobs`';
  const own = (top.items as Entry[]).find(({ key }) => nameOf(key) === section);
  if (own !== undefined) {
    if (isReference(own)) return `its \`${section}\` is an alias`;
    return isMap(own.value)
      ? setFields(source, document, own, entries)
      : `its \`${section}\` is not a map`;
  }
  if (isFlow(top)) return [intoBraces(source, top, { [section]: entries })];
  const at = source.startOf(extentOf(source, pair).lead);
  const inner = Object.entries(entries).flatMap(([name, value]) => renderField(name, value, 2));
  const lines = [`${section}:`, ...indented(inner, 2)].map((line) => line + source.newline);
  return [{ from: at, to: at, text: lines.join('') }];
}

function remove(
  source: SourceText,
  found: FoundJobs,
  name: string,
  job: Entry,
): readonly Splice[] | string {
  const { document } = found;
  const jobs = found.pair!.value as YAMLMap;
  const anchor = neededAnchor(document, job);
  if (anchor !== null) {
    return `the job "${name}" holds the anchor "&${anchor}", which other parts of the file refer to`;
  }
  return isFlow(jobs) ? [removeFromFlow(jobs, job)] : removeFromBlock(source, found.pair!, job);
}

/** The job as it stands in the file, moved to the left margin; null when it stands in braces. */
export function jobText(text: string, name: string): string | null {
  const source = new SourceText(text.startsWith(mark) ? text.slice(1) : text);
  const found = findJobs(source.text);
  const pair = found.jobs.get(name);
  if (pair === undefined || isFlow(found.pair?.value)) return null;
  const { lead, last, indent } = extentOf(source, pair);
  const lines: string[] = [];
  for (let line = lead; line <= last; line += 1) lines.push(source.line(line).slice(indent));
  return `${lines.join('\n')}\n`;
}

function refused(problem: string): EditedManifest {
  return { ok: false, problem };
}
