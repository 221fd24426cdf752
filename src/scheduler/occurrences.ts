// Gives the due occurrences of one job their dispositions: the decision first
// (core), then outcomes, runs and the watermark in the work's one transaction.
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { catchUp, dueUntil } from '../core/runs/catch-up.ts';
import { settleForwardStep, smallStepMs } from '../core/runs/clock-step.ts';
import type { LateCause } from '../core/runs/late.ts';
import { coalesce, type CoalescedRow } from '../core/runs/missed.ts';
import type { Disposition, OutcomeReason, Trigger } from '../core/runs/run.ts';
import type { CompiledSchedule } from '../core/schedule/schedule.ts';
import type { JobRecord } from '../store/store.ts';
import { faulted, type JobEntry } from './job-table.ts';
import { admitRun } from './queue.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** Under which circumstances the occurrences came due. */
export type Circumstance =
  | 'ordinary'
  /** Nobody could admit them: down, asleep, blocked. */
  | 'absent'
  | 'forward_small'
  | 'forward_medium'
  | 'forward_large';

interface Settlement {
  readonly admit: readonly { readonly nominalTime: number; readonly dueAt: number }[];
  readonly rows: readonly CoalescedRow[];
  readonly settledTo: number | null;
  readonly trigger: Trigger;
  readonly lateCause: LateCause | null;
  readonly serial: boolean;
}

/** Lateness beyond this is a misfire even when no clock told of an absence. */
const latenessMaxMs = smallStepMs + 10_000;
/** In the largest ordinary lateness a schedule of one second has this many. */
const dueMax = 1_000;

/** Settles what is due of one job; afterwards its next visit lies in the future. */
export function settleJob(
  state: SchedulerState,
  work: Work,
  entry: JobEntry,
  circumstance: Circumstance,
): void {
  const { record, schedule } = entry;
  if (schedule === null || record.fault !== null) return;
  let settlement: Settlement;
  try {
    settlement = decide(entry, schedule, circumstance, work.now);
  } catch (error) {
    return recordFault(state, work, faulted(record, error));
  }
  for (const row of settlement.rows) recordRow(work, record, row);
  admitAll(state, work, entry, settlement);
  const watermark = settlement.settledTo ?? record.watermark;
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
  circumstance: Circumstance,
  now: number,
): Settlement {
  const { job, watermark } = entry.record;
  if (job.suspend) {
    const row = coalesce(schedule, watermark, dueUntil(schedule, now), 'suspended');
    return settlementOf([], row === null ? [] : [row], row?.last ?? null, 'schedule', null);
  }
  const oldest = schedule.next(watermark);
  const isMisfire = oldest !== null && oldest.startTime < now - latenessMaxMs;
  if (circumstance === 'forward_medium' || circumstance === 'forward_large') {
    const step = settleForwardStep(circumstance, schedule, entry.isFixed, watermark, now);
    return settlementOf(step.admit, step.missed, step.settledTo, 'catch-up', 'clock_step');
  }
  if (circumstance === 'absent' || isMisfire) {
    const late = catchUp(schedule, job.catchUp, watermark, now);
    const settled = settlementOf(late.admit, late.missed, late.settledTo, 'catch-up', 'absent');
    return { ...settled, serial: job.catchUp.policy === 'all' };
  }
  return dueNow(schedule, watermark, now, circumstance === 'forward_small' ? 'clock_step' : null);
}

/** Each due occurrence once, in order. */
function dueNow(
  schedule: CompiledSchedule,
  watermark: number,
  now: number,
  lateCause: LateCause | null,
): Settlement {
  const admit: { nominalTime: number; dueAt: number }[] = [];
  let next = schedule.next(watermark);
  while (next !== null && next.startTime <= now && admit.length < dueMax) {
    admit.push({ nominalTime: next.nominalTime, dueAt: next.startTime });
    next = schedule.next(next.nominalTime);
  }
  const settledTo = admit.at(-1)?.nominalTime ?? null;
  return { admit, rows: [], settledTo, trigger: 'schedule', lateCause, serial: false };
}

function settlementOf(
  nominalTimes: readonly number[],
  rows: readonly CoalescedRow[],
  settledTo: number | null,
  trigger: Trigger,
  lateCause: LateCause | null,
): Settlement {
  const admit = nominalTimes.map((nominalTime) => ({ nominalTime, dueAt: nominalTime }));
  return { admit, rows, settledTo, trigger, lateCause, serial: false };
}

function admitAll(
  state: SchedulerState,
  work: Work,
  entry: JobEntry,
  settlement: Settlement,
): void {
  // Occurrences that one and the same run stands in the way of share a row.
  const rows: CoalescedRow[] = [];
  const { trigger, lateCause, serial } = settlement;
  for (const { nominalTime, dueAt } of settlement.admit) {
    const wanted = { entry, trigger, nominalTime, dueAt, lateCause, serial };
    const judged = admitOnce(state, work, { ...wanted, requestedBy: null, force: false });
    if (judged?.kind !== 'skipped') continue;
    const { reason, evidence: detail } = judged;
    const row = rows.at(-1);
    if (row?.reason === reason && row.detail === detail) {
      rows[rows.length - 1] = { ...row, last: nominalTime, count: row.count + 1 };
    } else {
      rows.push({ first: nominalTime, last: nominalTime, count: 1, reason, detail });
    }
  }
  for (const row of rows) recordRow(work, entry.record, row);
}

/** Null when the ledger already has a disposition for this occurrence: then it stands. */
function admitOnce(
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

/** Writes one skipped or missed row and announces it. */
export function recordRow(work: Work, record: JobRecord, row: CoalescedRow): void {
  const disposition = dispositionOf(row.reason);
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

function dispositionOf(reason: OutcomeReason): Exclude<Disposition, 'admitted'> {
  return reason.startsWith('catch_up') || reason === 'clock_step' ? 'missed' : 'skipped';
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
