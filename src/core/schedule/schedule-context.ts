// What the readers of a schedule value share: where they are in the value,
// what they have found wrong so far, and which names and zone are in force.
import type { Schedule } from './schedule.ts';
import { SCHEDULE_PROBLEMS } from './schedule-problems.ts';
import type { ScheduleProblem, ScheduleProblemCode } from './schedule-problems.ts';

export interface ScheduleContext {
  /** Zone for schedules that name none; expected to be known already. */
  readonly timezone: string;
  /** The manifest's `schedules`, as written. */
  readonly named: Readonly<Record<string, unknown>>;
  /** What `H` in a cron expression is made from: the name of the job, or of the schedule itself. */
  readonly seed: string;
}

export interface ParsedSchedules {
  /** Those without an error, in the order written. */
  readonly schedules: readonly Schedule[];
  readonly problems: readonly ScheduleProblem[];
}

/** A place in a scalar's text, from 0. */
export interface TextPlace {
  readonly offset: number;
  readonly length: number;
}

export interface ProblemWords {
  readonly detail: string;
  readonly label?: string | null;
  readonly hint?: string | null;
  readonly place?: TextPlace | null;
  readonly mended?: string | null;
}

/** Settings that an object form adds to its rule. */
export interface Surroundings {
  readonly timezone: string;
  readonly jitterMs: number;
  readonly from: number | null;
  readonly until: number | null;
}

export class Problems {
  readonly list: ScheduleProblem[] = [];

  /** Adds a problem at a pointer relative to the schedule value; the severity is the code's. */
  add(code: ScheduleProblemCode, path: string, words: ProblemWords): void {
    const entry = SCHEDULE_PROBLEMS.find((known) => known.code === code);
    this.list.push({
      code,
      severity: entry?.severity ?? 'error',
      path,
      offset: words.place?.offset ?? null,
      length: words.place?.length ?? null,
      label: words.label ?? null,
      detail: words.detail,
      hint: words.hint ?? null,
      mended: words.mended ?? null,
    });
  }

  get errorCount(): number {
    return this.list.filter((problem) => problem.severity === 'error').length;
  }
}
