// Recorded facts → the shapes that clients see. Pure; which facts to look up is
// decided in queries.ts.
import { maskGiven } from '../core/runs/given.ts';
import type {
  AttemptView,
  JobState,
  LastRunView,
  OutcomeView,
  PauseView,
  RunView,
  StatusView,
} from '../api/service.ts';
import type { Command, Job } from '../core/manifest/job.ts';
import { covers, isOld, isOver, type Pause, type PauseOutlook } from '../core/overrides/pause.ts';
import type { DaemonLife } from '../core/runs/daemon-life.ts';
import type { Attempt, Outcome, Run } from '../core/runs/run.ts';

/** ISO 8601 in UTC with milliseconds. */
export function iso(instant: number): string {
  return new Date(instant).toISOString();
}

export function isoOrNull(instant: number | null): string | null {
  return instant === null ? null : iso(instant);
}

/** Null also when the clock was set back beyond the start meanwhile: then it is not known. */
function durationMs({ startedAt, endedAt }: Run): number | null {
  return startedAt === null || endedAt === null || endedAt < startedAt ? null : endedAt - startedAt;
}

export function runView(run: Run): RunView {
  return {
    id: run.id,
    job: run.job,
    trigger: run.trigger,
    nominalTime: isoOrNull(run.nominalTime),
    state: run.state,
    exitCode: run.exitCode,
    signal: run.signal,
    attempts: run.attempts,
    queuedAt: iso(run.queuedAt),
    startedAt: isoOrNull(run.startedAt),
    endedAt: isoOrNull(run.endedAt),
    durationMs: durationMs(run),
    lateMs: run.lateMs,
    revision: run.revision,
    reason: run.reason,
    given: run.given === null ? null : maskGiven(run.given),
    requestId: run.requestId,
    repeats: run.repeats,
    startAt: isoOrNull(run.startAt),
    notes: run.notes.map((note) => ({ ...note, at: iso(note.at) })),
  };
}

export function lastRunView(run: Run): LastRunView {
  return {
    id: run.id,
    state: run.state,
    exitCode: run.exitCode,
    startedAt: isoOrNull(run.startedAt),
    endedAt: isoOrNull(run.endedAt),
    durationMs: durationMs(run),
  };
}

export function attemptView(attempt: Attempt): AttemptView {
  const { startedAt, endedAt } = attempt;
  return {
    run: attempt.runId,
    attempt: attempt.attempt,
    state: attempt.state ?? 'running',
    exitCode: attempt.exitCode,
    signal: attempt.signal,
    intendedAt: iso(attempt.intendedAt),
    startedAt: isoOrNull(startedAt),
    endedAt: isoOrNull(endedAt),
    durationMs: startedAt === null || endedAt === null ? null : endedAt - startedAt,
    reason: attempt.reason,
  };
}

export function outcomeView(outcome: Outcome): OutcomeView {
  return {
    job: outcome.job,
    nominalTime: iso(outcome.nominalTime),
    lastNominalTime: iso(outcome.lastNominalTime),
    disposition: outcome.disposition,
    reason: outcome.reason,
    count: outcome.count,
    detail: outcome.detail,
    run: outcome.runId,
  };
}

/** How a daemon ended; null for none, and for one that still runs. */
export function previousView(life: DaemonLife | null): StatusView['daemon']['previous'] {
  if (life === null || life.ended === null) return null;
  return {
    version: life.version,
    startedAt: iso(life.startedAt),
    endedAt: iso(life.ended.at),
    end: life.ended.how,
  };
}

/** The pause as long as it holds. */
export function pauseView(
  pause: Pause | null,
  outlook: PauseOutlook | null,
  now: number,
): PauseView | null {
  if (pause === null || isOver(pause, now)) return null;
  const { by, reason, since, until } = pause;
  const { skipped, nextDue } = outlook ?? { skipped: pause.skipped, nextDue: null };
  return {
    by,
    reason,
    since: iso(since),
    until: isoOrNull(until),
    skipped,
    nextSkipped: nextDue === null || !covers(pause, nextDue) ? null : iso(nextDue),
    old: isOld(pause, now),
  };
}

/** The schedule as written; several joined; null for a job that is only run by hand. */
export function scheduleText(job: Job): string | null {
  return job.schedules.length === 0
    ? null
    : job.schedules.map((schedule) => schedule.written).join(', ');
}

/** The command as one could type it into a shell. */
export function commandText(command: Command): string {
  if (command.kind === 'shell') return command.text;
  return command.argv.map(quoteWhenNeeded).join(' ');
}

function quoteWhenNeeded(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The one word for a job. A fault outweighs everything, because nothing is
 * scheduled then; what runs now outweighs what is planned.
 */
export function jobState(facts: {
  readonly job: Job;
  readonly fault: string | null;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** Next start; null when nothing is due any more. */
  readonly next: number | null;
  readonly lastRun: Run | null;
  /** The newest occurrence without a run was missed. */
  readonly wasMissed: boolean;
}): JobState {
  if (facts.fault !== null) return 'invalid';
  if (facts.isRunning) return 'running';
  if (facts.job.suspend) return 'suspended';
  if (facts.isPaused) return 'paused';
  if (facts.job.schedules.length === 0) return 'manual';
  if (facts.next !== null || facts.lastRun?.state === 'queued') return 'scheduled';
  // Nothing is left to come: the job is over, one way or the other.
  if (facts.lastRun === null) return facts.wasMissed ? 'failed' : 'completed';
  return facts.lastRun.state === 'succeeded' ? 'completed' : 'failed';
}
