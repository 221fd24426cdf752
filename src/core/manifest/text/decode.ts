// Bytes as text, or the reason why they are no manifest: size, encoding,
// control characters, holes. Nothing here knows YAML.
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnostic } from '../../diagnostics/registry.ts';
import { Positions } from './positions.ts';

const mebibyte = 1024 * 1024;
const sizeMax = 64 * mebibyte;
// The parser spends time on each blank line; a disk fault leaves millions.
const blankRunMax = 64 * 1024;
// Lines of comment cost as much as others. A large manifest may be commented as
// richly as it has content; a flood of them is none.
const commentLinesMax = 50_000;
// A command may have 128 KiB; in flow style a line holds a few of them.
const lineMax = mebibyte;

type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: Diagnostic };

function fail(problem: Diagnostic): Decoded {
  return { ok: false, problem };
}

/** The wider encoding of Unicode that the first bytes tell, by a mark or by the zeros beside ASCII. */
function wideEncoding(bytes: Uint8Array): 'UTF-16' | 'UTF-32' | null {
  const [a, b, c, d] = bytes;
  if (bytes.length >= 4) {
    // Before UTF-16: the little-endian mark of UTF-32 begins with that of UTF-16.
    if (a === 0xff && b === 0xfe && c === 0 && d === 0) return 'UTF-32';
    if (a === 0 && b === 0 && ((c === 0xfe && d === 0xff) || (c === 0 && d !== 0))) return 'UTF-32';
    if (a !== 0 && b === 0 && c === 0 && d === 0) return 'UTF-32';
    if (((a === 0 && c === 0) || (b === 0 && d === 0)) && a !== b) return 'UTF-16';
  }
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) ? 'UTF-16' : null;
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
      const code = character.codePointAt(0)!;
      offset += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    at = offset;
  }
  return at;
}

function decodeBytes(bytes: Uint8Array, file: string): Decoded {
  const wide = wideEncoding(bytes);
  if (wide !== null) {
    return fail(
      diagnostic('JM2-M101', {
        file,
        detail: `The file is encoded as ${wide}. The last good revision, if any, stays in force.`,
        range: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } },
        hint: `Save the file as UTF-8, or convert it: iconv -f ${wide} -t UTF-8 < old.yaml > jobs.yaml`,
      }),
    );
  }
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const at = validBytes(bytes);
    const before = new TextDecoder('utf-8').decode(bytes.subarray(0, at));
    const byte = bytes[at]!.toString(16).padStart(2, '0');
    return fail(
      diagnostic('JM2-M101', {
        file,
        detail: `The byte 0x${byte} at position ${at} does not belong to UTF-8 text. The last good revision, if any, stays in force.`,
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
      detail: `The file is larger than ${sizeMax / mebibyte} MiB. The last good revision, if any, stays in force.`,
    }),
  );
}

type Flaw =
  | { readonly kind: 'control' | 'blanks' | 'line' | 'return'; readonly at: number }
  | { readonly kind: 'comments'; readonly at: number; readonly lines: number };

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
    // Old Macs ended lines so; YAML and editors would count lines differently.
    if (code === 13 && at + 1 < text.length && text.charCodeAt(at + 1) !== 10) {
      return { kind: 'return', at };
    }
    if (code === 32 || code === 10 || code === 13 || code === 9) {
      if (at - blankStart >= blankRunMax) return { kind: 'blanks', at: blankStart };
      continue;
    }
    blankStart = at + 1;
    if (isControl(code)) return { kind: 'control', at };
  }
  return null;
}

/** Lines of comments or nothing that are too many beside those with content. */
function commentFlood(text: string): Flaw | null {
  let lines = 0;
  let content = 0;
  let run = 0;
  let runStart = 0;
  let longest = { lines: 0, at: 0 };
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    let at = start;
    // Blanks in a row are bounded already.
    while (at < end && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) at += 1;
    const first = at === end ? 13 : text.charCodeAt(at);
    if (first === 35 || first === 13) {
      if (run === 0) runStart = start;
      lines += 1;
      run += 1;
      if (run > longest.lines) longest = { lines: run, at: runStart };
    } else {
      content += 1;
      run = 0;
    }
    start = end + 1;
  }
  if (lines <= commentLinesMax + content) return null;
  return { kind: 'comments', at: longest.at, lines };
}

function flawed(flaw: Flaw, text: string, file: string): Diagnostic {
  const { at } = flaw;
  const range = new Positions(text.slice(0, at + 1)).range(at, at + 1);
  const kept = 'The last good revision, if any, stays in force.';
  if (flaw.kind === 'control') {
    const name = `U+${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`;
    return diagnostic('JM2-M102', {
      file,
      detail: `The character ${name} is not allowed in a manifest. ${kept}`,
      range,
      label: name,
    });
  }
  if (flaw.kind === 'return') {
    return diagnostic('JM2-M102', {
      file,
      detail: `A carriage return (U+000D) stands alone here; lines end with a line feed, or with both. ${kept}`,
      range,
      label: 'a line end of another system',
      hint: "Save the file with line ends of Unix, or convert them: tr '\\r' '\\n' < old.yaml > jobs.yaml",
    });
  }
  if (flaw.kind === 'comments') {
    return diagnostic('JM2-M122', {
      file,
      detail: `${flaw.lines} lines hold comments or nothing, far more than the lines with content; the most in a row begin here. ${kept}`,
      range,
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
  const flaw = firstFlaw(text) ?? commentFlood(text);
  return flaw === null ? { ok: true, text } : fail(flawed(flaw, text, file));
}
