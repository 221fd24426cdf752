// Values that stand on one line, in the part of YAML that nearly all manifests are
// written in: plain and quoted scalars, lists and maps between brackets. Whatever is
// beyond it, or may be read in two ways, is left to the YAML library by `Unusual`.
import { forbiddenKeys, isSurprisingText } from './to-value.ts';

/** Not within what is read here: the library decides what it means, or what is wrong. */
export class Unusual extends Error {}

/** Between brackets; far below what the library's own bound on nesting forbids. */
const nestingMax = 8;
/** A key may have 1,024 characters. */
const keyMax = 1_000;

const word = /[A-Za-z0-9_][A-Za-z0-9_./-]*/y;
/** What begins a plain scalar in any place; a dash is looked at for itself. */
const indicator = /[-?:,[\]{}#&*!|>'"%@`~\t]/;
/** Anything that could be a number of some kind, or nearly. */
const numberLike = /^[-+.]?[0-9][-+_.:0-9a-fox]*$|^[-+]?\.(?:inf|nan)$/i;
const integer = /^(?:0|-?[1-9][0-9]{0,14})$/;
/** Escapes that JSON has as well, with the same meaning. */
const jsonEscapes = /^(?:[^\\]|\\["\\/bfnrt])*$/;

const words: ReadonlyMap<string, boolean | null> = new Map([
  ...['true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['false', 'False', 'FALSE'].map((text) => [text, false] as const),
  ...['null', 'Null', 'NULL'].map((text) => [text, null] as const),
]);

/** A value and the place behind it. */
export interface Read {
  readonly value: unknown;
  readonly end: number;
}

/** The key at `at`, with the place behind its colon. */
export function readKey(text: string, at: number, end: number): { key: string; end: number } {
  const quote = text[at];
  let key: string;
  let behind: number;
  if (quote === '"' || quote === "'") {
    ({ value: key, end: behind } = readQuoted(text, at, end));
  } else {
    word.lastIndex = at;
    key = word.exec(text)?.[0] ?? '';
    behind = at + key.length;
  }
  const isEnded = behind + 1 >= end || text[behind + 1] === ' ';
  if (behind === at || text[behind] !== ':' || behind >= end || !isEnded || behind - at > keyMax) {
    throw new Unusual();
  }
  return { key, end: behind + 1 };
}

/** True where a word and its colon begin a map, as behind the dash of a list. */
export function isKeyAt(text: string, at: number): boolean {
  word.lastIndex = at;
  const behind = at + (word.exec(text)?.[0].length ?? 0);
  const next = text[behind + 1];
  return (
    behind > at && text[behind] === ':' && (next === ' ' || next === '\n' || next === undefined)
  );
}

/** Adds an own entry to a map without a prototype; a second one of the same name is unusual. */
export function addEntry(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key in map || forbiddenKeys.has(key)) throw new Unusual();
  map[key] = value;
}

/** The value that takes the rest of the line from `at`, up to a comment. */
export function readRest(text: string, at: number, end: number): unknown {
  const first = text[at];
  if (first === '"' || first === "'" || first === '[' || first === '{') {
    const read =
      first === '"' || first === "'" ? readQuoted(text, at, end) : readFlow(text, at, end, 0);
    if (!isBlankOrComment(text, read.end, end)) throw new Unusual();
    return read.value;
  }
  const line = text.slice(at, end);
  const comment = line.indexOf(' #');
  const plain = withoutBlanks(comment === -1 ? line : line.slice(0, comment));
  if (plain.includes(': ') || plain.endsWith(':')) throw new Unusual();
  return plainValue(plain);
}

/** True when nothing follows but blanks, and perhaps a comment behind one. */
export function isBlankOrComment(text: string, at: number, end: number): boolean {
  let next = at;
  while (next < end && text[next] === ' ') next += 1;
  return next === end || (text[next] === '#' && next > at);
}

function readQuoted(text: string, at: number, end: number): { value: string; end: number } {
  const quote = text[at] ?? '';
  let close = at + 1;
  for (;;) {
    close = text.indexOf(quote, close);
    if (close === -1 || close >= end) throw new Unusual();
    if (quote === "'" && text[close + 1] === "'") close += 2;
    else if (quote === '"' && isEscaped(text, at, close)) close += 1;
    else break;
  }
  const inner = text.slice(at + 1, close);
  if (inner.includes('\t')) throw new Unusual();
  if (quote === "'") return { value: inner.replaceAll("''", "'"), end: close + 1 };
  if (!inner.includes('\\')) return { value: inner, end: close + 1 };
  if (!jsonEscapes.test(inner)) throw new Unusual();
  return { value: JSON.parse(`"${inner}"`) as string, end: close + 1 };
}

/** An odd number of backslashes stands before it. */
function isEscaped(text: string, from: number, at: number): boolean {
  let before = at;
  while (before - 1 > from && text[before - 1] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}

function readFlow(text: string, at: number, end: number, depth: number): Read {
  if (depth >= nestingMax) throw new Unusual();
  const close = text[at] === '[' ? ']' : '}';
  const list: unknown[] = [];
  const map = Object.create(null) as Record<string, unknown>;
  let next = skipBlanks(text, at + 1, end);
  while (text[next] !== close || list.length > 0) {
    if (close === ']') {
      const item = readInFlow(text, next, end, depth);
      list.push(item.value);
      next = item.end;
    } else {
      const { key, end: behind } = readKey(text, next, end);
      const item = readInFlow(text, skipBlanks(text, behind, end), end, depth);
      addEntry(map, key, item.value);
      list.push(null);
      next = item.end;
    }
    next = skipBlanks(text, next, end);
    if (text[next] === close) break;
    if (text[next] !== ',') throw new Unusual();
    next = skipBlanks(text, next + 1, end);
  }
  return { value: close === ']' ? list : map, end: next + 1 };
}

/** The line ends before the bracket is closed: that is not read here. */
function skipBlanks(text: string, at: number, end: number): number {
  let next = at;
  while (next < end && text[next] === ' ') next += 1;
  if (next >= end) throw new Unusual();
  return next;
}

function readInFlow(text: string, at: number, end: number, depth: number): Read {
  const first = text[at];
  if (first === '"' || first === "'") return readQuoted(text, at, end);
  if (first === '[' || first === '{') return readFlow(text, at, end, depth + 1);
  let next = at;
  for (; next < end; next += 1) {
    const character = text[next];
    if (character === ',' || character === ']' || character === '}') break;
    if (character === '[' || character === '{' || character === '#') throw new Unusual();
    if (character === ':' && /[\s,[\]{}]/.test(text[next + 1] ?? ' ')) throw new Unusual();
  }
  if (next >= end) throw new Unusual();
  return { value: plainValue(withoutBlanks(text.slice(at, next))), end: next };
}

/** Blanks are spaces here; what JavaScript takes for blank besides may be meant. */
function withoutBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 32) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

/** Without quotes: a word of YAML, a number, or the text itself. */
function plainValue(plain: string): unknown {
  const first = plain[0];
  if (first === undefined || plain.includes('\t')) throw new Unusual();
  if (indicator.test(first) && !(first === '-' && /^-[^\s,[\]{}]/.test(plain))) throw new Unusual();
  const known = words.get(plain);
  if (known !== undefined) return known;
  if (integer.test(plain)) return Number(plain);
  if (numberLike.test(plain) || isSurprisingText(plain)) throw new Unusual();
  return plain;
}
