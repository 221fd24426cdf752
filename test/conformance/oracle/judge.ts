// The rules for changing clocks, applied literally to what the clocks showed:
// every local time is looked at, one by one. The oracle's verdicts.
import type { FieldMatch } from './field-match.ts';
import { MINUTE_MS, type Stretch } from './read-clocks.ts';

export interface DstOptions {
  readonly gap: 'run_once' | 'skip' | 'shift';
  readonly overlap: 'first' | 'last' | 'both';
}

/** A larger jump is a correction of the clocks, and its local times are gone. */
const CORRECTION_MS = 3 * 3_600_000;

/** The local times that fit an expression, as the clocks went through them. */
export interface Passage {
  readonly isFixedTime: boolean;
  /** The instants at which a local time was shown, by that time. */
  readonly shown: ReadonlyMap<number, readonly number[]>;
  /** Where the clocks jumped over local times that fit, and how they stood before. */
  readonly skipped: readonly {
    readonly at: number;
    readonly shiftBefore: number;
    readonly walls: readonly number[];
  }[];
}

export function follow(match: FieldMatch, stretches: readonly Stretch[]): Passage {
  const shown = new Map<number, number[]>();
  for (const { start, end, shift } of stretches) {
    for (const wall of wallsIn(match, start + shift, end + shift)) {
      const known = shown.get(wall);
      if (known === undefined) shown.set(wall, [wall - shift]);
      else known.push(wall - shift);
    }
  }
  const skipped = stretches.slice(1).flatMap(({ start, shift }, index) => {
    const shiftBefore = stretches[index]?.shift ?? shift;
    if (shift <= shiftBefore || shift - shiftBefore > CORRECTION_MS) return [];
    return [{ at: start, shiftBefore, walls: wallsIn(match, start + shiftBefore, start + shift) }];
  });
  return { isFixedTime: match.isFixedTime, shown, skipped };
}

/** The instants of a cron schedule, in order; the options count for fixed-time jobs. */
export function judgeCron(passage: Passage, { gap, overlap }: DstOptions): readonly number[] {
  const { isFixedTime, shown, skipped } = passage;
  const starts = new Set<number>();
  for (const instants of shown.values()) {
    if (!isFixedTime || overlap === 'both') for (const instant of instants) starts.add(instant);
    else starts.add(overlap === 'first' ? Math.min(...instants) : Math.max(...instants));
  }
  for (const { at, shiftBefore, walls } of isFixedTime && gap !== 'skip' ? skipped : []) {
    if (gap === 'shift') for (const wall of walls) starts.add(wall - shiftBefore);
    else if (walls.length > 0) starts.add(at);
  }
  return [...starts].sort((a, b) => a - b);
}

/** Local times in [from, to) that fit, by a look at each minute. */
function wallsIn(match: FieldMatch, from: number, to: number): number[] {
  const walls: number[] = [];
  for (let minute = Math.floor(from / MINUTE_MS) * MINUTE_MS; minute < to; minute += MINUTE_MS) {
    if (!match.minute(minute)) continue;
    for (const second of match.seconds) {
      const wall = minute + second * 1000;
      if (wall >= from && wall < to) walls.push(wall);
    }
  }
  return walls;
}

/** The first instant at which the clocks show this time; if they never do, when they jump over it. */
export function judgeMoment(stretches: readonly Stretch[], wall: number): number | null {
  for (const { start, end, shift } of stretches) {
    if (start + shift <= wall && wall < end + shift) return wall - shift;
  }
  for (const [index, { start, shift }] of stretches.entries()) {
    const before = stretches[index - 1];
    if (before !== undefined && start + before.shift <= wall && wall < start + shift) return start;
  }
  return null;
}

/** Every `stepMs` of [from, to) is asked whether it lies a whole number of intervals from the anchor. */
export function judgeEvery(
  intervalMs: number,
  anchor: number,
  range: { readonly from: number; readonly to: number; readonly stepMs: number },
): readonly number[] {
  const found: number[] = [];
  for (let instant = range.from; instant < range.to; instant += range.stepMs) {
    if ((instant - anchor) % intervalMs === 0) found.push(instant);
  }
  return found;
}
