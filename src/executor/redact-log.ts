// Where secret values stand in the bytes of a run log. The log itself keeps what
// the command printed; this is for showing it.
import { merged, spellingsOf, type HiddenRange } from '../core/manifest/masking.ts';
import { spellingIndex, findSpellings, type SpellingIndex } from './find-spellings.ts';

/** What is hidden when a log is read. */
export interface Redaction {
  readonly spellings: readonly Buffer[];
  readonly index: SpellingIndex;
  /** Length of the longest spelling: how far a reader looks beyond what it shows. */
  readonly longest: number;
}

/** A piece of a value that a cut left over is hidden from this length on. */
const pieceBytesMin = 4;
/** Longer values are looked for as a whole alone: no command prints half of one by chance. */
const piecesOfBytesMax = 4_096;

/** Null when no value is long enough to be hidden. */
export function redactionOf(values: readonly string[]): Redaction | null {
  const texts = new Set(values.flatMap(spellingsOf));
  if (texts.size === 0) return null;
  const spellings = [...texts].map((text) => Buffer.from(text));
  const index = spellingIndex(spellings);
  return { spellings, index, longest: Math.max(...spellings.map(({ length }) => length)) };
}

/**
 * Ranges within the bytes. `cutBefore` and `cutAfter`: output is missing there,
 * so that a value may stand at the edge by half.
 */
export function hiddenRanges(
  bytes: Buffer,
  { spellings, index }: Redaction,
  edges: { readonly cutBefore: boolean; readonly cutAfter: boolean },
): HiddenRange[] {
  const whole = findSpellings(bytes, index);
  if (!edges.cutBefore && !edges.cutAfter) return whole;
  const pieces: HiddenRange[] = [];
  for (const spelling of spellings) {
    if (spelling.length > piecesOfBytesMax) continue;
    const most = Math.min(spelling.length - 1, bytes.length);
    for (let length = most; length >= pieceBytesMin; length -= 1) {
      const head = bytes.subarray(0, length);
      const tail = bytes.subarray(bytes.length - length);
      if (edges.cutBefore && head.equals(spelling.subarray(spelling.length - length))) {
        pieces.push({ from: 0, to: length });
      }
      if (edges.cutAfter && tail.equals(spelling.subarray(0, length))) {
        pieces.push({ from: bytes.length - length, to: bytes.length });
      }
    }
  }
  return merged([...whole, ...pieces]);
}
