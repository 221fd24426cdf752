// The first transaction of a daemon: jobs in force, runs that were left, then
// the occurrences that passed meanwhile. Only after it does the timer run.
import { isLeftAhead } from '../core/runs/clock-step.ts';
import type { JobRecord } from '../store/store.ts';
import { inRestoreOrder } from './left-line.ts';
import { recordFault } from './occurrences.ts';
import { settleDueJob } from './pauses.ts';
import { fillSlots } from './queue.ts';
import { restoreRun, type LeftRun } from './recovery.ts';
import { placeJobs, settleEarlier } from './reload.ts';
import { restoredSince, settleRestored } from './restored.ts';
import { mayStart, type SchedulerState } from './state.ts';
import type { Work } from './work.ts';
import { settleZoneData } from './zone-change.ts';

export function settleStart(
  state: SchedulerState,
  work: Work,
  stored: { readonly records: readonly JobRecord[]; readonly earlier: readonly JobRecord[] },
  left: readonly LeftRun[],
): void {
  // A difference is left only when the load of it could not be recorded.
  const settled = settleEarlier(state, work, stored.earlier, stored.records);
  const records = settled.map((record) => withNewChance(state, work, record));
  placeJobs(state, work, records);
  for (const record of records) settlePosition(state, work, record);
  rememberEngine(state, work);
  settleZoneData(state, work);
  // One that admits nothing leaves it to the next, as it leaves the misfires.
  const restored = mayStart(state) ? restoredSince(state.parts.store) : null;
  if (restored !== null) settleRestored(state, work, restored);
  // Before the misfires: a run that still goes on counts for their admission. And
  // before those that wait for it, which may be older: by hand, or by a clock set back.
  for (const run of inRestoreOrder(left, (one) => one.run)) restoreRun(state, work, run);
  // A scheduler that admits nothing leaves them to the next one.
  for (const entry of mayStart(state) ? state.jobs.all() : []) {
    const isDue = entry.next !== null && entry.next.startTime <= work.now;
    if (isDue) settleDueJob(state, work, entry);
  }
  fillSlots(state, work);
}

const engineFact = 'engine';

/**
 * A fault is the engine's, so a job gets its chance with another one: another
 * version of jm2, or other time-zone data. What came due meanwhile is a misfire.
 */
function withNewChance(state: SchedulerState, work: Work, record: JobRecord): JobRecord {
  const { engine, log } = state.parts;
  if (record.fault === null || engine === undefined || work.store.fact(engineFact) === engine) {
    return record;
  }
  log.info({ job: record.name, fault: record.fault }, 'another engine tries a job with a fault');
  work.store.setFault(record.uid, null);
  return { ...record, fault: null };
}

function rememberEngine(state: SchedulerState, work: Work): void {
  const { engine } = state.parts;
  if (engine !== undefined && work.store.fact(engineFact) !== engine) {
    work.store.setFact(engineFact, engine);
  }
}

/** A watermark in the future is a clock that was set back while nobody watched. */
function settlePosition(state: SchedulerState, work: Work, record: JobRecord): void {
  const entry = state.jobs.get(record.uid);
  if (entry === undefined) return;
  if (entry.record.fault !== null && record.fault === null) return recordFault(state, work, entry);
  if (!isLeftAhead(record.watermark, work.now, entry.isFixed)) return;
  state.parts.log.warn({ job: record.name, watermark: record.watermark }, 'watermark lies ahead');
  work.store.setWatermark(record.uid, work.now, record.epoch + 1);
  const advanced = state.jobs.advance(entry, work.now, record.epoch + 1, work.now);
  if (advanced.record.fault !== record.fault) recordFault(state, work, advanced);
  else state.jobs.put(work, advanced);
}
