// How many occurrences lie in a span, as one ledger row. Counts by arithmetic
// of the schedule, never by listing, because a span may cover years.
import { formatDuration } from '../schedule/parse-duration.ts';
import type { CompiledSchedule } from '../schedule/schedule.ts';
import type { OutcomeReason } from './run.ts';

/** Occurrences of one job that share a disposition and a reason. */
export interface CoalescedRow {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly reason: OutcomeReason;
  /** Set when the count stopped at its cap. */
  readonly detail: string | null;
}

/** The rule that an occurrence missed by its deadline ran against, in words. */
export function describeDeadline(startDeadlineMs: number): string {
  return `could not start within ${formatDuration(startDeadlineMs)} of its time (start_deadline)`;
}

/** Counting stops here; beyond it a person only needs to know that it is many. */
export const countMax = 100_000;

/** The occurrences with after < nominalTime <= until as one row; null when there are none. */
export function coalesce(
  schedule: CompiledSchedule,
  after: number,
  until: number,
  reason: OutcomeReason,
): CoalescedRow | null {
  const first = schedule.next(after);
  if (first === null || first.nominalTime > until) return null;
  const last = schedule.previous(until);
  const lastNominal = last === null ? first.nominalTime : last.nominalTime;
  const counted = schedule.count(first.nominalTime, lastNominal + 1, countMax + 1);
  const isCapped = counted > countMax;
  return {
    first: first.nominalTime,
    last: lastNominal,
    count: Math.max(1, Math.min(counted, countMax)),
    reason,
    detail: isCapped ? `more than ${countMax.toLocaleString('en')}` : null,
  };
}
