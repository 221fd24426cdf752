// One slice of the scheduler's work in one transaction: what the dispatcher
// told, a clock that was set, occurrences that are due, alarms, free slots.
// When the next slice comes is the loop's business.
import { backwardStep, needsNewEpoch } from '../core/runs/clock-step.ts';
import type { DispatchEvent } from '../dispatch/dispatcher.ts';
import { alarmOf, attemptEnded, attemptNoted, attemptStarted } from './attempts.ts';
import { ringDeadlines } from './deadlines.ts';
import { recordFault } from './occurrences.ts';
import { settleDueJob } from './pauses.ts';
import { openDeferred } from './deferred.ts';
import { fillSlots } from './queue.ts';
import { mayStart, type SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/**
 * Jobs settled in one transaction: enough to share its cost, few enough that the
 * first commands start while later ones are still being recorded.
 */
const jobsPerSlice = 64;
const alarmsPerSlice = 1_000;

export interface TickInput {
  readonly events: readonly DispatchEvent[];
  /** A backward step to be answered in this slice; null for none. */
  readonly backward: 'backward' | 'backward_large' | null;
}

export function tick(state: SchedulerState, work: Work, input: TickInput): void {
  hearNews(state, work, input.events);
  if (input.backward !== null) beginEpochs(state, work, input.backward);
  if (mayStart(state)) {
    ringDeadlines(state, work);
    openDeferred(state, work);
    settleDue(state, work);
  }
  ringAlarms(state, work);
  // What an interruption held up starts in the order of its priority: only when
  // all of it has been admitted. More is due now, so the next slice is at hand.
  if (!isCatchingUp(state)) fillSlots(state, work);
}

/** What the dispatcher told: always first, as it decides what stands in the way of what is due. */
export function hearNews(
  state: SchedulerState,
  work: Work,
  events: readonly DispatchEvent[],
): void {
  for (const event of events) {
    if (event.kind === 'started') attemptStarted(state, work, event);
    else if (event.kind === 'ended') attemptEnded(state, work, event);
    else attemptNoted(state, work, event);
  }
}

/** Jobs whose nominal times lie ahead of a clock that was set back begin a new epoch. */
export function beginEpochs(
  state: SchedulerState,
  work: Work,
  step: 'backward' | 'backward_large',
): void {
  for (const entry of state.jobs.all()) {
    const { uid, watermark, epoch, job, pause } = entry.record;
    // When it is looked at next was said by the clock of before.
    if ((job.suspend || pause !== null) && watermark <= work.now) {
      state.jobs.put(work, state.jobs.advance(entry, watermark, epoch, work.now));
    }
    // A watermark in the past has no nominal time that recurs.
    if (watermark <= work.now) continue;
    if (!needsNewEpoch(backwardStep(step, watermark - work.now), entry.isFixed)) continue;
    work.store.setWatermark(uid, work.now, epoch + 1);
    const advanced = state.jobs.advance(entry, work.now, epoch + 1, work.now);
    if (advanced.record.fault !== entry.record.fault) recordFault(state, work, advanced);
    else state.jobs.put(work, advanced);
  }
}

function isCatchingUp(state: SchedulerState): boolean {
  const due = state.jobs.firstDue();
  return state.interrupted !== null && due !== null && due.at <= state.interrupted.until;
}

function settleDue(state: SchedulerState, work: Work): void {
  for (let settled = 0; settled < jobsPerSlice; settled += 1) {
    const head = state.jobs.firstDue();
    const entry = head === null ? undefined : state.jobs.get(head.jobUid);
    if (head === null || entry === undefined || head.at > work.now) return;
    settleDueJob(state, work, entry);
  }
}

function ringAlarms(state: SchedulerState, work: Work): void {
  for (let rung = 0; rung < alarmsPerSlice; rung += 1) {
    const alarm = state.runs.firstAlarm();
    if (alarm === null || alarm.at > work.mono) return;
    // Each alarm moves its run's next one into the future, or takes it out.
    alarmOf(state, work, alarm.live);
  }
}
