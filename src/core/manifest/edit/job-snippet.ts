// One job as it is written, ready to be pasted below `jobs:` of another
// manifest: with its comments, or written anew where it leans on other parts.
import { isAlias, isMap, isNode, isScalar, visit } from 'yaml';
import { type Entry, extentOf } from './extents.ts';
import { findJobs, writtenFields } from './find-jobs.ts';
import { indented, isFlow, renderFields } from './render-field.ts';
import { SourceText } from './source-text.ts';

const step = 2;

/** Null when the text has no such job. The lines are indented as below `jobs:`. */
export function jobSnippet(text: string, name: string): string | null {
  const source = new SourceText(text.replace(/^\ufeff/, ''));
  const pair = findJobs(source.text).jobs.get(name);
  if (pair === undefined) return null;
  if (standsAlone(pair)) return asWritten(source, pair);
  const fields = writtenFields(text, name);
  if (fields === null) return null;
  const lines = [`${JSON.stringify(name)}:`, ...indented(renderFields(fields, step), step)];
  const plain = /^[a-z][a-z0-9._-]*$/.test(name) ? [`${name}:`, ...lines.slice(1)] : lines;
  return `${indented(plain, step).join('\n')}\n`;
}

/** True for a job whose lines mean the same elsewhere, as far as they tell. */
export function leansOnNothing(text: string, name: string): boolean {
  const pair = findJobs(text.replace(/^\ufeff/, '')).jobs.get(name);
  return pair !== undefined && !refersElsewhere(pair);
}

/** A block of lines of its own, without a reference to an anchor. */
function standsAlone(pair: Entry): boolean {
  const { value } = pair;
  return isMap(value) && !isFlow(value) && value.items.length > 0 && !refersElsewhere(pair);
}

function refersElsewhere({ value }: Entry): boolean {
  if (value === null) return false;
  let refers = false;
  visit(value, {
    Pair(_at, { key }) {
      if (isScalar(key) && key.value === '<<') refers = true;
    },
    Node(_at, node) {
      if (isAlias(node)) refers = true;
      if (isNode(node) && 'anchor' in node && node.anchor !== undefined) refers = true;
    },
  });
  return refers;
}

function asWritten(source: SourceText, pair: Entry): string {
  const { lead, last, indent } = extentOf(source, pair);
  const lines: string[] = [];
  for (let line = lead; line <= last; line += 1) {
    const written = source.line(line);
    const isDeep = written.slice(0, indent).trim() === '';
    lines.push(isDeep ? written.slice(indent) : written.trimStart());
  }
  return `${indented(lines, step).join('\n').trimEnd()}\n`;
}
