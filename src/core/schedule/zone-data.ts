// Whether the runtime's time-zone data is too old to be trusted: in general, by
// the age of its release, and zone by zone, where it shows another time than is
// known to be right. The data sits inside the runtime; the operating system's
// does not help, but may be newer and then tells what is wrong.
import { offsetAt, transitionsBetween } from './zone.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const oldAfterMs = 400 * DAY_MS;
/**
 * Releases of a year are lettered, two or three in most years. Taken for as late
 * as a letter is likely to be: rather no warning than a false one.
 */
const letterMs = 180 * DAY_MS;

/** A stretch of time in which a zone's clocks are known to show this offset. */
interface Canary {
  /** The first release that knows (IANA time-zone database, NEWS). */
  readonly release: string;
  readonly zones: readonly string[];
  readonly from: number;
  readonly until: number;
  readonly offset: number;
}

/** Beyond this, what is true now may have been changed again. */
const knownUntil = Date.UTC(2029, 0, 1);

const canaries: readonly Canary[] = [
  {
    release: '2026a',
    zones: ['Europe/Chisinau', 'Europe/Tiraspol'],
    from: Date.UTC(2026, 2, 29, 0),
    until: Date.UTC(2026, 2, 29, 1),
    offset: 2 * HOUR_MS,
  },
  {
    release: '2026b',
    zones: ['America/Vancouver', 'Canada/Pacific'],
    from: Date.UTC(2026, 10, 1, 9),
    until: knownUntil,
    offset: -7 * HOUR_MS,
  },
  {
    release: '2026c',
    zones: ['America/Edmonton', 'America/Yellowknife', 'Canada/Mountain'],
    from: Date.UTC(2026, 10, 1, 8),
    until: knownUntil,
    offset: -6 * HOUR_MS,
  },
  {
    release: '2026c',
    zones: ['Africa/Casablanca', 'Africa/El_Aaiun'],
    from: Date.UTC(2026, 8, 20, 1),
    until: knownUntil,
    offset: 0,
  },
];

/** Where the runtime's data gives a zone another offset than it has. */
export interface ZoneError {
  readonly zone: string;
  /** The release that has it right. */
  readonly release: string;
  /** Whose word it is: what jm2 knows, or the data of this host. */
  readonly source: 'known' | 'host';
  /** The first instant with another offset, and the offsets there. */
  readonly from: number;
  readonly shownOffset: number;
  readonly trueOffset: number;
  /** The true offset at an instant; null where it is not known. */
  readonly trueOffsetAt: (instant: number) => number | null;
}

const releaseName = /^(\d{4})([a-z])$/;

export function isReleaseName(text: string | null | undefined): text is string {
  return releaseName.test(text ?? '');
}

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
  return `The time-zone data of this Node.js is of release ${release}; zones whose rules changed since are wrong. ${remedy}`;
}

/** What to do about data that is old. */
export const remedy =
  'Update Node.js, or give it newer data (NODE_ICU_DATA, node --icu-data-dir), and restart.';

/** Those of the zones in which the runtime is known to be wrong, by zone. */
export function zoneErrors(release: string | undefined, zones: Iterable<string>): ZoneError[] {
  // Data newer than what is known here knows better.
  if (!isReleaseName(release)) return [];
  const wanted = new Set(zones);
  return canaries
    .filter((canary) => canary.release > release)
    .flatMap(({ release: known, zones: affected, from, until, offset }) =>
      affected.flatMap((zone) => {
        if (!wanted.has(zone)) return [];
        const instants = [from, ...changesOf(zone, from, until)];
        const word = { zone, release: known, source: 'known' } as const;
        const trueOffsetAt = (at: number): number | null =>
          from <= at && at < until ? offset : null;
        return firstError({ ...word, trueOffsetAt }, instants);
      }),
    )
    .toSorted(byZone);
}

/** How a zone's clocks run by another source: offsets from an instant on, oldest first. */
export type ZoneSteps = readonly (readonly [from: number, offset: number])[];

/** The same by the data of the host, where that is newer than the runtime's. */
export function hostZoneErrors(
  release: string | undefined,
  host: {
    readonly release: string;
    readonly zones: ReadonlyMap<string, ZoneSteps>;
    /** The end of what it was asked about: until there a last offset holds. */
    readonly until: number;
  },
): ZoneError[] {
  if (!isReleaseName(release) || !isReleaseName(host.release) || host.release <= release) return [];
  return [...host.zones]
    .flatMap(([zone, steps]) => {
      const from = steps[0]?.[0];
      if (from === undefined) return [];
      const word = { zone, release: host.release, source: 'host' } as const;
      const trueOffsetAt = (at: number): number | null =>
        at < host.until ? (steps.findLast((step) => step[0] <= at)?.[1] ?? null) : null;
      const changes = changesOf(zone, from, host.until);
      const instants = [...steps.map(([at]) => at), ...changes].toSorted((a, b) => a - b);
      return firstError({ ...word, trueOffsetAt }, instants);
    })
    .toSorted(byZone);
}

/** Both sources, each zone once: what is known here has an exact date. */
export function joinErrors(known: readonly ZoneError[], host: readonly ZoneError[]): ZoneError[] {
  const named = new Set(known.map((error) => error.zone));
  return [...known, ...host.filter((error) => !named.has(error.zone))];
}

/** Offsets differ first where one of the two changes: `instants` are those places, in order. */
function firstError(
  word: Pick<ZoneError, 'zone' | 'release' | 'source' | 'trueOffsetAt'>,
  instants: readonly number[],
): ZoneError[] {
  for (const from of instants) {
    const trueOffset = word.trueOffsetAt(from);
    const shownOffset = offsetAt(word.zone, from);
    if (trueOffset !== null && trueOffset !== shownOffset) {
      return [{ ...word, from, shownOffset, trueOffset }];
    }
  }
  return [];
}

function changesOf(zone: string, from: number, until: number): readonly number[] {
  return transitionsBetween(zone, from, until).map((change) => change.at);
}

function byZone(a: ZoneError, b: ZoneError): number {
  return a.zone < b.zone ? -1 : 1;
}
