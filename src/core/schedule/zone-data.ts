// Whether the runtime's time-zone data is too old to be trusted: in general, by
// the age of its release, and for the zones whose rules are known to have
// changed since. The data sits inside the runtime; the operating system's does
// not help.

const oldAfterMs = 400 * 86_400_000;
/**
 * Releases of a year are lettered, two or three in most years. Taken for as late
 * as a letter is likely to be: rather no warning than a false one.
 */
const letterMs = 180 * 86_400_000;

/** Zones whose rules changed, with the first release that knows (IANA time-zone database, NEWS). */
const changes: readonly { readonly release: string; readonly zones: readonly string[] }[] = [
  { release: '2026b', zones: ['America/Vancouver', 'Canada/Pacific'] },
  {
    release: '2026c',
    zones: [
      'Africa/Casablanca',
      'Africa/El_Aaiun',
      'America/Edmonton',
      'America/Yellowknife',
      'Canada/Mountain',
    ],
  },
];

const releaseName = /^(\d{4})([a-z])$/;

/**
 * A sentence when the release (`2025b`) lies more than about 13 months before
 * `now`; null when it is newer or its name is not understood.
 */
export function timeZoneDataProblem(release: string | undefined, now: number): string | null {
  const match = releaseName.exec(release ?? '');
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const letter = match[2].charCodeAt(0) - 'a'.charCodeAt(0);
  const yearStart = Date.UTC(Number(match[1]), 0, 1);
  const yearEnd = Date.UTC(Number(match[1]), 11, 31);
  const released = Math.min(yearStart + (letter + 1) * letterMs, yearEnd);
  if (now - released <= oldAfterMs) return null;
  return `The time-zone data of this Node.js is of release ${release}; zones whose rules changed since are wrong. Update Node.js.`;
}

/** Those of the zones that are known to have changed after the release, sorted. */
export function outdatedZones(release: string | undefined, zones: Iterable<string>): string[] {
  if (release === undefined || !releaseName.test(release)) return [];
  const outdated = new Set(
    changes.filter((change) => change.release > release).flatMap((change) => change.zones),
  );
  return [...new Set(zones)].filter((zone) => outdated.has(zone)).toSorted();
}
