// Runs that were admitted and never began, and may begin no more: their
// occurrence is missed, with what kept it from starting as evidence. That a
// deadline has passed is found here; how late a start may be is the job's rule.
import { describeDeadline, missedReason } from '../core/runs/missed.ts';
import { describeSlotWait } from '../core/runs/admission.ts';
import { occurrenceTime, type OutcomeReason } from '../core/runs/run.ts';
import { finishRun } from './ending.ts';
import type { LiveRun } from './run-table.ts';
import { slotFacts } from './slots.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** As many at once as occurrences of one job may be; the rest follows with the next slice. */
const missesPerSlice = 1_000;

/** Ends the waiting runs whose deadline has passed. */
export function ringDeadlines(state: SchedulerState, work: Work): void {
  for (let rung = 0; rung < missesPerSlice; rung += 1) {
    const first = state.runs.firstDeadline();
    if (first === null || first.at >= work.now) return;
    missDeadline(state, work, first.live);
  }
}

/** A deadline is for the first start alone: a retry comes at a time of its own. */
export function isPastDeadline({ startBy, run, retriesUsed }: LiveRun, now: number): boolean {
  return startBy !== null && now > startBy && run.startedAt === null && retriesUsed === 0;
}

export function missDeadline(state: SchedulerState, work: Work, live: LiveRun): void {
  const from = occurrenceTime(live.run) ?? live.run.startAt;
  const startDeadlineMs = (live.startBy ?? 0) - (from ?? 0);
  const why = waitsFor(state, live);
  const rule = describeDeadline(startDeadlineMs);
  missRun(state, work, live, {
    reason: 'deadline',
    detail: why === null ? rule : `${rule}; ${why}`,
  });
}

/** What a waiting run waits for now, in words; null when nothing but its turn is known. */
function waitsFor(state: SchedulerState, live: LiveRun): string | null {
  if (live.place === 'blocked') return live.run.reason;
  // Deferred, or left by an earlier daemon: its time was all it waited for.
  if (live.place !== 'ready') return live.run.startAt === null ? live.run.reason : null;
  return describeSlotWait(slotFacts(state, live.group, { inLine: true })) ?? live.run.reason;
}

/**
 * Ends a run that never began. Its row in the ledger, admitted until now, says
 * what became of the occurrence; a run by request has none.
 */
export function missRun(
  state: SchedulerState,
  work: Work,
  live: LiveRun,
  missed: { readonly reason: OutcomeReason; readonly detail: string },
): void {
  const { id, jobUid, job, epoch } = live.run;
  const nominalTime = occurrenceTime(live.run);
  const { reason, detail } = missed;
  if (nominalTime !== null) {
    work.store.missOccurrence({
      runId: id,
      jobUid,
      nominalTime,
      epoch,
      reason,
      detail,
      recordedAt: work.now,
    });
    const at = { nominalTime, lastNominalTime: nominalTime, count: 1 };
    work.events.push({ kind: 'occurrence.missed', job, ...at, reason, detail });
  }
  const end = { endedAt: work.now, exitCode: null, signal: null, reason: missedReason(detail) };
  finishRun(state, work, live, { ...end, state: 'canceled' });
}
