// Changes one setting in the text of a settings file and leaves every other byte
// alone: comments, order, quotes. What is right for a setting is judged by
// read-setting.ts; writing the file is left to the caller.
import { LineCounter, isMap, isScalar, parseDocument, stringify } from 'yaml';
import type { Document, Pair, YAMLMap } from 'yaml';

export type SettingsEdit =
  | { readonly kind: 'set'; readonly key: string; readonly value: string | number }
  | { readonly kind: 'unset'; readonly keys: readonly string[] }
  | { readonly kind: 'reset' };

export type EditedSettings =
  /** `removed`: keys that stood there and are gone. */
  | { readonly ok: true; readonly text: string; readonly removed: readonly string[] }
  /** `line` from 1. */
  | { readonly ok: false; readonly line: number; readonly problem: string };

export function editSettingsText(text: string, edit: SettingsEdit): EditedSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    return { ok: false, line: lines.linePos(error.pos[0]).line, problem: error.message };
  }
  const { contents } = document;
  if (contents !== null && !isMap(contents)) {
    return { ok: false, line: 1, problem: 'the file must hold keys and values' };
  }
  const present = contents === null ? [] : contents.items.map((pair) => nameOf(pair));
  const wanted = edit.kind === 'set' ? [] : edit.kind === 'unset' ? edit.keys : present;
  const removed = present.filter((name) => wanted.includes(name));
  const spliced = splice(text, contents, edit, removed);
  if (isAsMeant(spliced, document, edit, removed)) return { ok: true, text: spliced, removed };
  // JSON, flow style and the like: rewritten as a whole, comments kept where YAML has them.
  return { ok: true, text: rewritten(text, document, edit, removed), removed };
}

function splice(
  text: string,
  contents: YAMLMap | null,
  edit: SettingsEdit,
  removed: readonly string[],
): string {
  if (contents?.flow === true) return '';
  if (edit.kind !== 'set') {
    const pairs = (contents?.items ?? []).filter((pair) => removed.includes(nameOf(pair)));
    return pairs.reduceRight((rest, pair) => withoutLines(rest, pair), text);
  }
  const scalar = stringify(edit.value).trimEnd();
  const pair = contents?.items.find((candidate) => nameOf(candidate) === edit.key);
  if (pair === undefined) {
    const separator = text === '' || text.endsWith('\n') ? '' : '\n';
    return `${text}${separator}${edit.key}: ${scalar}\n`;
  }
  const range = isScalar(pair.value) ? pair.value.range : null;
  if (range === null || range === undefined) return '';
  const gap = range[0] === range[1] && text[range[0] - 1] === ':' ? ' ' : '';
  return `${text.slice(0, range[0])}${gap}${scalar}${text.slice(range[1])}`;
}

/** The lines of one entry; comments above it stay. */
function withoutLines(text: string, pair: Pair): string {
  const [from, keyEnd] = rangeOf(pair.key);
  const [, valueEnd] = rangeOf(pair.value);
  const start = text.lastIndexOf('\n', from) + 1;
  const newline = text.indexOf('\n', Math.max(keyEnd, valueEnd) - 1);
  return text.slice(0, start) + (newline === -1 ? '' : text.slice(newline + 1));
}

function rangeOf(node: unknown): readonly [number, number] {
  const range = (node as { range?: readonly [number, number, number] | null } | null)?.range;
  return range === null || range === undefined ? [0, 0] : [range[0], range[1]];
}

function isAsMeant(
  text: string,
  before: Document,
  edit: SettingsEdit,
  removed: readonly string[],
): boolean {
  const after = parseDocument(text);
  if (after.errors.length > 0) return false;
  const wanted = { ...(before.toJS() as Record<string, unknown> | null) };
  for (const key of removed) delete wanted[key];
  if (edit.kind === 'set') wanted[edit.key] = edit.value;
  const found = { ...(after.toJS() as Record<string, unknown> | null) };
  return JSON.stringify(found) === JSON.stringify(wanted);
}

function rewritten(
  text: string,
  document: Document,
  edit: SettingsEdit,
  removed: readonly string[],
): string {
  for (const key of removed) document.delete(key);
  if (edit.kind === 'set') document.set(edit.key, edit.value);
  return isJson(text) ? `${JSON.stringify(document.toJS(), null, 2)}\n` : document.toString();
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function nameOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}
