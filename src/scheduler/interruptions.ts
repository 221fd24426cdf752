// Remembers what kept the scheduler from admitting: until everything that came
// due then is settled, and the last one for the runs that were waiting. What is
// made of it is decided in occurrences.ts and attempts.ts.
import { join, type Interruption } from '../core/runs/interruption.ts';
import type { Store } from '../store/store.ts';
import type { SchedulerState } from './state.ts';

/** An interruption with the size of a step of the clock, for the record. */
export interface NotedInterruption {
  readonly interrupted: Interruption;
  readonly stepMs: number | null;
}

/** Only a store that cannot be written lets more than one or two gather. */
const unrecordedMax = 100;

type Known = Pick<SchedulerState, 'interrupted' | 'lastInterrupted'>;

export function note(state: Known, interrupted: Interruption): void {
  state.interrupted = join(state.interrupted, interrupted);
  state.lastInterrupted = state.interrupted;
}

/** Keeps an interruption for the record, where explanations of later days find it. */
export function keepForRecord(
  state: Pick<SchedulerState, 'unrecorded'>,
  interrupted: Interruption,
  stepMs: number | null = null,
): void {
  const last = state.unrecorded.at(-1);
  const isSame =
    last !== undefined &&
    last.interrupted.from === interrupted.from &&
    String(last.interrupted.causes) === String(interrupted.causes);
  // One that goes on is noticed again and again.
  const before = isSame ? state.unrecorded.slice(0, -1) : state.unrecorded;
  state.unrecorded = [...before, { interrupted, stepMs }].slice(-unrecordedMax);
}

/** Within a transaction; they are forgotten after its commit. */
export function recordKept(state: Pick<SchedulerState, 'unrecorded'>, store: Store): void {
  for (const { interrupted, stepMs } of state.unrecorded) {
    store.recordInterruption(interrupted, stepMs);
  }
}

/** An interruption holds until everything that came due in it is settled. */
export function clearSettled(state: SchedulerState): void {
  if (state.interrupted === null) return;
  const due = state.jobs.firstDue();
  if (due === null || due.at > state.interrupted.until) state.interrupted = null;
}

/** The clock was set back: what came after `now` on the old one has not happened on the new one. */
export function clipTo(state: Known, now: number): void {
  state.lastInterrupted = null;
  if (state.interrupted === null) return;
  const { from, until } = state.interrupted;
  state.interrupted = {
    ...state.interrupted,
    from: from === null ? null : Math.min(from, now),
    until: Math.min(until, now),
  };
}
