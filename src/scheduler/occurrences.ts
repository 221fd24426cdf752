// Gives the due occurrences of one job their dispositions: the decision first
// (core), then outcomes, runs and the watermark in the work's one transaction.
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { catchUp, dueUntil, startTimeOf } from '../core/runs/catch-up.ts';
import { settleForwardStep, smallStepMs } from '../core/runs/clock-step.ts';
import { isAbsence, type Interruption } from '../core/runs/interruption.ts';
import { describeCause } from '../core/runs/late.ts';
import { coalesce, describeDeadline, type CoalescedRow } from '../core/runs/missed.ts';
import type { Disposition, OutcomeReason, Trigger } from '../core/runs/run.ts';
import type { CompiledSchedule } from '../core/schedule/schedule.ts';
import type { JobRecord } from '../store/store.ts';
import { faulted, type JobEntry } from './job-table.ts';
import { admitRun } from './queue.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

interface Settlement {
  readonly admit: readonly { readonly nominalTime: number; readonly dueAt: number }[];
  readonly rows: readonly CoalescedRow[];
  readonly settledTo: number | null;
  readonly trigger: Trigger;
  /** What kept these occurrences from being admitted when due; null for nothing seen. */
  readonly heldUpBy: Interruption | null;
  readonly serial: boolean;
}

/** Lateness beyond this is a misfire even when no clock told of an absence. */
const latenessMaxMs = smallStepMs + 10_000;
/** In the largest ordinary lateness a schedule of one second has this many. */
const dueMax = 1_000;

/** Settles what is due of one job; afterwards its next visit lies in the future. */
export function settleJob(state: SchedulerState, work: Work, entry: JobEntry): void {
  const { record, schedule } = entry;
  if (schedule === null || record.fault !== null) return;
  let settlements: readonly Settlement[];
  try {
    settlements = decide(entry, schedule, state.interrupted, work.now);
  } catch (error) {
    return recordFault(state, work, faulted(record, error));
  }
  let watermark = record.watermark;
  for (const settlement of settlements) {
    for (const row of settlement.rows) recordRow(state, work, record, row);
    admitAll(state, work, entry, settlement);
    watermark = settlement.settledTo ?? watermark;
  }
  if (watermark !== record.watermark) work.store.setWatermark(record.uid, watermark, record.epoch);
  const advanced = state.jobs.advance(entry, watermark, record.epoch, work.now);
  if (advanced.record.fault !== null) return recordFault(state, work, advanced);
  if (advanced.visitAt !== null && advanced.visitAt <= work.now) {
    const stuck = `no progress beyond ${new Date(watermark).toISOString()}`;
    return recordFault(state, work, faulted(record, new Error(stuck)));
  }
  state.jobs.put(work, advanced);
}

function decide(
  entry: JobEntry,
  schedule: CompiledSchedule,
  interrupted: Interruption | null,
  now: number,
): Settlement[] {
  const { job, watermark } = entry.record;
  if (job.suspend) {
    const row = coalesce(schedule, watermark, dueUntil(schedule, now), 'suspended');
    const rows = row === null ? [] : [row];
    return [{ admit: [], rows, settledTo: row?.last ?? null, ...ordinary }];
  }
  const oldest = schedule.next(watermark);
  if (oldest === null) return [];
  if (interrupted === null || interrupted.until < oldest.startTime) {
    return oldest.startTime < now - latenessMaxMs
      ? [missedBy(null, entry, schedule, now)]
      : [dueNow(schedule, watermark, now, null)];
  }
  if (isAbsence(interrupted)) {
    const late = missedBy(interrupted, entry, schedule, Math.min(interrupted.until, now));
    // What came due since then is not late because of the absence.
    return [late, dueNow(schedule, late.settledTo ?? watermark, now, null)];
  }
  const { step } = interrupted;
  if (step !== 'forward_medium' && step !== 'forward_large') {
    return [dueNow(schedule, watermark, now, interrupted)];
  }
  const decision = settleForwardStep(step, schedule, entry.isFixed, watermark, now);
  const { admit, missed, settledTo } = decision;
  const late = { trigger: 'catch-up', heldUpBy: interrupted, serial: false } as const;
  return [{ ...late, ...explained(schedule, admit, missed, interrupted), settledTo }];
}

const ordinary = { trigger: 'schedule', heldUpBy: null, serial: false } as const;

/** By the job's catch-up policy: what came due up to `until` while nobody could admit it. */
function missedBy(
  interrupted: Interruption | null,
  entry: JobEntry,
  schedule: CompiledSchedule,
  until: number,
): Settlement {
  const { job, watermark } = entry.record;
  const rule = { ...job.catchUp, startDeadlineMs: job.startDeadlineMs };
  const { admit, missed, settledTo } = catchUp(schedule, rule, watermark, until);
  const serial = job.catchUp.policy === 'all';
  const late = { trigger: 'catch-up', heldUpBy: interrupted, serial } as const;
  return { ...late, ...explained(schedule, admit, missed, interrupted), settledTo };
}

function explained(
  schedule: CompiledSchedule,
  nominalTimes: readonly number[],
  missed: readonly CoalescedRow[],
  interrupted: Interruption | null,
): Pick<Settlement, 'admit' | 'rows'> {
  const admit = nominalTimes.map((nominalTime) => ({
    nominalTime,
    dueAt: startTimeOf(schedule, nominalTime),
  }));
  return { admit, rows: missed.map((row) => withCause(row, describeCause(interrupted))) };
}

