// From the local times of a cron schedule to instants, zone by zone rules.
// Time is walked in segments of constant offset: within one, local time runs
// like UTC; the rules for gaps and overlaps live at its two ends.
import { formatDay } from '../calendar/day.ts';
import { CronCalendar } from './cron-calendar.ts';
import { SearchSteps } from './engine-fault.ts';
import { EPOCH, HORIZON, type Nominal, type OccurrenceSource } from './occurrence-source.ts';
import type { CronFields } from './parse-cron.ts';
import type { CronSchedule } from './schedule.ts';
import { type Segment, segmentsOf } from './zone.ts';

/**
 * A larger change of the clocks is a correction, such as a move across the
 * date line: nothing is caught up for the local times it removes.
 */
const CORRECTION_MS = 3 * 3_600_000;

/** Local times [low, high) of a segment that count as regular occurrences. */
interface Window {
  readonly low: number;
  readonly high: number;
}

export class CronOccurrences implements OccurrenceSource {
  readonly #schedule: CronSchedule;
  readonly #calendar: CronCalendar;
  readonly #isFixedTime: boolean;
  readonly #segmentAt: (instant: number) => Segment;

  constructor(schedule: CronSchedule, fields: CronFields) {
    this.#schedule = schedule;
    this.#calendar = new CronCalendar(fields, schedule.calendar);
    this.#isFixedTime = fields.isFixedTime;
    this.#segmentAt = segmentsOf(schedule.timezone);
  }

