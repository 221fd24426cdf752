// The end of a scheduler that lets its attempts finish: first their own end,
// then TERM after the grace, then KILL after each job's kill grace.
import { killAttempt, stopAttempt } from './ending.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** After the last KILL was due, this long at most until the drain gives up waiting. */
const giveUpMs = 30_000;

export interface Drain {
  /** Monotonic time at which what still runs is asked to end. */
  readonly stopAt: number;
  /** Monotonic time at which waiting ends in any case. */
  readonly giveUpAt: number;
  isStopping: boolean;
  readonly finish: () => void;
}

export function beginDrain(
  state: SchedulerState,
  mono: number,
  graceMs: number,
  finish: () => void,
): Drain {
  const killGraces = state.runs.all().map((live) => live.job?.kill.graceMs ?? 10_000);
  const longestMs = killGraces.reduce((longest, ms) => Math.max(longest, ms), 0);
  const stopAt = mono + graceMs;
  return { stopAt, giveUpAt: stopAt + longestMs + giveUpMs, isStopping: false, finish };
}

/** What is to be done about a drain at this time. */
export function nextOfDrain(
  drain: Drain,
  running: number,
  mono: number,
): 'wait' | 'stop_all' | 'finished' | 'gave_up' {
  if (running === 0) return 'finished';
  if (mono >= drain.giveUpAt) return 'gave_up';
  return mono < drain.stopAt || drain.isStopping ? 'wait' : 'stop_all';
}

/** The grace is over: every attempt is asked to end. */
export function stopAll(state: SchedulerState, work: Work): void {
  for (const live of state.runs.all()) {
    if (live.place === 'active') stopAttempt(state, work, live, 'stop');
  }
}

/** No grace at all: every attempt gets its intent and KILL. */
export function killAll(state: SchedulerState, work: Work): void {
  for (const { run, place, attempt } of state.runs.all()) {
    if (place !== 'active' || attempt === null) continue;
    if (attempt.killIntent === null) {
      work.store.setKillIntent(run.id, attempt.attempt, 'stop');
    }
    const live = state.runs.get(run.id);
    if (live === undefined) continue;
    const killIntent = attempt.killIntent ?? 'stop';
    killAttempt(state, work, { ...live, attempt: { ...attempt, killIntent } });
  }
}
