// Bytes as text, or the reason why they are no manifest: size, encoding,
// control characters, holes. Nothing here knows YAML.
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/registry.ts';
import { Positions } from './positions.ts';

const mebibyte = 1024 * 1024;
export const sizeMax = 64 * mebibyte;
// The parser spends time on each blank line; a disk fault leaves millions.
const blankRunMax = 64 * 1024;

export type Decoded =
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

/** Index of the first byte that is not UTF-8; the text before it is. */
function firstInvalid(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let good = 0;
  let bad = bytes.length;
  // Decoding a prefix in stream mode fails exactly when it holds an invalid byte.
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    try {
      decoder.decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle - 1;
    }
    try {
      decoder.decode();
    } catch {
      // An unfinished character at the end of the prefix; only resets the decoder.
    }
  }
  return good;
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
    const at = firstInvalid(bytes);
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

// C0 without tab, LF and CR, then DEL and C1 without NEL: what YAML forbids.
const control = /(?![\t\n\r\u0085])\p{Cc}/u;

function tooLarge(file: string): Decoded {
  return fail(
    diagnostic('JM2-M103', {
      file,
      detail: `The file is larger than ${sizeMax / mebibyte} MiB. The last good revision stays in force.`,
    }),
  );
}

function blankRun(text: string): number {
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) start = at + 1;
    else if (at - start >= blankRunMax) return start;
  }
  return -1;
}

/** The text without its byte order mark, so that columns are those of an editor. */
export function decode(input: Uint8Array | string, file: string): Decoded {
  if (input.length > sizeMax) return tooLarge(file);
  const decoded: Decoded =
    typeof input === 'string' ? { ok: true, text: input } : decodeBytes(input, file);
  if (!decoded.ok) return decoded;
  const text = decoded.text.startsWith('\ufeff') ? decoded.text.slice(1) : decoded.text;
  const found = control.exec(text);
  if (found !== null) {
    const code = text.charCodeAt(found.index).toString(16).padStart(4, '0');
    return fail(
      diagnostic('JM2-M102', {
        file,
        detail: `The character U+${code.toUpperCase()} is not allowed in a manifest. The last good revision stays in force.`,
        range: new Positions(text).range(found.index, found.index + 1),
        label: `U+${code.toUpperCase()}`,
      }),
    );
  }
  const blank = blankRun(text);
  if (blank !== -1 && text.trim() !== '') {
    return fail(
      diagnostic('JM2-M120', {
        file,
        detail: `More than ${blankRunMax} blank characters follow each other. The last good revision stays in force.`,
        range: new Positions(text).range(blank, blank + 1),
      }),
    );
  }
  return { ok: true, text };
}
