// Remembers what kept the scheduler from admitting: until everything that came
// due then is settled, and the last one for the runs that were waiting. What is
// made of it is decided in occurrences.ts and attempts.ts.
import { join, type Interruption } from '../core/runs/interruption.ts';
import type { SchedulerState } from './state.ts';

type Known = Pick<SchedulerState, 'interrupted' | 'lastInterrupted'>;

export function note(state: Known, interrupted: Interruption): void {
  state.interrupted = join(state.interrupted, interrupted);
  state.lastInterrupted = state.interrupted;
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
