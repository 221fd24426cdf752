// Bytes as text, or the reason why they are no manifest: size, encoding,
// control characters, holes. Nothing here knows YAML.
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/registry.ts';
import { Positions } from './positions.ts';

const mebibyte = 1024 * 1024;
const sizeMax = 64 * mebibyte;
// The parser spends time on each blank line; a disk fault leaves millions.
const blankRunMax = 64 * 1024;
// A command may have 128 KiB; in flow style a line holds a few of them.
const lineMax = mebibyte;

type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: Diagnostic };

function fail(problem: Diagnostic): Decoded {
  return { ok: false, problem };
}

function utf16(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true;
  // Without a mark: every other byte of ASCII text is NUL.
  return bytes.length >= 4 && ((a === 0 && c === 0) || (b === 0 && d === 0)) && a !== b;
}

/** How many bytes at the start of an invalid text are UTF-8. */
function validBytes(bytes: Uint8Array): number {
  // Replacement marks stand where decoding failed; a mark that is really in the
  // text has its own three bytes, which tells the two apart.
  const piece = 64 * 1024;
  let at = 0;
  while (at < bytes.length) {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      bytes.subarray(at, at + piece),
    );
    let offset = at;
    for (const character of text) {
      if (character === '\ufffd') {
        const isWritten =
          bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
        const isCut = offset > at + piece - 4 && at + piece < bytes.length;
        if (!isWritten && isCut) break;
        if (!isWritten) return offset;
      }
      const code = character.codePointAt(0) ?? 0;
      offset += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    if (offset === at) return at;
    at = offset;
  }
  return at;
}

function decodeBytes(bytes: Uint8Array, file: string): Decoded {
  if (utf16(bytes)) {
    return fail(
      diagnostic('JM2-M101', {
        file,
        detail: 'The file is encoded as UTF-16. The last good revision stays in force.',
        range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } },
      }),
    );
  }
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const at = validBytes(bytes);
    const before = new TextDecoder('utf-8').decode(bytes.subarray(0, at));
    const byte = (bytes[at] ?? 0).toString(16).padStart(2, '0');
    return fail(
      diagnostic('JM2-M101', {
        file,
        detail: `The byte 0x${byte} at position ${at} does not belong to UTF-8 text. The last good revision stays in force.`,
        range: new Positions(before).range(before.length, before.length),
        label: 'not UTF-8 from here on',
      }),
    );
  }
}

function tooLarge(file: string): Decoded {
  return fail(
    diagnostic('JM2-M103', {
      file,
      detail: `The file is larger than ${sizeMax / mebibyte} MiB. The last good revision stays in force.`,
    }),
  );
}

interface Flaw {
  readonly kind: 'control' | 'blanks' | 'line';
  readonly at: number;
}

// C0 without tab, LF and CR, then DEL and C1 without NEL: what YAML forbids.
function isControl(code: number): boolean {
  if (code < 32) return code !== 9 && code !== 10 && code !== 13;
  return code >= 127 && code < 160 && code !== 0x85;
}

/** The first thing that no manifest has, in one pass over the text. */
function firstFlaw(text: string): Flaw | null {
  let blankStart = 0;
  let lineStart = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10) lineStart = at + 1;
    else if (at - lineStart > lineMax) return { kind: 'line', at: lineStart };
    if (code === 32 || code === 10 || code === 13 || code === 9) {
      if (at - blankStart >= blankRunMax) return { kind: 'blanks', at: blankStart };
      continue;
    }
    blankStart = at + 1;
    if (isControl(code)) return { kind: 'control', at };
  }
  return null;
}

function flawed(flaw: Flaw, text: string, file: string): Diagnostic {
  const { at } = flaw;
  const range = new Positions(text.slice(0, at + 1)).range(at, at + 1);
  const kept = 'The last good revision stays in force.';
  if (flaw.kind === 'control') {
    const name = `U+${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`;
    return diagnostic('JM2-M102', {
      file,
      detail: `The character ${name} is not allowed in a manifest. ${kept}`,
      range,
      label: name,
    });
  }
  if (flaw.kind === 'blanks') {
    return diagnostic('JM2-M120', {
      file,
      detail: `More than ${blankRunMax} blank characters follow each other. ${kept}`,
      range,
    });
  }
  return diagnostic('JM2-M121', {
    file,
    detail: `The line has more than ${lineMax} characters. ${kept}`,
    range,
  });
}

/** The text without its byte order mark, so that columns are those of an editor. */
export function decode(input: Uint8Array | string, file: string): Decoded {
  if (input.length > sizeMax) return tooLarge(file);
  const decoded: Decoded =
    typeof input === 'string' ? { ok: true, text: input } : decodeBytes(input, file);
  if (!decoded.ok) return decoded;
  const text = decoded.text.startsWith('\ufeff') ? decoded.text.slice(1) : decoded.text;
  // A file of blanks alone is an empty one.
  if (text.trim() === '') return { ok: true, text: '' };
  const flaw = firstFlaw(text);
  return flaw === null ? { ok: true, text } : fail(flawed(flaw, text, file));
}
