// The occurrences that a job would have without its calendars, beside those it
// has: for a person who asks where one has gone.
import type { CalendarRule } from '../calendar/calendar.ts';
import { dayInstead, leftOutWords } from '../calendar/left-out.ts';
import { DAY_MS } from '../calendar/day.ts';
import { compileSchedule } from './compile-schedule.ts';
import type { CompiledSchedule, Occurrence, Schedule } from './schedule.ts';
import { withoutCalendar } from './without-spelling.ts';
import { offsetAt } from './zone.ts';

export interface LeftOut {
  readonly occurrence: Occurrence;
  readonly calendar: CalendarRule;
  /** "2026-12-25 is in holidays". */
  readonly why: string;
  /** The day on which it counts instead, as `2026-12-28`; null when it is dropped. */
  readonly instead: string | null;
}

/** The first occurrence after `after` that calendars took away; null when there is none before `to`. */
export function leftOutBetween(
  schedules: readonly Schedule[],
  jobName: string,
  after: number,
  to: number,
): LeftOut | null {
  const raw = compileSchedule(schedules.map(withoutCalendar), jobName);
  const found = raw.next(after);
  return found === null || found.nominalTime >= to ? null : judged(schedules, found);
}

/** The occurrences that count, and between them those left out, with a note that says why. */
export function withLeftOut(
  schedules: readonly Schedule[],
  compiled: CompiledSchedule,
  jobName: string,
): CompiledSchedule {
  const raw = compileSchedule(schedules.map(withoutCalendar), jobName);
  return {
    ...compiled,
    next(after) {
      const real = compiled.next(after);
      const other = raw.next(after);
      if (other === null || (real !== null && real.nominalTime <= other.nominalTime)) return real;
      const left = judged(schedules, other);
      if (left === null) return real;
      const note: Occurrence['note'] =
        left.instead === null ? `left out: ${left.why}` : `moved to ${left.instead}: ${left.why}`;
      return { ...other, note };
    },
  };
}

function judged(schedules: readonly Schedule[], occurrence: Occurrence): LeftOut | null {
  const { calendar, timezone } = schedules[occurrence.schedule]!;
  if (calendar === undefined) return null;
  const { nominalTime } = occurrence;
  const day = Math.floor((nominalTime + offsetAt(timezone, nominalTime)) / DAY_MS);
  const why = leftOutWords(calendar, day);
  return why === null ? null : { occurrence, calendar, why, instead: dayInstead(calendar, day) };
}
