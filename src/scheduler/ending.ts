// How runs end, and how an attempt is made to end: the intent is committed
// first, then the signal goes out, then the kill after the grace.
import { describeIntent } from '../core/runs/attempt-end.ts';
import { describeSlotWait } from '../core/runs/admission.ts';
import type { KillIntent } from '../core/runs/run.ts';
import type { RunEnd } from '../store/store.ts';
import type { LiveRun } from './run-table.ts';
import { slotFacts } from './slots.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** Used only when the store has lost the spec a run is pinned to. */
const defaultKill = { signal: 'SIGTERM', graceMs: 10_000 };
const firstRepeatMs = 1_000;
/** A process that survives KILL sits in the kernel; it is asked again this often. */
const lastRepeatMs = 60_000;

/** Records the end of a run and lets the next one of its job into the line. */
export function finishRun(state: SchedulerState, work: Work, live: LiveRun, end: RunEnd): void {
  // A reason given earlier (why it was late) is kept when the end adds none.
  const reason = end.reason ?? live.run.reason;
  work.store.endRun(live.run.id, { ...end, reason });
  state.runs.remove(work, live);
  releaseNext(state, work, live.run.jobUid);
  if (live.attempt?.killIntent === 'restart') work.restarts.push(live.run);
  const { endedAt, exitCode, signal } = end;
  work.events.push({
    kind: 'run.ended',
    run: { ...live.run, state: end.state, endedAt, exitCode, signal, reason, notBefore: null },
    attempt: live.attempt,
  });
}

/** The oldest blocked run of a job becomes ready once no other one is before it. */
export function releaseNext(state: SchedulerState, work: Work, jobUid: string): void {
  const runs = state.runs.presentOfJob(jobUid);
  const next = runs[0];
  if (next === undefined || runs.some((live) => live.place !== 'blocked')) return;
  const reason = describeSlotWait(slotFacts(state, next.group));
  if (reason === null) {
    state.runs.put(work, { ...next, place: 'ready' });
    return;
  }
  // What it waited for has ended, and what it waits for now is another thing.
  work.store.setRunReason(next.run.id, reason);
  state.runs.put(work, { ...next, run: { ...next.run, reason }, place: 'ready' });
}

/** Ends a run before its time: at once when it waits, by signals when it runs. */
export function stopRun(
  state: SchedulerState,
  work: Work,
  live: LiveRun,
  intent: KillIntent,
  detail: string | null,
): void {
  if (live.place === 'active') return stopAttempt(state, work, live, intent);
  finishRun(state, work, live, {
    state: 'canceled',
    endedAt: work.now,
    exitCode: null,
    signal: null,
    reason: detail ?? describeIntent(intent),
  });
}

/** Commits the intent, then signals. An attempt that is being ended keeps its first intent. */
export function stopAttempt(
  state: SchedulerState,
  work: Work,
  live: LiveRun,
  intent: KillIntent,
): void {
  const attempt = live.attempt;
  if (attempt === null || attempt.killIntent !== null) return;
  work.store.setKillIntent(live.run.id, attempt.attempt, intent);
  const stopping = state.runs.put(work, {
    ...live,
    attempt: { ...attempt, killIntent: intent },
    signalsSent: 1,
    alarmAt: work.mono + (live.job?.kill.graceMs ?? defaultKill.graceMs),
  });
  sendSignal(state, work, stopping);
}

/** The grace is over: KILL, and again at growing intervals while no end is seen. */
export function killAttempt(state: SchedulerState, work: Work, live: LiveRun): void {
  const waitMs = Math.min(lastRepeatMs, firstRepeatMs * 2 ** Math.min(live.signalsSent, 10));
  const killed = state.runs.put(work, {
    ...live,
    signalsSent: Math.max(1, live.signalsSent) + 1,
    alarmAt: work.mono + waitMs,
  });
  sendSignal(state, work, killed);
}

/** Sends the signal that the run's state calls for, after the commit. */
export function sendSignal(state: SchedulerState, work: Work, live: LiveRun): void {
  const attempt = live.attempt;
  if (attempt === null || live.signalsSent === 0) return;
  const signal = live.signalsSent > 1 ? 'SIGKILL' : signalName(live);
  work.signals.push(() => {
    const isSent = state.parts.dispatcher.kill(live.run.id, attempt.attempt, signal);
    state.parts.log.info({ run: live.run.id, signal, isSent }, 'signal to a run');
  });
}

function signalName(live: LiveRun): NodeJS.Signals {
  const written = live.job?.kill.signal ?? defaultKill.signal;
  // The schema admits only names of signals, with or without the prefix.
  return (written.startsWith('SIG') ? written : `SIG${written}`) as NodeJS.Signals;
}
