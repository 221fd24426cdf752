// What becomes of the occurrences that came due while nobody could admit them.
// Whether a late occurrence is such a misfire is decided by the caller.
import type { CatchUp } from '../manifest/job.ts';
import type { CompiledSchedule } from '../schedule/schedule.ts';
import { coalesce, type CoalescedRow } from './missed.ts';

/** What the job says about misfires. */
export interface CatchUpRule extends CatchUp {
  /** How late an occurrence may still start; null for any time within the window. */
  readonly startDeadlineMs?: number | null;
}

export interface CatchUpDecision {
  /** Nominal times to admit, oldest first. */
  readonly admit: readonly number[];
  /** What is recorded as missed. */
  readonly missed: readonly CoalescedRow[];
  /** Newest nominal time that this decision settles; null when nothing was due. */
  readonly settledTo: number | null;
}

/**
 * Newest instant up to which nominal times are due at `now`. Jitter never
 * reorders, so at most the newest nominal time can still wait for its start.
 */
export function dueUntil(schedule: CompiledSchedule, now: number): number {
  const newest = schedule.previous(now);
  return newest !== null && newest.startTime > now ? newest.nominalTime - 1 : now;
}

/** When the occurrence of this nominal time is due: later than it by the jitter. */
export function startTimeOf(schedule: CompiledSchedule, nominalTime: number): number {
  const occurrence = schedule.next(nominalTime - 1);
  return occurrence?.nominalTime === nominalTime ? occurrence.startTime : nominalTime;
}

/**
 * Settles the misfires of one job: those with watermark < nominalTime, due at
 * `now`. The cost does not grow with the length of the downtime, except by the
 * runs that policy `all` admits (at most `limit`).
 */
export function catchUp(
  schedule: CompiledSchedule,
  rule: CatchUpRule,
  watermark: number,
  now: number,
): CatchUpDecision {
  const until = dueUntil(schedule, now);
  const newest = schedule.previous(until);
  if (newest === null || newest.nominalTime <= watermark) {
    return { admit: [], missed: [], settledTo: null };
  }
  const settledTo = newest.nominalTime;
  if (rule.policy === 'none') {
    const missed = rows([coalesce(schedule, watermark, settledTo, 'catch_up_none')]);
    return { admit: [], missed, settledTo };
  }
  // Everything at or before this instant lies outside the window.
  const tooOld = Math.max(watermark, now - rule.windowMs - 1);
  const outside =
    tooOld > watermark ? coalesce(schedule, watermark, tooOld, 'catch_up_window') : null;
  if (settledTo <= tooOld) return { admit: [], missed: rows([outside]), settledTo };
  // Within the window, but later than an occurrence of this job may start.
  const tooLate = Math.max(tooOld, now - (rule.startDeadlineMs ?? Infinity) - 1);
  if (tooLate > tooOld) {
    const late = coalesce(schedule, tooOld, Math.min(tooLate, settledTo), 'deadline');
    const rest = admitAfter(schedule, rule, Math.min(tooLate, settledTo), settledTo);
    return { admit: rest.admit, missed: rows([outside, late, ...rest.missed]), settledTo };
  }
  const rest = admitAfter(schedule, rule, tooOld, settledTo);
  return { admit: rest.admit, missed: rows([outside, ...rest.missed]), settledTo };
}

/** By policy `latest` or `all`: what becomes of the occurrences young enough to run. */
function admitAfter(
  schedule: CompiledSchedule,
  rule: CatchUpRule,
  tooOld: number,
  settledTo: number,
): { readonly admit: readonly number[]; readonly missed: readonly (CoalescedRow | null)[] } {
  if (settledTo <= tooOld) return { admit: [], missed: [] };
  if (rule.policy === 'latest') {
    const older = coalesce(schedule, tooOld, settledTo - 1, 'catch_up_latest');
    return { admit: [settledTo], missed: [older] };
  }
  const admit = firstNominalTimes(schedule, tooOld, settledTo, rule.limit);
  const beyond = coalesce(schedule, admit.at(-1) ?? tooOld, settledTo, 'catch_up_limit');
  return { admit, missed: [beyond] };
}

function firstNominalTimes(
  schedule: CompiledSchedule,
  after: number,
  until: number,
  limit: number,
): number[] {
  const times: number[] = [];
  if (limit <= 0) return times;
  for (const occurrence of schedule.range(after + 1, until + 1)) {
    times.push(occurrence.nominalTime);
    if (times.length >= limit) break;
  }
  return times;
}

function rows(candidates: readonly (CoalescedRow | null)[]): CoalescedRow[] {
  return candidates.filter((row) => row !== null);
}