/** Adds words to what a row says already. */
export function withCause(row: CoalescedRow, cause: string): CoalescedRow {
  return { ...row, detail: row.detail === null ? cause : `${row.detail}; ${cause}` };
}

/** Each due occurrence once, in order. */
function dueNow(
  schedule: CompiledSchedule,
  watermark: number,
  now: number,
  heldUpBy: Interruption | null,
): Settlement {
  const admit: { nominalTime: number; dueAt: number }[] = [];
  let next = schedule.next(watermark);
  while (next !== null && next.startTime <= now && admit.length < dueMax) {
    admit.push({ nominalTime: next.nominalTime, dueAt: next.startTime });
    next = schedule.next(next.nominalTime);
  }
  const settledTo = admit.at(-1)?.nominalTime ?? null;
  return { admit, rows: [], settledTo, ...ordinary, heldUpBy };
}

function admitAll(
  state: SchedulerState,
  work: Work,
  entry: JobEntry,
  settlement: Settlement,
): void {
  // Occurrences that one and the same run stands in the way of share a row.
  const rows: CoalescedRow[] = [];
  const { trigger, heldUpBy, serial } = settlement;
  const { startDeadlineMs } = entry.record.job;
  for (const { nominalTime, dueAt } of settlement.admit) {
    if (startDeadlineMs !== null && work.now - nominalTime > startDeadlineMs) {
      const detail = `${describeDeadline(startDeadlineMs)}; ${describeCause(heldUpBy)}`;
      addToRows(rows, { nominalTime, reason: 'deadline', detail });
      continue;
    }
    const wanted = { entry, trigger, nominalTime, dueAt, heldUpBy, serial };
    const judged = admitOnce(state, work, {
      ...wanted,
      requestedBy: null,
      force: false,
      priority: null,
    });
    if (judged?.kind !== 'skipped') continue;
    addToRows(rows, { nominalTime, reason: judged.reason, detail: judged.evidence });
  }
  for (const row of rows) recordRow(state, work, entry.record, row);
}

function addToRows(
  rows: CoalescedRow[],
  next: {
    readonly nominalTime: number;
    readonly reason: OutcomeReason;
    readonly detail: string;
  },
): void {
  const { nominalTime, reason, detail } = next;
  const row = rows.at(-1);
  if (row?.reason === reason && row.detail === detail) {
    rows[rows.length - 1] = { ...row, last: nominalTime, count: row.count + 1 };
  } else {
    rows.push({ first: nominalTime, last: nominalTime, count: 1, reason, detail });
  }
}

/** Null when the ledger already has a disposition for this occurrence: then it stands. */
export function admitOnce(
  state: SchedulerState,
  work: Work,
  wanted: Parameters<typeof admitRun>[2] & { readonly nominalTime: number },
): ReturnType<typeof admitRun> | null {
  const { record } = wanted.entry;
  try {
    return admitRun(state, work, wanted, (runId) =>
      work.store.recordOutcome({
        jobUid: record.uid,
        job: record.name,
        nominalTime: wanted.nominalTime,
        lastNominalTime: wanted.nominalTime,
        epoch: record.epoch,
        disposition: 'admitted',
        reason: null,
        count: 1,
        runId,
        recordedAt: work.now,
        detail: null,
      }),
    );
  } catch (error) {
    if (!(error instanceof Jm2Error) || error.code !== 'JM2-T110') throw error;
    // A watermark older than the ledger, as after a restored store. The claim
    // comes before the run, so nothing else was written.
    state.parts.log.warn(
      { job: record.name, nominalTime: wanted.nominalTime },
      'occurrence was settled before; not admitted again',
    );
    return null;
  }
}

/** Writes one skipped or missed row and announces it, unless the ledger covers it already. */
export function recordRow(
  state: SchedulerState,
  work: Work,
  record: JobRecord,
  row: CoalescedRow,
): void {
  const disposition = dispositionOf(row.reason);
  try {
    work.store.recordOutcome({
      jobUid: record.uid,
      job: record.name,
      nominalTime: row.first,
      lastNominalTime: row.last,
      epoch: record.epoch,
      disposition,
      reason: row.reason,
      count: row.count,
      runId: null,
      recordedAt: work.now,
      detail: row.detail,
    });
  } catch (error) {
    // As for admissions: the first disposition stands, and no other job waits for this one.
    if (!(error instanceof Jm2Error) || error.code !== 'JM2-T110') throw error;
    state.parts.log.warn({ job: record.name, row }, 'occurrences were settled before');
    return;
  }
  work.events.push({
    kind: disposition === 'missed' ? 'occurrence.missed' : 'occurrence.skipped',
    job: record.name,
    nominalTime: row.first,
    lastNominalTime: row.last,
    count: row.count,
    reason: row.reason,
    detail: row.detail,
  });
}

const alsoMissed: ReadonlySet<OutcomeReason> = new Set(['clock_step', 'deadline', 'restored']);

function dispositionOf(reason: OutcomeReason): Exclude<Disposition, 'admitted'> {
  return reason.startsWith('catch_up') || alsoMissed.has(reason) ? 'missed' : 'skipped';
}

/** Takes a job out of the schedule because its occurrences cannot be computed. */
export function recordFault(state: SchedulerState, work: Work, entry: JobEntry): void {
  const { uid, name, fault } = entry.record;
  const detail = fault ?? 'the schedule cannot be computed';
  work.store.setFault(uid, detail);
  state.jobs.put(work, entry);
  work.events.push({ kind: 'job.faulted', job: name, detail });
  state.parts.log.error({ job: name, detail }, 'occurrence engine failed; job is not scheduled');
}
