// How a zone's clocks run: its UTC offset at an instant, and the pieces of
// constant offset that make up its time. Which names are zones is decided in
// zone-names.ts, what a local time means in wall-time.ts.

/**
 * A stretch of time with one offset, half-open. Pieces also end once a year
 * without a change, at least a day away from any; whoever asks about a change
 * compares the offsets.
 */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** Local time minus UTC, in ms. */
  readonly offset: number;
  /** The offset just before `start`. */
  readonly offsetBefore: number;
  /** The offset from `end` on. */
  readonly offsetAfter: number;
}

/** A change of a zone's offset, whether or not it has to do with daylight saving. */
export interface Transition {
  /** The first instant with the new offset. */
  readonly at: number;
  readonly offsetBefore: number;
  readonly offsetAfter: number;
}

/**
 * Probing distance. Between 1970 and 2037 the shortest time between two
 * changes in any zone is six days (Brazil, October 2000), so three days miss none.
 */
const PROBE_MS = 3 * 86_400_000;
const DAY_MS = 86_400_000;
const YEARS_KEPT_PER_ZONE = 300;
/** More than there are zone names; a bound all the same. */
const ZONES_KEPT = 700;

class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #years = new Map<number, readonly Segment[]>();
  #recent: Segment | null = null;

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      timeZoneName: 'longOffset',
    });
  }

  /** Straight from Intl; Intl knows whole seconds only. */
  probe(instant: number): number {
    const text = this.#format.format(instant);
    const at = text.indexOf('GMT') + 3;
    if (at >= text.length) return 0;
    const [hours = '0', minutes = '0', seconds = '0'] = text.slice(at + 1).split(':');
    const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return text.charAt(at) === '+' ? ms : -ms;
  }

  segmentAt(instant: number): Segment {
    const recent = this.#recent;
    if (recent !== null && recent.start <= instant && instant < recent.end) return recent;
    const segments = this.#segmentsAround(instant);
    let low = 0;
    let high = segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((segments[middle]?.start ?? 0) <= instant) low = middle;
      else high = middle - 1;
    }
    const found = segments[low];
    if (found === undefined) throw new RangeError(`no time at ${instant}`);
    this.#recent = found;
    return found;
  }

  #segmentsAround(instant: number): readonly Segment[] {
    const year = new Date(instant).getUTCFullYear();
    const segments = this.#year(year);
    return instant < (segments[0]?.start ?? 0) ? this.#year(year - 1) : segments;
  }

  #year(year: number): readonly Segment[] {
    const known = this.#years.get(year);
    if (known !== undefined) return known;
    if (this.#years.size >= YEARS_KEPT_PER_ZONE) this.#years.clear();
    const segments = this.#divide(this.#quietStart(year), this.#quietStart(year + 1));
    this.#years.set(year, segments);
    return segments;
  }

  /**
   * Where a year of pieces begins: near 1 January, with no change within a day.
   * A change and the local times it repeats must not lie in different years.
   */
  #quietStart(year: number): number {
    const first = startOfYear(year);
    for (let start = first; start < first + 10 * PROBE_MS; start += PROBE_MS) {
      const offset = this.probe(start);
      if (this.probe(start - DAY_MS) === offset && this.probe(start + DAY_MS) === offset) {
        return start;
      }
    }
    return first;
  }

  #divide(from: number, to: number): readonly Segment[] {
    const segments: Segment[] = [];
    let start = from;
    let before = this.probe(from - 1);
    let offset = this.probe(from);
    for (let left = from; left < to; left += PROBE_MS) {
      const right = Math.min(left + PROBE_MS, to);
      const offsetAtRight = this.probe(right);
      // Each pass moves `start` forward, and a probe distance holds few changes.
      while (offset !== offsetAtRight) {
        const at = this.#changeBetween(Math.max(start, left), right, offset);
        const next = this.probe(at);
        segments.push({ start, end: at, offset, offsetBefore: before, offsetAfter: next });
        [start, before, offset] = [at, offset, next];
      }
    }
    const offsetAfter = this.probe(to);
    segments.push({ start, end: to, offset, offsetBefore: before, offsetAfter });
    return segments;
  }

  /** The first second after `low` whose offset is not `offset`, by bisection. */
  #changeBetween(low: number, high: number, offset: number): number {
    let same = low;
    let different = high;
    while (different - same > 1000) {
      const middle = same + Math.floor((different - same) / 2000) * 1000;
      if (this.probe(middle) === offset) same = middle;
      else different = middle;
    }
    return different;
  }
}

const clocks = new Map<string, ZoneClock>();

function clockOf(zone: string): ZoneClock {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    if (clocks.size >= ZONES_KEPT) clocks.clear();
    clock = new ZoneClock(zone);
    clocks.set(zone, clock);
  }
  return clock;
}

function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

/** Local time minus UTC in ms. The zone must be known, see `isKnownZone`. */
export function offsetAt(zone: string, instant: number): number {
  return clockOf(zone).segmentAt(instant).offset;
}

/** The stretch of constant offset that holds the instant. */
export function segmentAt(zone: string, instant: number): Segment {
  return clockOf(zone).segmentAt(instant);
}

/** A reader of one zone's segments, for callers that ask often. */
export function segmentsOf(zone: string): (instant: number) => Segment {
  const clock = clockOf(zone);
  return (instant) => clock.segmentAt(instant);
}

/** The changes of offset with from <= at < to, oldest first. */
export function transitionsBetween(zone: string, from: number, to: number): readonly Transition[] {
  const found: Transition[] = [];
  const clock = clockOf(zone);
  for (let segment = clock.segmentAt(from); segment.start < to;) {
    const { start, end, offset, offsetBefore } = segment;
    if (start >= from && offset !== offsetBefore) {
      found.push({ at: start, offsetBefore, offsetAfter: offset });
    }
    segment = clock.segmentAt(end);
  }
  return found;
}
