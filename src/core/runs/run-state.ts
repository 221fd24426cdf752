// Which states a run may move between. Who moves it, and why, is left to the scheduler.
import type { EndState, RunState } from './run.ts';

const ends: readonly EndState[] = ['succeeded', 'failed', 'timed_out', 'canceled', 'lost'];

const successors: Readonly<Record<RunState, readonly RunState[]>> = {
  // A queued run has no process, so nothing can be observed or lost: it begins,
  // is withdrawn, or fails because its start cannot even be described.
  queued: ['running', 'canceled', 'failed'],
  // Back to queued is a retry, or an attempt that a crash kept from starting.
  running: ['queued', ...ends],
  succeeded: [],
  failed: [],
  timed_out: [],
  canceled: [],
  lost: [],
};

/** True when a run in state `from` may be recorded as `to` next; an ended run never moves. */
export function canBecome(from: RunState, to: RunState): boolean {
  return successors[from].includes(to);
}

/** True for the five states that a run never leaves. */
export function isEnded(state: RunState): state is EndState {
  return successors[state].length === 0;
}
