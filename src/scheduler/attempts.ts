// Attempts in progress: their intents, what the dispatcher tells of them, their
// timeouts and retries. Who may begin is decided in queue.ts.
import { endOfAttempt, type AttemptEnd } from '../core/runs/attempt-end.ts';
import { describeLateness } from '../core/runs/late.ts';
import { retryDelay } from '../core/runs/retry.ts';
import { afterTurn } from '../core/runs/turns.ts';
import { withNote } from '../core/runs/notes.ts';
import {
  occurrenceTime,
  type Attempt,
  type AttemptExit,
  type Run,
  type RunNote,
} from '../core/runs/run.ts';
import type { AttemptRequest, DispatchEvent } from '../dispatch/dispatcher.ts';
import { finishRun, killAttempt, sendSignal, stopAttempt } from './ending.ts';
import type { LiveRun } from './run-table.ts';
import { mayGoOn, type SchedulerState } from './state.ts';
import type { Work } from './work.ts';

type Started = Extract<DispatchEvent, { kind: 'started' }>;

/**
 * Records the intent of the next attempt; the dispatcher gets it after the
 * commit. A crash in between leaves an intent whose command never began, which
 * recovery finds by the start token.
 */
export function beginAttempt(state: SchedulerState, work: Work, live: LiveRun): void {
  const number = live.run.attempts + 1;
  const reason = lateReason(state, work, live);
  const run: Run = { ...live.run, state: 'running', attempts: number, notBefore: null, reason };
  const request = describeRequest(state, live, run, number);
  if (typeof request === 'string') {
    const end = { state: 'failed', endedAt: work.now, exitCode: null, signal: null } as const;
    return finishRun(state, work, live, { ...end, reason: request });
  }
  const attempt: Attempt = {
    runId: run.id,
    attempt: number,
    intendedAt: work.now,
    startedAt: null,
    endedAt: null,
    pid: null,
    processStart: null,
    bootId: state.parts.bootId,
    killIntent: null,
    exitCode: null,
    signal: null,
    state: null,
    reason: null,
  };
  const { runId, intendedAt, bootId } = attempt;
  work.store.beginAttempt({ runId, attempt: number, intendedAt, bootId });
  if (reason !== live.run.reason) work.store.setRunReason(run.id, reason);
  state.runs.put(work, { ...live, run, attempt, place: 'active', alarmAt: null, signalsSent: 0 });
  work.requests.push(request);
}

function lateReason(state: SchedulerState, work: Work, live: LiveRun): string | null {
  const { startAt, queuedAt } = live.run;
  // A retry comes at a time of its own.
  if (live.retriesUsed > 0 || (occurrenceTime(live.run) ?? startAt) === null) return null;
  return describeLateness({
    dueAt: live.dueAt,
    // Long before its time it waited for nothing else.
    queuedAt: Math.max(queuedAt, startAt ?? queuedAt),
    now: work.now,
    before: live.heldUpBy,
    last: state.lastInterrupted,
    // With an attempt behind it, it had its turn: recovery found that nothing had begun.
    hasWaited: live.run.attempts === 0,
  });
}

