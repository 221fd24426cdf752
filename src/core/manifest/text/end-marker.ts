// The document end marker `...` as the last word of a manifest. Once a manifest in
// force ends with it, a text that does not was not written to its end: syntax alone
// cannot tell, since a file cut within its last job is still valid.

/** True when nothing but blank lines and comments follows a line `...`. */
export function hasEndMarker(text: string): boolean {
  const last = text
    .slice(-4_096)
    .split(/\r?\n/)
    .findLast((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  return last !== undefined && /^\.\.\.(\s|$)/.test(last);
}
