// After a restore: what came due between the backup and the restore may have run,
// and nobody knows. It is closed as missed, so that nothing runs twice.
import { coalesce, type CoalescedRow } from '../core/runs/missed.ts';
import type { Store } from '../store/store.ts';
import {
  readRestored,
  restoredFact,
  settledRestoreFact,
  type Restored,
} from '../store/restored.ts';
import type { JobEntry } from './job-table.ts';
import { recordRow, withCause } from './occurrences.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** Null in ordinary times. */
export function restoredSince(store: Pick<Store, 'fact'>): Restored | null {
  return readRestored(store.fact(restoredFact));
}

/** Closes the gap of every job and forgets about the restore, in one transaction with it. */
export function settleRestored(state: SchedulerState, work: Work, restored: Restored): void {
  const { at } = restored;
  const cause = `${describe(restored)}; it may have run`;
  for (const entry of state.jobs.all()) closeGap(state, work, entry, { at, cause });
  const audit = { actor: 'daemon', action: 'store.restored', target: null };
  work.store.audit({ at, ...audit, detail: describe(restored) });
  work.store.setFact(restoredFact, null);
  work.store.setFact(settledRestoreFact, JSON.stringify(restored));
}

function describe({ madeAt, onPurpose }: Restored): string {
  if (!onPurpose) return 'the store turned out to be older than the runs that were made';
  const made = madeAt === null ? '' : ` of ${inSeconds(madeAt)}`;
  return `the store was restored from a backup${made}`;
}

function closeGap(
  state: SchedulerState,
  work: Work,
  entry: JobEntry,
  { at, cause }: { readonly at: number; readonly cause: string },
): void {
  const { record, schedule } = entry;
  if (schedule === null || record.fault !== null) return;
  let row: CoalescedRow | null;
  try {
    row = coalesce(schedule, record.watermark, at, 'restored');
  } catch {
    // The engine fails for this job: the tick finds it out and records the fault.
    return;
  }
  if (row === null) return;
  recordRow(state, work, record, withCause(row, cause));
  work.store.setWatermark(record.uid, row.last, record.epoch);
  state.jobs.put(work, state.jobs.advance(entry, row.last, record.epoch, work.now));
}

function inSeconds(instant: number): string {
  return new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z');
}
