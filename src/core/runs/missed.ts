// What is missed: how a run that may begin no more is told from a canceled one,
// and how many occurrences lie in a span, as one ledger row. Counts by arithmetic
// of the schedule, never by listing, because a span may cover years.
import { formatDuration } from '../schedule/parse-duration.ts';
import type { CompiledSchedule } from '../schedule/schedule.ts';
import type { OutcomeReason, Run } from './run.ts';

/** Occurrences of one job that share a disposition and a reason. */
export interface CoalescedRow {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly reason: OutcomeReason;
  /** Set when the count stopped at its cap. */
  readonly detail: string | null;
}

const deadlineField = '(start_deadline)';

/** The rule that an occurrence missed by its deadline ran against, in words. */
export function describeDeadline(startDeadlineMs: number): string {
  return `could not start within ${formatDuration(startDeadlineMs)} of its time ${deadlineField}`;
}

const missedPrefix = 'missed: ';

/** The reason of a run that was admitted, never began, and may begin no more. */
export function missedReason(detail: string): string {
  return `${missedPrefix}${detail}`;
}

/** Why such a run may begin no more; null for every other run. */
export function missedDetail(
  run: Pick<Run, 'state' | 'startedAt' | 'reason'>,
): { readonly text: string; readonly isDeadline: boolean } | null {
  if (run.state !== 'canceled' || run.startedAt !== null) return null;
  if (run.reason?.startsWith(missedPrefix) !== true) return null;
  const text = run.reason.slice(missedPrefix.length);
  return { text, isDeadline: text.includes(deadlineField) };
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
