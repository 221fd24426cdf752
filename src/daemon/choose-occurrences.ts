// The occurrences that a backfill asks for, by the schedule in force and by the
// runs there have been. What the schedule has not settled yet is left to it.
import type { BackfillInput } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { chooseBackfill, type BackfillChoice } from '../core/runs/backfill.ts';
import { compileSchedule } from '../core/schedule/compile-schedule.ts';
import { nominalTimes } from '../core/schedule/nominal-times.ts';
import type { StoreReader } from '../store/store.ts';
import { findJob } from './find.ts';

/** More than retention keeps of a job by default; of others the newest count. */
const runsLookedAtMax = 10_000;

export function chooseOccurrences(
  store: StoreReader,
  input: Pick<BackfillInput, 'job' | 'from' | 'to' | 'limit' | 'all'>,
  now: number,
): { readonly occurrences: readonly BackfillChoice[]; readonly more: boolean } {
  const record = findJob(store, input.job);
  if (record.removedAt !== null) {
    throw operationalError('JM2-R101', { detail: `"${input.job}" is in force no more.` });
  }
  if (record.job.schedules.length === 0) {
    throw operationalError('JM2-R126', { detail: `"${input.job}" is only run by hand.` });
  }
  const from = Date.parse(input.from);
  // The scheduler is about to admit what lies behind the watermark; of a suspended
  // job it admits nothing, and settles what passed when the suspension ends.
  const settledUntil = record.job.suspend ? now : record.watermark + 1;
  const until = Math.min(Date.parse(input.to), settledUntil);
  const schedule = compileSchedule(record.job.schedules, record.name);
  const runs = store.runs({
    jobUid: record.uid,
    nominal: { since: from, until: Math.max(from, until) },
    limit: runsLookedAtMax,
  });
  return chooseBackfill(nominalTimes(schedule, from, until), runs, input);
}