  next(after: number): Nominal | null {
    const steps = this.#search(() => `after ${after}`);
    let from = Math.max(Math.floor(after) + 1, EPOCH);
    while (from < HORIZON) {
      steps.spend();
      const segment = this.#segmentAt(from);
      if (this.#calendar.isOverAt(from + segment.offset)) return null;
      const { low, high } = this.#window(segment);
      const wall = this.#calendar.next(Math.max(low, from + segment.offset), high, steps);
      const regular = wall === null ? null : this.#nominal(wall, segment);
      const moved = this.#firstMoved(segment, from, steps);
      if (moved !== null && (regular === null || moved.at <= regular.at)) return moved;
      if (regular !== null) return regular;
      from = segment.end;
    }
    return null;
  }

  previous(instant: number): Nominal | null {
    const steps = this.#search(() => `up to ${instant}`);
    let to = Math.min(Math.floor(instant), HORIZON - 1);
    while (to >= EPOCH) {
      steps.spend();
      const segment = this.#segmentAt(to);
      if (this.#calendar.isAheadOf(to + segment.offset)) return null;
      const { low, high } = this.#window(segment);
      const wall = this.#calendar.previous(Math.min(high, to + segment.offset + 1), low, steps);
      const regular = wall === null ? null : this.#nominal(wall, segment);
      const moved = this.#lastMoved(segment, to, steps);
      if (moved !== null && (regular === null || moved.at >= regular.at)) return moved;
      if (regular !== null) return regular;
      to = segment.start - 1;
    }
    return null;
  }

  count(from: number, to: number): number {
    const steps = this.#search(() => `from ${from} to ${to}`);
    let total = 0;
    for (let start = Math.ceil(from); start < to;) {
      steps.spend();
      const segment = this.#segmentAt(start);
      const { low, high } = this.#window(segment);
      const end = Math.min(segment.end, Math.ceil(to));
      total += this.#calendar.count(
        Math.max(low, start + segment.offset),
        Math.min(high, end + segment.offset),
      );
      total += this.#countMoved(segment, start, end);
      start = segment.end;
    }
    return total;
  }

  fill(from: number, to: number, into: Float64Array): number {
    let filled = 0;
    for (let start = Math.max(Math.ceil(from), EPOCH); start < to && filled < into.length;) {
      const segment = this.#segmentAt(start);
      const { end, offset } = segment;
      if (this.#calendar.isOverAt(start + offset)) break;
      const gap = this.#gap(segment);
      const afterGap = gap === null ? start : segment.start + (gap.high - gap.low);
      // What stands for local times that do not exist is three hours of each such change at most.
      while (start < afterGap && start < to && filled < into.length) {
        const at = this.next(start - 1)?.at ?? HORIZON;
        if (at < Math.min(afterGap, to)) {
          into[filled] = at;
          filled += 1;
        }
        start = Math.min(at + 1, afterGap);
      }
      const { low, high } = this.#window(segment);
      const first = Math.max(low, start + offset);
      const last = Math.min(high, Math.min(end, Math.ceil(to)) + offset);
      const steps = this.#search(() => `from ${start} to ${to}`);
      filled = this.#calendar.fill([first, last, offset], into, filled, steps);
      start = Math.max(end, start + 1);
    }
    return filled;
  }

  /** Wildcard jobs keep elapsed time, so every local reading of a segment counts. */
  #window(segment: Segment): Window {
    const { start, end, offset, offsetBefore, offsetAfter } = segment;
    let low = start + offset;
    let high = end + offset;
    if (!this.#isFixedTime) return { low, high };
    const { dstOverlap } = this.#schedule;
    // Set back at the start: up to the old reading, local times are second passes.
    if (dstOverlap === 'first') low = Math.max(low, start + offsetBefore);
    // Set back at the end: from the new reading on, local times will come again.
    if (dstOverlap === 'last') high = Math.min(high, end + offsetAfter);
    return { low, high };
  }

  #nominal(wall: number, segment: Segment): Nominal {
    const { start, end, offset, offsetBefore, offsetAfter } = segment;
    const at = wall - offset;
    if (wall >= end + offsetAfter) return { at, note: 'dst_overlap_first' };
    if (wall < start + offsetBefore) return { at, note: 'dst_overlap_last' };
    const from = this.#calendar.movedFrom(wall);
    return { at, note: from === null ? null : `moved from ${formatDay(from)}` };
  }

  /** Local times that a segment's start jumps over and that still want a run; null when none can. */
  #gap(segment: Segment): Window | null {
    const { start, offset, offsetBefore } = segment;
    const length = offset - offsetBefore;
    if (length <= 0 || !this.#isFixedTime || this.#schedule.dstGap === 'skip') return null;
    if (length > CORRECTION_MS) return null;
    return { low: start + offsetBefore, high: start + offset };
  }

  /** The first run at or after `from` that stands for local times in the gap. */
  #firstMoved(segment: Segment, from: number, steps: SearchSteps): Nominal | null {
    const gap = this.#gap(segment);
    if (gap === null || from >= segment.start + (gap.high - gap.low)) return null;
    if (this.#schedule.dstGap === 'run_once') {
      if (from > segment.start || this.#calendar.next(gap.low, gap.high, steps) === null)
        return null;
      return { at: segment.start, note: 'dst_gap' };
    }
    const wall = this.#calendar.next(from + segment.offsetBefore, gap.high, steps);
    return wall === null ? null : { at: wall - segment.offsetBefore, note: 'dst_shift' };
  }

  #lastMoved(segment: Segment, to: number, steps: SearchSteps): Nominal | null {
    const gap = this.#gap(segment);
    if (gap === null) return null;
    if (this.#schedule.dstGap === 'run_once')
      return this.#firstMoved(segment, segment.start, steps);
    const limit = Math.min(gap.high, to + segment.offsetBefore + 1);
    const wall = this.#calendar.previous(limit, gap.low, steps);
    return wall === null ? null : { at: wall - segment.offsetBefore, note: 'dst_shift' };
  }

  /** Runs for the gap within [start, end) that do not coincide with a regular occurrence. */
  #countMoved(segment: Segment, start: number, end: number): number {
    const steps = this.#search(() => `the gap at ${segment.start}`);
    let total = 0;
    // At most one per second of the gap, which is three hours long at most.
    for (let from = start; from < end;) {
      const moved = this.#firstMoved(segment, from, steps);
      if (moved === null || moved.at >= end) break;
      if (!this.#calendar.has(moved.at + segment.offset)) total += 1;
      from = moved.at + 1;
    }
    return total;
  }

  #search(question: () => string): SearchSteps {
    const { expression, timezone } = this.#schedule;
    return new SearchSteps(() => `"${expression}" in ${timezone} ${question()}`);
  }
}
