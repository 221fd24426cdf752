// Decides whether two jobs come due at the same instants: what moves the
// watermark and what deserves an impact. How the schedule is spelled does not matter.
import type { Job } from '../manifest/job.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { withoutSpelling } from '../schedule/without-spelling.ts';
import { sameValue } from './same-value.ts';

export function sameSchedules(a: readonly Schedule[], b: readonly Schedule[]): boolean {
  return sameValue(a.map(withoutSpelling), b.map(withoutSpelling));
}

/**
 * True when the job's position must be set to the time of the apply: nothing
 * that came due before counts for the new schedule, nor for a job that was
 * suspended until now. A job being suspended keeps its position, so that what
 * is already due is recorded as skipped.
 */
export function needsNewPosition(before: Job, after: Job): boolean {
  return !sameSchedules(before.schedules, after.schedules) || (before.suspend && !after.suspend);
}
