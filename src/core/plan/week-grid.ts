// A week of starts by local day and hour, before and after: what a plan or a
// preview looks like at a glance. Drawing it is left to the views.
import type { CompiledSchedule } from '../schedule/schedule.ts';
import { segmentsOf } from '../schedule/zone.ts';
import { pickInstant } from '../schedule/wall-time.ts';
import { orNever } from './schedule-impact.ts';

const gridDays = 7;
const gridHours = 24;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A job with more starts than this in the week is counted hour by hour. */
const walkedMax = 1_000;

export interface WeekCell {
  readonly before: number;
  readonly after: number;
  /** As many as before, but others: at other times, or of other jobs. Absent: the same. */
  readonly moved?: true;
}

export interface WeekDay {
  /** Local date: 2026-03-29. */
  readonly date: string;
  /** 24 hours but where the clocks change. */
  readonly lengthMs: number;
  /** By local hour; null for one that the clocks skip, and for one that is over. */
  readonly hours: readonly (WeekCell | null)[];
}

export interface WeekGrid {
  readonly zone: string;
  /** The day of the instant asked for, and the six after it. */
  readonly days: readonly WeekDay[];
}

/** The same object on both sides for a job that stays as it is. */
export interface GridJob {
  readonly before: CompiledSchedule | null;
  readonly after: CompiledSchedule | null;
  /** Nominal times after these are to come; absent: all after now. */
  readonly openAfter?: { readonly before: number; readonly after: number };
}

/** Starts after `now`. */
export function weekGrid(jobs: readonly GridJob[], now: number, zone: string): WeekGrid {
  const hours = hoursOf(now, zone);
  const before = hours.map(() => 0);
  const after = hours.map(() => 0);
  const isOther = hours.map(() => false);
  for (const job of jobs) {
    const open = job.openAfter ?? { before: now, after: now };
    const isSame = job.before === job.after && open.before === open.after;
    const first = countInto(job.before, hours, open.before);
    const second = isSame ? first : countInto(job.after, hours, open.after);
    for (const [slot, { count }] of first) before[slot]! += count;
    for (const [slot, { count }] of second) after[slot]! += count;
    if (isSame) continue;
    for (const slot of new Set([...first.keys(), ...second.keys()])) {
      if (first.get(slot)?.print !== second.get(slot)?.print) isOther[slot] = true;
    }
  }
  return {
    zone,
    days: Array.from({ length: gridDays }, (_, day) => ({
      date: hours[day * gridHours]!.date,
      lengthMs: hours[day * gridHours + gridHours - 1]!.to - hours[day * gridHours]!.from,
      hours: Array.from({ length: gridHours }, (__, hour) => {
        const slot = day * gridHours + hour;
        const { from, to } = hours[slot]!;
        if (to <= from || to <= now) return null;
        const cell = { before: before[slot]!, after: after[slot]! };
        return isOther[slot] === true && cell.before === cell.after
          ? { ...cell, moved: true as const }
          : cell;
      }),
    })),
  };
}

interface Hour {
  readonly date: string;
  /** Instants; an hour that comes twice is one of two hours, one that is skipped has none. */
  readonly from: number;
  readonly to: number;
}

function hoursOf(now: number, zone: string): Hour[] {
  const midnight = Math.floor((now + segmentsOf(zone)(now).offset) / dayMs) * dayMs;
  return Array.from({ length: gridDays * gridHours }, (_, slot) => {
    const wall = midnight + slot * hourMs;
    return {
      date: new Date(wall).toISOString().slice(0, 10),
      from: pickInstant(zone, wall).instant,
      to: pickInstant(zone, wall + hourMs).instant,
    };
  });
}

/** What one job does within an hour; equal prints: the same starts. */
interface InHour {
  count: number;
  print: number;
}

/** By slot. */
function countInto(
  compiled: CompiledSchedule | null,
  hours: readonly Hour[],
  openAfter: number,
): Map<number, InHour> {
  const found = new Map<number, InHour>();
  const end = hours.at(-1)!.to;
  if (compiled === null || openAfter + 1 >= end) return found;
  try {
    if (compiled.count(openAfter + 1, end, walkedMax + 1) > walkedMax) {
      for (const [slot, { from, to }] of hours.entries()) {
        const first = Math.max(from, openAfter + 1);
        const count = to <= first ? 0 : compiled.count(first, to, 1_000_000);
        if (count === 0) continue;
        // Of many only their number and the first: they differ when one of these does.
        const [start] = compiled.range(first, to);
        found.set(slot, { count, print: printOf(count, (start?.startTime ?? 0) - from) });
      }
      return found;
    }
    let slot = 0;
    for (const { startTime } of compiled.range(openAfter + 1, end)) {
      while (slot < hours.length - 1 && startTime >= hours[slot]!.to) slot += 1;
      const cell = found.get(slot) ?? { count: 0, print: 0 };
      cell.count += 1;
      cell.print = printOf(cell.print, startTime - hours[slot]!.from);
      found.set(slot, cell);
    }
    return found;
  } catch (error) {
    return orNever(error) ?? new Map();
  }
}

/** Small enough for the product to be exact. */
function printOf(before: number, offset: number): number {
  return (before * 31 + offset) % 1_000_000_007;
}
