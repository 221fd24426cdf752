// Where any of many spellings stands in bytes, in one pass over them: a file of
// variables has hundreds of spellings, and a page of a log a million bytes.
import { merged, type HiddenRange } from '../core/manifest/masking.ts';

/** Spellings by their first bytes, behind a small table that rules nearly every place out. */
export interface SpellingIndex {
  readonly byPrefix: ReadonlyMap<number, readonly Buffer[]>;
  readonly mayBegin: Uint8Array;
}

/** No spelling is shorter (see masking.ts). */
const prefixBytes = 4;
const tableBits = 16;

export function spellingIndex(spellings: readonly Buffer[]): SpellingIndex {
  const byPrefix = new Map<number, Buffer[]>();
  const mayBegin = new Uint8Array(1 << tableBits);
  for (const spelling of spellings) {
    const prefix = spelling.readUInt32BE(0);
    const known = byPrefix.get(prefix);
    if (known === undefined) byPrefix.set(prefix, [spelling]);
    else known.push(spelling);
    mayBegin[slotOf(prefix)] = 1;
  }
  return { byPrefix, mayBegin };
}

/** Ranges that overlap are one. In order. */
export function findSpellings(bytes: Buffer, { byPrefix, mayBegin }: SpellingIndex): HiddenRange[] {
  const found: HiddenRange[] = [];
  let prefix = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    prefix = ((prefix << 8) | (bytes[at] ?? 0)) >>> 0;
    if (mayBegin[slotOf(prefix)] === 0) continue;
    const from = at - prefixBytes + 1;
    if (from < 0) continue;
    for (const spelling of byPrefix.get(prefix) ?? []) {
      const to = from + spelling.length;
      if (to > bytes.length || bytes.compare(spelling, 0, spelling.length, from, to) !== 0)
        continue;
      found.push({ from, to });
    }
  }
  return merged(found);
}

function slotOf(prefix: number): number {
  return Math.imul(prefix, 0x9e_37_79_b1) >>> (32 - tableBits);
}
