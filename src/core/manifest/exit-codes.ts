// Ranges of exit codes as written: `64-78`.

/** Both ends belong to it; null for a text that is no range. */
export function exitCodeRange(
  written: string,
): { readonly from: number; readonly to: number } | null {
  const found = /^(\d{1,3})-(\d{1,3})$/.exec(written);
  return found === null ? null : { from: Number(found[1]), to: Number(found[2]) };
}
