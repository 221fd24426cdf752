// "Did you mean": the nearest of the words that would have been accepted.
import leven from 'leven';

const lengthMax = 64;

/** The nearest word, when it is near enough to be what was meant; otherwise null. */
export function nearestWord(written: string, words: readonly string[]): string | null {
  if (written.length === 0 || written.length > lengthMax) return null;
  const lower = written.toLowerCase().replaceAll('-', '_');
  let best: string | null = null;
  let bestDistance = lower.length <= 3 ? 2 : lower.length <= 6 ? 3 : 4;
  for (const word of words) {
    const distance = leven(lower, word.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  if (best !== null) return best;
  // A longer form of a word, such as SIGTERM or forbidden.
  return words.find((word) => word.length > 2 && lower.includes(word.toLowerCase())) ?? null;
}
