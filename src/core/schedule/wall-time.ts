// From local time to instants: none, one or two. A wall time is what the
// clocks of a zone show, held as the epoch ms of the same reading in UTC.
import { segmentsOf } from './zone.ts';

export interface WallTime {
  /** The instants at which the clocks show this time, oldest first. */
  readonly instants: readonly number[];
  /** Set exactly when there is none: the clocks jump over this time at `at`, by `lengthMs`. */
  readonly gap: { readonly at: number; readonly lengthMs: number } | null;
}

/** No zone has ever been further from UTC than 16 hours. */
const REACH_MS = 16 * 3_600_000;

/** Where in absolute time a local reading lies; `wall` is its epoch ms as if it were UTC. */
export function resolveWall(zone: string, wall: number): WallTime {
  const segmentAt = segmentsOf(zone);
  const instants: number[] = [];
  let gap: WallTime['gap'] = null;
  for (let segment = segmentAt(wall - REACH_MS); segment.start <= wall + REACH_MS;) {
    const { start, end, offset, offsetBefore } = segment;
    const instant = wall - offset;
    if (start <= instant && instant < end) instants.push(instant);
    if (start + offsetBefore <= wall && wall < start + offset) {
      gap = { at: start, lengthMs: offset - offsetBefore };
    }
    segment = segmentAt(end);
  }
  return { instants, gap: instants.length > 0 ? null : gap };
}

/** One instant for a local time: the first of two, the change of the clocks for none. */
export function pickInstant(
  zone: string,
  wall: number,
): { readonly instant: number; readonly remark: 'gap' | 'overlap' | null } {
  const { instants, gap } = resolveWall(zone, wall);
  const [first, second] = instants;
  if (first !== undefined)
    return { instant: first, remark: second === undefined ? null : 'overlap' };
  return { instant: gap!.at, remark: 'gap' };
}