/** The request, or in words why there is none: then the run fails with that reason. */
function describeRequest(
  state: SchedulerState,
  live: LiveRun,
  run: Run,
  attempt: number,
): AttemptRequest | string {
  if (live.job === null)
    return `the spec ${run.specDigest} of this run is not in the store any more`;
  try {
    return state.parts.attemptRequest(run, live.job, attempt);
  } catch (error) {
    return `could not be prepared: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The command runs: its times are stored and its timeout begins. */
export function attemptStarted(state: SchedulerState, work: Work, event: Started): void {
  const live = activeAttempt(state, event.runId, event.attempt);
  if (live === null || live.attempt === null || live.attempt.startedAt !== null) return;
  const { attempt, pid, processStart } = event;
  const startedAt = Math.round(event.at);
  const isFirst = live.run.startedAt === null;
  const nominal = occurrenceTime(live.run);
  const lateMs = isFirst && nominal !== null ? Math.max(0, startedAt - nominal) : null;
  work.store.attemptStarted({ runId: event.runId, attempt, startedAt, pid, processStart, lateMs });
  const run = isFirst ? { ...live.run, startedAt, lateMs } : live.run;
  const running = state.runs.put(work, {
    ...live,
    run,
    attempt: { ...live.attempt, startedAt, pid, processStart },
    alarmAt: live.signalsSent > 0 ? live.alarmAt : timeoutAt(work, live, startedAt),
  });
  // Asked to end before it ran: the signal sent then may have met no process.
  sendSignal(state, work, running);
  work.events.push({ kind: 'run.started', run, attempt });
}

/**
 * Monotonic time at which the timeout is over. The time already used is taken
 * from the wall clock and bounded on both sides, as that clock may have been set.
 */
export function timeoutAt(work: Work, live: LiveRun, startedAt: number): number | null {
  const timeoutMs = live.job?.timeoutMs ?? null;
  if (timeoutMs === null) return null;
  const usedMs = Math.min(timeoutMs, Math.max(0, work.now - startedAt));
  return work.mono + timeoutMs - usedMs;
}

/** The command has ended: the attempt's end is stored, then a retry or the run's end. */
export function attemptEnded(
  state: SchedulerState,
  work: Work,
  event: { readonly runId: string; readonly attempt: number; readonly exit: AttemptExit },
): void {
  const live = activeAttempt(state, event.runId, event.attempt);
  if (live === null || live.attempt === null) return;
  const codes = live.job?.successCodes ?? [0];
  const end = endOfAttempt(event.exit, live.attempt.killIntent, codes);
  const { exitCode, signal, reason } = end;
  const runEnd = { state: end.state, endedAt: Math.round(event.exit.at), exitCode, signal, reason };
  work.store.endAttempt(event.runId, event.attempt, runEnd);
  const ended = state.runs.put(work, {
    ...live,
    run: { ...live.run, notes: addNotes(work, live.run, event.exit.notes ?? []) },
    attempt: { ...live.attempt, ...runEnd },
  });
  // A job that left the manifest finishes what runs, and begins nothing more.
  const isInForce = mayGoOn(state, live.run.jobUid);
  const delayMs =
    live.job === null || !isInForce
      ? null
      : retryDelay(live.job.retry, end, live.retriesUsed, state.parts.random());
  if (delayMs === null) return finishRun(state, work, ended, runEnd);
  retryLater(state, work, ended, delayMs, describeRetry(live, end));
}

/** Found out about an attempt, often after its run has ended: then the run is only in the store. */
export function attemptNoted(
  state: SchedulerState,
  work: Work,
  { runId, attempt, note }: Extract<DispatchEvent, { kind: 'noted' }>,
): void {
  work.store.addRunNote(runId, note);
  const live = state.runs.get(runId);
  if (live !== null && live !== undefined) {
    const run = { ...live.run, notes: withNote(live.run.notes, note) };
    state.runs.put(work, { ...live, run });
  }
  const run = work.store.run(runId);
  if (run !== null) work.events.push({ kind: 'run.noted', run, attempt, note });
}

function addNotes(work: Work, run: Run, added: readonly RunNote[]): readonly RunNote[] {
  for (const note of added) work.store.addRunNote(run.id, note);
  return added.reduce(withNote, run.notes);
}

function retryLater(
  state: SchedulerState,
  work: Work,
  live: LiveRun,
  delayMs: number,
  reason: string,
): void {
  const notBefore = work.now + delayMs;
  work.store.requeueRun(live.run.id, notBefore, reason);
  const run: Run = { ...live.run, state: 'queued', notBefore, reason };
  state.runs.put(work, {
    ...live,
    run,
    place: 'delayed',
    // The retry's time is kept on the monotonic clock: a step does not move it.
    alarmAt: work.mono + delayMs,
    retriesUsed: live.retriesUsed + 1,
    attempt: null,
    signalsSent: 0,
  });
  work.events.push({ kind: 'run.retried', run, attempt: run.attempts + 1, at: notBefore });
}

function describeRetry(live: LiveRun, end: AttemptEnd): string {
  const why = end.reason ?? `exit code ${end.exitCode}`;
  return `retry ${live.retriesUsed + 1} of ${live.job?.retry.limit ?? 0} after: ${why}`;
}

/** What a run waited for has come: its retry time, its timeout, the end of its grace. */
export function alarmOf(state: SchedulerState, work: Work, live: LiveRun): void {
  if (live.place !== 'active') {
    const since = afterTurn(work.mono);
    state.runs.put(work, { ...live, place: 'ready', since, alarmAt: null });
  } else if (live.signalsSent === 0) {
    stopAttempt(state, work, live, 'timeout');
  } else {
    killAttempt(state, work, live);
  }
}

/** Late or repeated events of an attempt that is over meet nobody. */
function activeAttempt(state: SchedulerState, runId: string, attempt: number): LiveRun | null {
  const live = state.runs.get(runId);
  return live?.place === 'active' && live.attempt?.attempt === attempt ? live : null;
}
