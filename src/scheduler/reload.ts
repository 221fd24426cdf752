// Takes the recorded jobs of a new revision. Starts nothing and moves no
// unchanged job: what changes is the table, and the records of what can no
// longer come due.
import type { Job } from '../core/manifest/job.ts';
import { isFixedTime, isLeftAhead } from '../core/runs/clock-step.ts';
import { dueUntil } from '../core/runs/catch-up.ts';
import { describeInterruption } from '../core/runs/interruption.ts';
import { coalesce, type CoalescedRow } from '../core/runs/missed.ts';
import { pausedRowOfOutgoing } from '../core/overrides/pause.ts';
import { needsNewPosition, sameSchedules } from '../core/plan/same-schedule.ts';
import type { MadeUpRuns } from './started-by-apply.ts';
import type { OutcomeReason } from '../core/runs/run.ts';
import type { JobRecord } from '../store/store.ts';
import { stopRun } from './ending.ts';
import type { JobEntry } from './job-table.ts';
import { relocateRuns } from './slots.ts';
import { recordFault, recordRow, withCause } from './occurrences.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';
import { rememberZones } from './zone-change.ts';

/**
 * Puts the records in force and closes what came due of the jobs that changed. Where it
 * is known which were `written`, no other is looked at: of ten thousand a save changes a few.
 */
export function reloadJobs(
  state: SchedulerState,
  work: Work,
  records: readonly JobRecord[],
  {
    removing,
    written,
    madeUp = new Map(),
  }: {
    readonly removing?: ReadonlyMap<string, 'finish' | 'cancel'> | undefined;
    readonly written?: ReadonlySet<string> | undefined;
    readonly madeUp?: MadeUpRuns;
  } = {},
): void {
  const given = written === undefined ? records : records.filter(({ uid }) => written.has(uid));
  const kept = new Set(given.map(({ uid }) => uid));
  for (const uid of written ?? state.jobs.uids()) {
    const entry = kept.has(uid) ? undefined : state.jobs.get(uid);
    if (entry === undefined) continue;
    removeJob(state, work, entry, removing?.get(uid) ?? entry.record.job.onRemove);
  }
  for (const record of given) reloadJob(state, work, record, madeUp.get(record.uid));
  rememberZones(state, work, given);
}

/**
 * Before the first transaction of a daemon nothing has been settled since the
 * daemon before it, so a manifest that changed meanwhile closes what came due of
 * the jobs it changed. Answers the records with their positions after it; the
 * table is left alone.
 */
export function settleEarlier(
  state: SchedulerState,
  work: Work,
  earlier: readonly JobRecord[],
  records: readonly JobRecord[],
  madeUp: MadeUpRuns = new Map(),
): JobRecord[] {
  const given = new Map(records.map((record) => [record.uid, record]));
  for (const record of earlier) {
    const next = given.get(record.uid);
    if (next?.digest === record.digest) continue;
    const entry = state.jobs.build(record, state.jobs.get(record.uid), work.now);
    if (next === undefined) closeRemoved(state, work, entry);
    else {
      const standing = settleChange(state, work, entry, next, madeUp.get(next.uid));
      given.set(next.uid, { ...next, ...standing });
    }
  }
  return [...given.values()];
}

/** The table as the records say, without any record of what changed. */
export function placeJobs(state: SchedulerState, work: Work, records: readonly JobRecord[]): void {
  const kept = new Set(records.map((record) => record.uid));
  for (const entry of state.jobs.all()) {
    if (!kept.has(entry.record.uid)) state.jobs.remove(work, entry);
  }
  for (const record of records) {
    const before = state.jobs.get(record.uid);
    state.jobs.put(work, state.jobs.build(record, before, work.now));
  }
}

function reloadJob(
  state: SchedulerState,
  work: Work,
  given: JobRecord,
  madeUpFor: number | undefined,
): void {
  const before = state.jobs.get(given.uid);
  if (before === undefined) return placeJob(state, work, given, undefined);
  if (isInTable(before.record, given)) return;
  const position = positionAfter(state, work, before, given, madeUpFor);
  let fault = before.record.fault ?? given.fault;
  if (fault !== null && needsNewPosition(before.record.job, given.job)) {
    // The engine failed at the position of before; the new one gets its chance.
    if (given.fault !== null) work.store.setFault(given.uid, null);
    fault = null;
  }
  placeJob(state, work, { ...given, ...position, fault }, before);
  if (isMovedInLine(before.record.job, given.job)) {
    relocateRuns(state, work, given.uid, given.job);
  }
}

/**
 * Nothing was written of this job but what the table has, too: its place and its next
 * start stay. Of ten thousand jobs a save changes a few.
 */
function isInTable(known: JobRecord, given: JobRecord): boolean {
  return (
    known.digest === given.digest &&
    known.revision === given.revision &&
    known.name === given.name &&
    known.job === given.job &&
    known.fault === given.fault &&
    known.pause === given.pause &&
    known.aliases === given.aliases &&
    newest(known, given).watermark === known.watermark &&
    known.epoch >= given.epoch
  );
}

/**
 * A clock that was set back may have left the position ahead of it, as it does
 * for fixed times. Under a new rule that has none, nothing would come until then.
 */
function positionAfter(
  state: SchedulerState,
  work: Work,
  before: JobEntry,
  given: JobRecord,
  madeUpFor: number | undefined,
): Standing {
  const settled = settleChange(state, work, before, given, madeUpFor);
  const isFixed = isFixedTime(given.job.schedules);
  if (!isRescheduled(before, given) || !isLeftAhead(settled.watermark, work.now, isFixed)) {
    return settled;
  }
  const begun = { ...settled, watermark: work.now, epoch: settled.epoch + 1 };
  work.store.setWatermark(given.uid, begun.watermark, begun.epoch);
  return begun;
}

