// Pauses as the scheduler carries them out: what comes due under one is skipped
// and counted, its end is told, and nothing that was open at its beginning or
// end starts. What falls under a pause is decided in core/overrides/pause.ts.
import { operationalError } from '../core/diagnostics/registry.ts';
import {
  describePause,
  isOver,
  joinPauses,
  nextStartAfter,
  pausedRow,
  pauseOutlook,
  untilNextRun,
  type JoinedPause,
  type Pause,
  type PauseOutlook,
} from '../core/overrides/pause.ts';
import { withoutMadeUp } from '../core/runs/made-up-ahead.ts';
import type { CoalescedRow } from '../core/runs/missed.ts';
import { stopRun } from './ending.ts';
import { faulted, type JobEntry } from './job-table.ts';
import { recordFault, recordRow, settleJob } from './occurrences.ts';
import { fillSlots } from './queue.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

export interface PauseRequest {
  readonly jobUids: readonly string[];
  readonly by: string;
  readonly reason: string | null;
  /** `next_run`: until the next occurrence has been skipped. Null: until it is resumed. */
  readonly until: number | 'next_run' | null;
  /** End the runs of these jobs as well. */
  readonly cancel: boolean;
}

export interface PausedJob extends JoinedPause {
  readonly jobUid: string;
  /** Runs that were ended because it was asked for. */
  readonly canceled: readonly string[];
}

export interface ResumedJob {
  readonly jobUid: string;
  /** The pause that was lifted; null when there was none. */
  readonly lifted: Pause | null;
}

/** What is due of one job: first what a pause skips, then, if it is over, the rest. */
export function settleDueJob(state: SchedulerState, work: Work, entry: JobEntry): void {
  const rest = settlePaused(state, work, entry);
  if (rest.record.pause === null || rest.record.job.suspend) settleJob(state, work, rest);
}

/** All of them or, when one cannot be paused, none. What was admitted before goes on. */
export function pauseJobs(state: SchedulerState, work: Work, request: PauseRequest): PausedJob[] {
  const paused = request.jobUids.map((jobUid) => pauseJob(state, work, jobUid, request));
  if (request.cancel) fillSlots(state, work);
  return paused;
}

/** The schedule goes on with what comes due from now on; what was skipped stays skipped. */
export function resumeJobs(
  state: SchedulerState,
  work: Work,
  request: { readonly jobUids: readonly string[]; readonly by: string },
): ResumedJob[] {
  return request.jobUids.map((jobUid) => {
    const entry = settlePaused(state, work, entryOf(state, jobUid));
    const { pause, name } = entry.record;
    if (pause === null) return { jobUid, lifted: null };
    write(state, work, entry, null);
    audit(work, request.by, 'job.resumed', entry, pause);
    work.events.push({ kind: 'override.lifted', job: name, by: request.by, pause });
    return { jobUid, lifted: pause };
  });
}

/** A job that its manifest suspends as well is skipped because of that. */
export function outlookOf({ record, schedule }: JobEntry, now: number): PauseOutlook | null {
  const { pause, watermark, fault, job } = record;
  if (pause === null) return null;
  const idle = { skipped: pause.skipped, nextDue: null };
  if (schedule === null || fault !== null || job.suspend) return idle;
  try {
    return pauseOutlook(schedule, watermark, pause, now);
  } catch {
    // An engine that fails here is found out when it is asked for what is due.
    return idle;
  }
}

/** When the schedule starts a run next, after a pause that ends. `madeUp` start no more. */
export function nextStartOf(
  { record, schedule, next }: JobEntry,
  madeUp: readonly number[] | undefined,
): number | null {
  const { pause, watermark, job } = record;
  if (job.suspend || next === null || schedule === null) return null;
  if (pause === null && madeUp === undefined) return next.startTime;
  try {
    const open = withoutMadeUp(schedule, madeUp);
    if (pause === null) return open.next(watermark)?.startTime ?? null;
    return nextStartAfter(open, watermark, pause);
  } catch {
    return null;
  }
}

function pauseJob(
  state: SchedulerState,
  work: Work,
  jobUid: string,
  { by, reason, until, cancel }: PauseRequest,
): PausedJob {
  const entry = settlePaused(state, work, entryOf(state, jobUid));
  const { name, pause: present } = entry.record;
  const wanted = { by, reason, until: endOf(entry, until, work.now), isSkip: until === 'next_run' };
  const joined = joinPauses(present, wanted, work.now);
  if (joined.outcome !== 'kept') {
    // What was due and not settled until now is the first that it skips.
    const settled = settlePaused(state, work, write(state, work, entry, joined.pause));
    audit(work, by, 'job.paused', settled, joined.pause);
    work.events.push({ kind: 'override.set', job: name, pause: joined.pause });
  }
  const canceled = cancel ? cancelRuns(state, work, jobUid, by) : [];
  return { jobUid, ...joined, canceled };
}

