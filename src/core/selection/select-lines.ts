// Which lines of a run log are wanted: those with a text in them, and those
// that look like errors. Texts are literal, so a line costs time in proportion
// to its length and nothing more.

export interface LineSelection {
  /** To be found without regard to case; null: any. */
  readonly grep: string | null;
  readonly errors: boolean;
}

/**
 * Words by which programs tell of trouble. Alternatives of literals between word
 * boundaries: no line makes this slow. "0 errors" tells of none.
 */
const troubleWords =
  /(?<!\b(?:0|no) )\b(?:errors?|err|fatal|panic(?:ked)?|exception|traceback|fail(?:ed|ure|ures|s)?|critical|crit|emerg|alert|abort(?:ed)?|segfault|segmentation fault|denied|cannot|can't|unable to|not found|no such file|timed out|out of memory|core dumped|killed)\b/i;
/** `java.lang.NullPointerException`, `TypeError: …`. */
const troubleNames = /[a-z](?:Error|Exception)\b/;

/** Null when every line is wanted. */
export function lineSelector({ grep, errors }: LineSelection): ((text: string) => boolean) | null {
  const wanted = grep === null ? null : grep.toLowerCase();
  if (wanted === null) return errors ? looksLikeTrouble : null;
  return (text) => text.toLowerCase().includes(wanted) && (!errors || looksLikeTrouble(text));
}

function looksLikeTrouble(text: string): boolean {
  return troubleWords.test(text) || troubleNames.test(text);
}
