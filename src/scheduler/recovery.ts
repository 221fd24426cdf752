// What an earlier daemon left: unfinished runs and attempts, brought to where
// they belong before anything new is admitted. Who won a start token is found
// out by the dispatcher.
import { describeIntent } from '../core/runs/attempt-end.ts';
import { isStillWanted } from '../core/runs/still-wanted.ts';
import { isDeferred, type Attempt, type Run } from '../core/runs/run.ts';
import type { RecoveredAttempt } from '../dispatch/dispatcher.ts';
import { attemptEnded, attemptStarted, timeoutAt } from './attempts.ts';
import { isPastDeadline, missDeadline, missRun } from './deadlines.ts';
import { finishRun, stopAttempt, stopRun } from './ending.ts';
import { placeOf, standingOf } from './left-line.ts';
import type { LiveRun } from './run-table.ts';
import { wishFor } from './removed-runs.ts';
import { mayGoOn, type SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** One unfinished run with what became of its open attempt. */
export interface LeftRun {
  readonly run: Run;
  readonly attempts: readonly Attempt[];
  /** Null when no attempt is open. */
  readonly found: RecoveredAttempt | null;
}

/** Attempts asked about at once. */
const recoverBatch = 32;

/** Asks the dispatcher about every attempt that has no end. Writes nothing. */
export async function findLeftRuns(state: SchedulerState): Promise<LeftRun[]> {
  const { store } = state.parts;
  const runs = store.unfinishedRuns();
  const left: LeftRun[] = [];
  for (let from = 0; from < runs.length; from += recoverBatch) {
    const batch = runs.slice(from, from + recoverBatch).map(async (run): Promise<LeftRun> => {
      if (run.attempts === 0) return { run, attempts: [], found: null };
      const attempts = store.attempts(run.id);
      const last = attempts.at(-1);
      const isOpen = run.state === 'running' && last !== undefined && last.state === null;
      return { run, attempts, found: isOpen ? await findAttempt(state, run, last) : null };
    });
    left.push(...(await Promise.all(batch)));
  }
  return left;
}

/** One attempt that cannot be looked up must not keep the daemon from starting. */
async function findAttempt(
  state: SchedulerState,
  run: Run,
  attempt: Attempt,
): Promise<RecoveredAttempt> {
  const { dispatcher, log, clock, store } = state.parts;
  // A store that cannot be read says nothing of the attempt: the start fails instead.
  const kill = store.jobSpec(run.specDigest)?.kill;
  try {
    return await dispatcher.recover(attempt, kill);
  } catch (error) {
    log.error({ err: error, run: attempt.runId }, 'an attempt could not be recovered');
    const why = error instanceof Error ? error.message : String(error);
    const exit = {
      kind: 'lost',
      reason: `could not be recovered: ${why}`,
      at: clock.now(),
    } as const;
    return { kind: 'ended', started: null, exit };
  }
}

/** Brings one left run back into the tables, or to its end. */
export function restoreRun(state: SchedulerState, work: Work, left: LeftRun): void {
  const live = state.runs.put(work, liveRun(state, left));
  const attempt = live.attempt;
  if (attempt === null || left.found === null)
    return restoreWaiting(state, work, live, left.attempts);
  const { runId, attempt: number } = attempt;
  const found = left.found;
  if (found.kind === 'never_started') {
    return restoreUnstarted(state, work, live, left.attempts);
  }
  if (found.started !== null && attempt.startedAt === null) {
    attemptStarted(state, work, { kind: 'started', runId, attempt: number, ...found.started });
  }
  if (found.kind === 'ended') {
    return attemptEnded(state, work, { runId, attempt: number, exit: found.exit });
  }
  rearm(state, work, runId);
}

function liveRun(state: SchedulerState, left: LeftRun): LiveRun {
  const { run, attempts } = left;
  const { clock } = state.parts;
  const at = { mono: clock.monotonic(), now: clock.now() };
  const job =
    state.parts.store.jobSpec(run.specDigest) ?? state.jobs.get(run.jobUid)?.record.job ?? null;
  const last = attempts.at(-1) ?? null;
  const isOpen = left.found !== null;
  // An attempt that is canceled while its run goes on never began (see below);
  // it is no try of the command, so it does not use up a retry.
  const tries = attempts.filter((attempt) => attempt.state !== 'canceled').length;
  // Whose turn it is follows the job in force; what is run was fixed when it was queued.
  const current = state.jobs.get(run.jobUid)?.record.job ?? job;
  return {
    run,
    job,
    order: state.runs.nextOrder(),
    ...standingOf(run, current, state.jobs.get(run.jobUid)?.schedule ?? null, at),
    place: isOpen ? 'active' : 'delayed',
    alarmAt: null,
    retriesUsed: Math.max(0, isOpen ? tries - 1 : tries),
    attempt: isOpen ? last : null,
    signalsSent: 0,
    // Only the daemon that admitted it knew.
    heldUpBy: null,
  };
}

/** An adopted attempt keeps its timeout, or the kill that was under way. */
function rearm(state: SchedulerState, work: Work, runId: string): void {
  const live = state.runs.get(runId);
  const attempt = live?.attempt;
  if (live === undefined || attempt === null || attempt === undefined) return;
  if (attempt.killIntent === null) {
    const alarmAt = timeoutAt(work, live, attempt.startedAt ?? attempt.intendedAt);
    const armed = state.runs.put(work, { ...live, alarmAt });
    // The daemon ended between the apply that removed the job and its effect here.
    const isRemoved = !mayGoOn(state, live.run.jobUid);
    if (isRemoved && wishFor(work, live.run.jobUid, live.job) === 'cancel')
      stopAttempt(state, work, armed, 'remove');
    else if (state.toRestart.has(runId)) stopAttempt(state, work, armed, 'restart');
    return;
  }
  // The signal may have been lost with the daemon: the alarm at once goes on
  // with KILL, as the grace began before the restart.
  state.runs.put(work, { ...live, signalsSent: 1, alarmAt: work.mono });
}

/**
 * The intent was committed and the command never began: recovery holds the
 * start token, so this attempt can start no more. The run goes on with a new
 * attempt while it is still wanted, else it ends as missed.
 */
function restoreUnstarted(
  state: SchedulerState,
  work: Work,
  live: LiveRun,
  attempts: readonly Attempt[],
): void {
  const attempt = attempts.at(-1);
  if (attempt === undefined) return;
  // What would begin is a spec that the apply has replaced.
  const isRestarted = attempt.killIntent === null && state.toRestart.has(live.run.id);
  if (isRestarted) work.store.setKillIntent(live.run.id, attempt.attempt, 'restart');
  const intent = isRestarted ? 'restart' : attempt.killIntent;
  const reason = intent === null ? 'never began: the daemon ended first' : describeIntent(intent);
  const end = { endedAt: work.now, exitCode: null, signal: null };
  const attemptEnd = { ...end, state: 'canceled', reason } as const;
  work.store.endAttempt(live.run.id, attempt.attempt, attemptEnd);
  if (intent !== null) {
    const ended = { ...live, attempt: { ...attempt, killIntent: intent } };
    return finishRun(state, work, ended, attemptEnd);
  }
  if (!isWanted(state, work, live)) return endUnwanted(state, work, live, attempts);
  work.store.requeueRun(live.run.id, work.now, reason);
  const run: Run = { ...live.run, state: 'queued', notBefore: work.now, reason };
  state.runs.put(work, { ...live, run, place: 'ready', attempt: null });
}

function restoreWaiting(
  state: SchedulerState,
  work: Work,
  live: LiveRun,
  attempts: readonly Attempt[],
): void {
  const { run } = live;
  if (run.state === 'running') {
    // No open attempt: its end was stored, the run's was not. Both are written
    // in one transaction, so this is a store that was damaged or edited.
    const reason = 'its last attempt left no record';
    const end = { endedAt: work.now, exitCode: null, signal: null, reason };
    return finishRun(state, work, live, { ...end, state: 'lost' });
  }
  if (!mayGoOn(state, run.jobUid)) {
    return stopRun(state, work, live, 'remove', 'removed: the job left the manifest');
  }
  if (isDeferred(run, work.now)) {
    state.runs.put(work, { ...live, place: 'deferred' });
    return;
  }
  if (!isWanted(state, work, live)) return endUnwanted(state, work, live, attempts);
  const earlier = state.runs.presentOfJob(run.jobUid).filter((other) => other.order < live.order);
  const { now } = work;
  const { place, delayMs } = placeOf(run, live.job, { hasEarlier: earlier.length > 0, now });
  const alarmAt = place === 'delayed' ? work.mono + delayMs : live.alarmAt;
  state.runs.put(work, { ...live, place, alarmAt });
}

function isWanted(state: SchedulerState, work: Work, live: LiveRun): boolean {
  const isInForce = mayGoOn(state, live.run.jobUid);
  if (isPastDeadline(live, work.now)) return false;
  return isInForce && live.job !== null && isStillWanted(live.run, live.job.catchUp, work.now);
}

/** Too late for a start. A run that was tried before has been its occurrence's run: it ends as it did. */
function endUnwanted(
  state: SchedulerState,
  work: Work,
  live: LiveRun,
  attempts: readonly Attempt[],
): void {
  const tried = attempts.findLast(({ state: end }) => end !== null && end !== 'canceled');
  if (tried !== undefined && tried.state !== null) {
    const { state: end, endedAt, exitCode, signal, reason } = tried;
    const why = reason ?? `exit code ${exitCode}`;
    return finishRun(state, work, live, {
      state: end,
      endedAt: endedAt ?? work.now,
      exitCode,
      signal,
      reason: `${why}; a retry could not start before the scheduler ended, and is too late now`,
    });
  }
  if (isPastDeadline(live, work.now)) {
    return missDeadline(state, work, live);
  }
  const detail = 'could not start before the scheduler ended, and is too late now';
  const isNone = live.job?.catchUp.policy === 'none';
  missRun(state, work, live, { reason: isNone ? 'catch_up_none' : 'catch_up_window', detail });
}