function endOf(entry: JobEntry, until: PauseRequest['until'], now: number): number | null {
  if (until !== 'next_run') return until;
  const { name, watermark, job } = entry.record;
  const end = job.suspend ? null : untilNextRun(entry.schedule, watermark, now);
  if (end !== null) return end;
  const why = job.suspend ? 'is suspended in the manifest' : 'has no run to come';
  throw operationalError('JM2-R109', { detail: `"${name}" ${why}. No job was paused.` });
}

/** The newest first, so that no run that ends lets a waiting one begin. */
function cancelRuns(state: SchedulerState, work: Work, jobUid: string, by: string): string[] {
  const ids = state.runs.ofJob(jobUid).map(({ run }) => run.id);
  for (const id of ids.toReversed()) {
    const live = state.runs.get(id);
    if (live === undefined) continue;
    stopRun(state, work, live, 'cancel', `canceled by ${by}`);
    const facts = { job: live.run.job };
    const entry = { actor: by, action: 'run.canceled', target: id, detail: null, facts };
    work.store.audit({ at: work.now, ...entry });
  }
  return ids;
}

/**
 * Records what is due under the pause of a job, and its end when that has come:
 * a pause that ended while no daemon ran skips what came due before its end and
 * nothing after. One transaction with the watermark, so that a crash repeats it
 * as a whole. The entry afterwards is in the table.
 */
function settlePaused(state: SchedulerState, work: Work, entry: JobEntry): JobEntry {
  const { record, schedule } = entry;
  const { pause } = record;
  if (pause === null) return entry;
  let row: CoalescedRow | null = null;
  if (schedule !== null && record.fault === null && !record.job.suspend) {
    try {
      row = pausedRow(schedule, record.watermark, pause, work.now);
    } catch (error) {
      const failed = faulted(record, error);
      recordFault(state, work, failed);
      return failed;
    }
  }
  const isEnd = isOver(pause, work.now);
  if (row === null && !isEnd) return refresh(state, work, entry);
  const counted = { ...pause, skipped: pause.skipped + (row?.count ?? 0) };
  let settled = entry;
  if (row !== null) {
    recordRow(state, work, record, row);
    work.store.setWatermark(record.uid, row.last, record.epoch);
    settled = { ...entry, record: { ...record, watermark: row.last } };
  }
  if (!isEnd) return write(state, work, settled, counted);
  audit(work, 'jm2', 'override.expired', settled, counted);
  work.events.push({ kind: 'override.expired', job: record.name, pause: counted });
  return write(state, work, settled, null);
}

/** When it is looked at next may have been said by another clock or another pause. */
function refresh(state: SchedulerState, work: Work, entry: JobEntry): JobEntry {
  const { watermark, epoch } = entry.record;
  return place(state, work, state.jobs.advance(entry, watermark, epoch, work.now), entry);
}

function write(state: SchedulerState, work: Work, entry: JobEntry, pause: Pause | null): JobEntry {
  work.store.setPause(entry.record.uid, pause);
  const { record } = entry;
  // The visit of a job that was not skipped until now was for its next start.
  const visitAt = record.pause !== null || record.job.suspend ? entry.visitAt : null;
  return refresh(state, work, { ...entry, record: { ...record, pause }, visitAt });
}

function place(state: SchedulerState, work: Work, after: JobEntry, before: JobEntry): JobEntry {
  const placed = { ...after, visitAt: soonerVisit(after, before, work.now) };
  if (after.record.fault === before.record.fault) state.jobs.put(work, placed);
  else recordFault(state, work, after);
  return placed;
}

/** Who pauses again and again does not put off the next look at what is skipped. */
function soonerVisit(after: JobEntry, before: JobEntry, now: number): number | null {
  const isSame = after.record.watermark === before.record.watermark;
  if (!isSame || before.visitAt === null || before.visitAt <= now) return after.visitAt;
  return after.visitAt === null ? null : Math.min(after.visitAt, before.visitAt);
}

function entryOf(state: SchedulerState, jobUid: string): JobEntry {
  const entry = state.jobs.get(jobUid);
  if (entry !== undefined) return entry;
  throw operationalError('JM2-R101', { detail: 'A job left the manifest meanwhile.' });
}

function audit(
  work: Work,
  actor: string,
  action: 'job.paused' | 'job.resumed' | 'override.expired',
  { record }: JobEntry,
  pause: Pause,
): void {
  const until = pause.until === null ? '' : ` until ${new Date(pause.until).toISOString()}`;
  const detail = `${record.name}: ${describePause(pause)}${until}, ${pause.skipped} skipped`;
  const facts = { job: record.name, reason: pause.reason };
  work.store.audit({ at: work.now, actor, action, target: record.uid, detail, facts });
}
