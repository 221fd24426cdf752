// Makes foreign text safe to show: what a file, a job's output or a name may
// contain must not move the cursor, change colours or reorder what is read.

// Control characters (C0, DEL, C1), format characters (bidirectional controls,
// invisible marks, byte order mark), line and paragraph separators, and lone
// surrogates, which cannot be encoded.
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

// Joins the parts of one emoji and letters of several scripts; moves nothing.
const zeroWidthJoiner = '\u200d';

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Replaces everything that a terminal may obey by visible escapes; keeps tabs and newlines. */
export function escapeForTerminal(text: string): string {
  return text.replace(unsafe, (character) =>
    character === '\n' || character === '\t' || character === zeroWidthJoiner
      ? character
      : escaped(character),
  );
}

/** As escapeForTerminal, for one line: newlines become `\n`, tabs `\t`. */
export function escapeLine(text: string): string {
  return escapeForTerminal(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/**
 * JSON that shows on a terminal as it reads: the same value, with what a terminal may
 * obey as `\\u` escapes. JSON itself escapes C0 only.
 */
export function escapeJson(json: string): string {
  // Most answers are plain, and long ones are not to be read twice.
  if (!/[^\n\t -~]/.test(json)) return json;
  return json.replace(unsafe, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, at) => utf16(character, at)).join(''),
  );
}

function utf16(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
}
