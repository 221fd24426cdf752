// Whether the runtime's time-zone data is so old that a rule may have changed since.

const oldAfterMs = 400 * 86_400_000;
/**
 * Releases of a year are lettered, two or three in most years. Taken for as late
 * as a letter is likely to be: rather no warning than a false one.
 */
const letterMs = 180 * 86_400_000;

/**
 * A sentence when the release (`2025b`) lies more than about 13 months before
 * `now`; null when it is newer or its name is not understood.
 */
export function timeZoneDataProblem(release: string | undefined, now: number): string | null {
  const match = /^(\d{4})([a-z])$/.exec(release ?? '');
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const letter = match[2].charCodeAt(0) - 'a'.charCodeAt(0);
  const yearStart = Date.UTC(Number(match[1]), 0, 1);
  const yearEnd = Date.UTC(Number(match[1]), 11, 31);
  const released = Math.min(yearStart + (letter + 1) * letterMs, yearEnd);
  if (now - released <= oldAfterMs) return null;
  return `The time-zone data of this Node.js is of release ${release}; zones whose rules changed since are wrong. Update Node.js.`;
}