function isMovedInLine(before: Job, after: Job): boolean {
  return (
    before.group !== after.group ||
    before.priority !== after.priority ||
    before.startDeadlineMs !== after.startDeadlineMs
  );
}

/** By the same measure as the apply, which moves the position of such a job. */
function isRescheduled({ record }: JobEntry, given: JobRecord): boolean {
  return (
    record.digest !== given.digest && !sameSchedules(record.job.schedules, given.job.schedules)
  );
}

/** Closes what came due before a change of the schedule or of its suspension; the position then. */
function settleChange(
  state: SchedulerState,
  work: Work,
  before: JobEntry,
  given: JobRecord,
  madeUpFor: number | undefined,
): Standing {
  const hasNewSchedule = isRescheduled(before, given);
  // What an interruption left unsettled came due under the old value, and is settled with it.
  const isToggled = before.record.job.suspend !== given.job.suspend;
  let position = newest(before.record, given);
  let { pause } = before.record;
  if (hasNewSchedule || isToggled) {
    const isSuspended = before.record.job.suspend || given.job.suspend;
    const reason = isSuspended ? 'suspended' : 'schedule_changed';
    const due = hasNewSchedule ? Math.max(given.watermark, work.now) : work.now;
    // The newest waits for its jitter and is made up for: its run is its outcome.
    const until = madeUpFor === undefined ? due : Math.min(due, madeUpFor - 1);
    const open = closePaused(state, work, before, until);
    pause = open.record.pause;
    const settledTo = closeOccurrences(state, work, open, until, reason);
    position = newest(position, { ...position, watermark: settledTo });
    if (position.watermark > given.watermark || position.epoch > given.epoch) {
      work.store.setWatermark(given.uid, position.watermark, position.epoch);
    }
  }
  return { ...position, pause };
}

function placeJob(
  state: SchedulerState,
  work: Work,
  record: JobRecord,
  before: JobEntry | undefined,
): void {
  const entry = state.jobs.build(record, before, work.now);
  if (entry.record.fault !== null && record.fault === null) recordFault(state, work, entry);
  else state.jobs.put(work, entry);
}

type Position = Pick<JobRecord, 'watermark' | 'epoch'>;
type Standing = Pick<JobRecord, 'watermark' | 'epoch' | 'pause'>;

/** A record may have been read before the last tick: the table's position is as true. */
function newest(a: Position, b: Position): Position {
  const isA = a.epoch > b.epoch || (a.epoch === b.epoch && a.watermark >= b.watermark);
  const { watermark, epoch } = isA ? a : b;
  return { watermark, epoch };
}

/** What the pause of a job skips of the outgoing schedule; the entry after it, not in the table. */
function closePaused(state: SchedulerState, work: Work, entry: JobEntry, until: number): JobEntry {
  const { record, schedule } = entry;
  const { pause } = record;
  if (pause === null || schedule === null || record.fault !== null || record.job.suspend) {
    return entry;
  }
  let row: CoalescedRow | null;
  try {
    row = pausedRowOfOutgoing(schedule, record.watermark, pause, until);
  } catch {
    // As for the rest of the outgoing schedule.
    return entry;
  }
  if (row === null) return entry;
  recordRow(state, work, record, row);
  const counted = { ...pause, skipped: pause.skipped + row.count };
  work.store.setPause(record.uid, counted);
  return { ...entry, record: { ...record, watermark: row.last, pause: counted } };
}

/**
 * Records the occurrences of the outgoing schedule that were due and not yet
 * settled; returns the newest nominal time settled now.
 */
function closeOccurrences(
  state: SchedulerState,
  work: Work,
  entry: JobEntry,
  until: number,
  reason: OutcomeReason,
): number {
  const { record, schedule } = entry;
  if (schedule === null || record.fault !== null) return record.watermark;
  let row: CoalescedRow | null;
  try {
    row = coalesce(schedule, record.watermark, until, reason);
  } catch {
    // The schedule goes; that it cannot be computed matters no more.
    return record.watermark;
  }
  if (row === null) return record.watermark;
  // Why they were not settled earlier; a suspended job would have skipped them anyway.
  const held = record.job.suspend ? null : state.interrupted;
  const told = held === null ? row : withCause(row, describeInterruption(held));
  recordRow(state, work, record, told);
  return row.last;
}

function closeRemoved(state: SchedulerState, work: Work, entry: JobEntry): void {
  const { record, schedule } = entry;
  if (schedule === null || record.fault !== null) return;
  const until = dueUntil(schedule, work.now);
  const reason = record.job.suspend ? 'suspended' : 'removed';
  // The pause itself stays with the removed job.
  const open = closePaused(state, work, entry, until);
  const settledTo = closeOccurrences(state, work, open, until, reason);
  if (settledTo !== record.watermark) {
    work.store.setWatermark(record.uid, settledTo, record.epoch);
  }
}

function removeJob(
  state: SchedulerState,
  work: Work,
  entry: JobEntry,
  running: 'finish' | 'cancel',
): void {
  const { record } = entry;
  closeRemoved(state, work, entry);
  // The job leaves first, so that no run that ends now lets another one begin.
  state.jobs.remove(work, entry);
  const runs = state.runs.ofJob(record.uid);
  for (const { run } of runs.toReversed()) {
    const live = state.runs.get(run.id);
    if (live === undefined) continue;
    if (live.place !== 'active' || running === 'cancel') {
      stopRun(state, work, live, 'remove', 'removed: the job left the manifest');
    }
  }
}
