// What a schedule is after normalisation, and what an occurrence is. How text
// becomes a schedule is in parse-schedule.ts; which instants it yields, in
// compile-schedule.ts.
import type { CalendarRule } from '../calendar/calendar.ts';

/** What a fixed-time cron job does with local times that do not exist. */
export type DstGap = 'run_once' | 'skip' | 'shift';
/** What a fixed-time cron job does with local times that exist twice. */
export type DstOverlap = 'first' | 'last' | 'both';

interface ScheduleBase {
  /** IANA zone name, checked against the runtime's data. */
  readonly timezone: string;
  /** Upper bound of the stable start delay per occurrence; 0 for none. */
  readonly jitterMs: number;
  /** No nominal time before this instant (epoch ms); null for no bound. */
  readonly from: number | null;
  /** No nominal time at or after this instant (epoch ms); null for no bound. */
  readonly until: number | null;
  /** On which days it counts; absent for all days. */
  readonly calendar?: CalendarRule;
  /** The schedule as a person wrote it, for display: `0 3 * * *`, `every 30s`, `@workdays`. */
  readonly written: string;
}

export interface CronSchedule extends ScheduleBase {
  readonly kind: 'cron';
  /** Five or six fields (leading seconds), names and macros already resolved to fields. */
  readonly expression: string;
  readonly dstGap: DstGap;
  readonly dstOverlap: DstOverlap;
}

export interface EverySchedule extends ScheduleBase {
  readonly kind: 'every';
  readonly intervalMs: number;
  /** Instant (epoch ms) that the grid passes through; 0 is 1970-01-01T00:00Z. */
  readonly anchor: number;
}

export interface AtSchedule extends ScheduleBase {
  readonly kind: 'at';
  /** The one instant, resolved in the zone (gap: the transition; overlap: the first). */
  readonly instant: number;
  /** What is to be said about the instant; a spelling, like `written`. Absent mostly. */
  readonly remark?: OccurrenceNote;
}

/** The rule that yields instants. Holds the local rule and the zone, never a list of instants. */
export type Schedule = CronSchedule | EverySchedule | AtSchedule;

/** Why an occurrence deserves a remark in a preview. */
export type OccurrenceNote =
  /** Stands for local times that do not exist; starts at the transition. */
  | 'dst_gap'
  /** Moved forward by the length of the gap (`dst_gap: shift`). */
  | 'dst_shift'
  /** First or last pass of a local time that exists twice. */
  | 'dst_overlap_first'
  | 'dst_overlap_last'
  /** Moved by a calendar, from a day that is not allowed. */
  | `moved from ${string}`
  /** Only told where somebody asks for them: taken away by a calendar, and why. */
  | `moved to ${string}`
  | `left out: ${string}`;

/** One instant of a job's schedule; job + nominal time is its identity. */
export interface Occurrence {
  /** The instant the schedule names (epoch ms), before jitter. */
  readonly nominalTime: number;
  /** When admission may happen: nominal time plus the stable jitter (epoch ms). */
  readonly startTime: number;
  readonly note: OccurrenceNote | null;
  /** Index into the job's schedules. */
  readonly schedule: number;
}

/**
 * Answers which occurrences a job has. Pure and deterministic: preview and
 * scheduler use the same object, so they cannot disagree. All instants are
 * epoch ms; results increase strictly in nominal time; occurrences of several
 * schedules at one instant are one occurrence.
 */
export interface CompiledSchedule {
  /** The first occurrence with nominalTime > after, or null when none is left. */
  next(after: number): Occurrence | null;
  /** The last occurrence with nominalTime <= at, or null. */
  previous(at: number): Occurrence | null;
  /** Occurrences with from <= nominalTime < to, oldest first; lazily. */
  range(from: number, to: number): IterableIterator<Occurrence>;
  /**
   * The nominal times of that range alone, in blocks: for long lists, where an object for
   * each would cost most of the time.
   */
  times(from: number, to: number): IterableIterator<Float64Array>;
  /** Starts may be later than their nominal times. */
  readonly hasJitter: boolean;
  /** How many occurrences have from <= nominalTime < to, counted up to `cap`. */
  count(from: number, to: number, cap: number): number;
}
