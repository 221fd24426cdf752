// What yields the nominal times of one schedule, and the guard around it that
// is on in production too. Several schedules of a job become one in
// compile-schedule.ts.
import { EngineFault } from './engine-fault.ts';
import type { OccurrenceNote } from './schedule.ts';

/** A nominal time with what deserves a remark about it. */
export interface Nominal {
  readonly at: number;
  readonly note: OccurrenceNote | null;
}

/** The nominal times of one schedule, strictly increasing; instants are whole epoch ms. */
export interface OccurrenceSource {
  /** The first one with at > after. */
  next(after: number): Nominal | null;
  /** The last one with at <= instant. */
  previous(instant: number): Nominal | null;
  /** How many have from <= at < to. */
  count(from: number, to: number): number;
  /**
   * Writes those with from <= at < to, oldest first, until `into` is full; how many it wrote.
   * For long lists: an object for each would cost most of the time.
   */
  fill(from: number, to: number, into: Float64Array): number;
}

/** `fill` by asking for one after the other. */
export function fillByNext(
  source: Pick<OccurrenceSource, 'next'>,
  from: number,
  to: number,
  into: Float64Array,
): number {
  let filled = 0;
  let found = source.next(from - 1);
  while (filled < into.length && found !== null && found.at < to) {
    into[filled] = found.at;
    filled += 1;
    found = source.next(found.at);
  }
  return filled;
}

/** Nominal times lie in [EPOCH, HORIZON): from 1970 to the end of 2199. */
export const EPOCH = 0;
export const HORIZON = 7_258_118_400_000;

/** The source within its `from` (inclusive) and `until` (exclusive). */
export function bounded(
  source: OccurrenceSource,
  from: number | null,
  until: number | null,
): OccurrenceSource {
  const low = Math.max(from ?? EPOCH, EPOCH);
  const high = Math.min(until ?? HORIZON, HORIZON);
  return {
    next(after) {
      if (after >= high - 1) return null;
      const found = source.next(Math.max(after, low - 1));
      return found !== null && found.at < high ? found : null;
    },
    previous(instant) {
      if (instant < low) return null;
      const found = source.previous(Math.min(instant, high - 1));
      return found !== null && found.at >= low ? found : null;
    },
    count(start, end) {
      const first = Math.max(start, low);
      const last = Math.min(end, high);
      return first < last ? source.count(first, last) : 0;
    },
    fill(start, end, into) {
      const first = Math.max(start, low);
      const last = Math.min(end, high);
      return first < last ? source.fill(first, last, into) : 0;
    },
  };
}

/** Throws an EngineFault instead of handing out an answer that does not progress. */
export function guarded(source: OccurrenceSource, written: string): OccurrenceSource {
  return {
    next(after) {
      const found = source.next(after);
      if (found !== null && !(found.at > after)) {
        throw new EngineFault(`"${written}" after ${after}`, `answered ${found.at}`);
      }
      return found;
    },
    previous(instant) {
      const found = source.previous(instant);
      if (found !== null && !(found.at <= instant)) {
        throw new EngineFault(`"${written}" up to ${instant}`, `answered ${found.at}`);
      }
      return found;
    },
    count(from, to) {
      const found = source.count(from, to);
      if (!Number.isSafeInteger(found) || found < 0) {
        throw new EngineFault(`"${written}" from ${from} to ${to}`, `counted ${found}`);
      }
      return found;
    },
    fill(from, to, into) {
      const filled = source.fill(from, to, into);
      let before = from - 1;
      for (let index = 0; index < filled; index += 1) {
        const at = into[index]!;
        if (!(at > before && at < to)) {
          throw new EngineFault(`"${written}" from ${from} to ${to}`, `listed ${at}`);
        }
        before = at;
      }
      return filled;
    },
  };
}
