// Hiding secret values in text that is shown: which spellings of a value are
// looked for, and where they are. Best effort: a value that a program turned
// into something else is not found.
import { maskedValue } from './secrets.ts';

/** Shorter values are not looked for: `true` or `1234` would hide half of an output. */
const valueLengthMin = 6;
/** Nor are shorter parts and other spellings of one, which are words of any text. */
const spellingLengthMin = 8;
/** Of one value: leaves of a JSON document, or lines of a key. */
const partsMax = 200;

/**
 * The spellings under which a value may be printed: as it is, each of its lines,
 * each text of a JSON document, as a JSON string, in a URL, in hexadecimal, in
 * base64 (also as a part of something longer, such as `user:password`). Longest first.
 */
export function spellingsOf(value: string): string[] {
  if (value.length < valueLengthMin) return [];
  const found = new Set<string>([value, ...partsOf(value)]);
  found.add(JSON.stringify(value).slice(1, -1));
  const inUrl = encoded(value);
  found.add(inUrl);
  found.add(inUrl.replaceAll('%20', '+'));
  found.add(inUrl.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  const bytes = new TextEncoder().encode(value);
  const inHex = hex(bytes);
  found.add(inHex);
  found.add(inHex.toUpperCase());
  for (const text of inBase64(bytes)) {
    found.add(text);
    found.add(text.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...found]
    .filter((text) => text === value || text.length >= spellingLengthMin)
    .toSorted((a, b) => b.length - a.length);
}

function partsOf(value: string): string[] {
  const lines = value.includes('\n') ? value.split(/\r?\n/).map((line) => line.trim()) : [];
  return [...lines, ...leavesOf(value)].slice(0, partsMax);
}

function leavesOf(value: string): string[] {
  if (!/^\s*[[{]/.test(value)) return [];
  const leaves: string[] = [];
  const walk = (node: unknown, depth: number): void => {
    if (leaves.length >= partsMax || depth > 16) return;
    if (typeof node === 'string') leaves.push(node);
    else if (typeof node === 'object' && node !== null) {
      for (const inner of Object.values(node)) walk(inner, depth + 1);
    }
  };
  try {
    walk(JSON.parse(value), 0);
  } catch {
    // It only begins like JSON.
  }
  return leaves;
}

function encoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    // Half of a surrogate pair: no URL can hold it.
    return value;
  }
}

/**
 * The value in base64, whole, and what is left of it at each of the three places
 * where it can stand in something longer: only characters that the neighbours do
 * not touch.
 */
function inBase64(bytes: Uint8Array): string[] {
  const whole = base64(bytes);
  const texts = [whole, whole.replace(/=+$/, '')];
  for (let before = 0; before < 3; before += 1) {
    const shifted = new Uint8Array(before + bytes.length);
    shifted.set(bytes, before);
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor((shifted.length * 8) / 6);
    texts.push(base64(shifted).slice(from, to));
  }
  return texts;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** From inclusive, to exclusive. */
export interface HiddenRange {
  readonly from: number;
  readonly to: number;
}

/** Where any of the spellings stands; ranges that overlap are one. In order. */
function findHidden(text: string, spellings: readonly string[]): HiddenRange[] {
  const found: HiddenRange[] = [];
  for (const spelling of spellings) {
    for (let at = text.indexOf(spelling, 0); at !== -1; at = text.indexOf(spelling, at + 1)) {
      found.push({ from: at, to: at + spelling.length });
    }
  }
  return merged(found);
}

/** Ranges that overlap become one. */
export function merged(ranges: readonly HiddenRange[]): HiddenRange[] {
  const joined: HiddenRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || range.from >= last.to) joined.push(range);
    else if (range.to > last.to) joined[joined.length - 1] = { from: last.from, to: range.to };
  }
  return joined;
}

/** The text with a mask in place of each spelling. */
export function maskText(
  text: string,
  spellings: readonly string[],
  mask: string = maskedValue,
): string {
  let shown = '';
  let at = 0;
  for (const { from, to } of findHidden(text, spellings)) {
    shown += text.slice(at, from) + mask;
    at = to;
  }
  return shown + text.slice(at);
}
