// What a run, an attempt and an occurrence's outcome are. Which transitions are
// allowed is decided in run-state.ts; admission in admission.ts.
import type { RunGiven } from './given.ts';

/** queued → running → one end. A retry waits as queued in the same run. */
export type RunState =
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'timed_out'
  | 'canceled'
  | 'lost';

export type EndState = Exclude<RunState, 'queued' | 'running'>;

/** Why a run exists. */
export type Trigger =
  | 'schedule'
  | 'catch-up'
  | 'manual'
  /** A person asked for a run again. */
  | 'rerun'
  /** A person asked for the occurrences of a past range. */
  | 'backfill'
  /** An apply changed the job while a run went on, which this one begins anew (`on_change`). */
  | 'restart';

/** Why an attempt could not start its command; shown as the run's true reason. */
export interface StartFailure {
  readonly code:
    | 'cwd_missing'
    | 'cwd_denied'
    | 'command_missing'
    | 'command_denied'
    | 'user_unknown'
    | 'user_denied'
    | 'argument_list_too_long'
    | 'resources_exhausted'
    | 'log_unwritable'
    | 'environment_unresolved'
    | 'limits_denied'
    | 'launcher_failed'
    | 'other';
  /** A sentence for people, naming the thing. */
  readonly detail: string;
}

/** How an attempt ended, as observed. `lost`: nobody saw the end. */
export type AttemptExit = (
  | { readonly kind: 'exited'; readonly code: number; readonly at: number }
  | { readonly kind: 'signaled'; readonly signal: string; readonly at: number }
  | { readonly kind: 'not_started'; readonly failure: StartFailure; readonly at: number }
  | { readonly kind: 'lost'; readonly reason: string; readonly at: number }
) & {
  /** What else was seen at the end; becomes notes of the run. Absent: nothing. */
  readonly notes?: readonly RunNote[];
};

/** Stable words for what a note of a run is about. */
export type RunNoteCode =
  /** Output beyond `log.max_size` was cut out of the run log. */
  | 'log_cut'
  /** Processes outlived the command. */
  | 'leftovers'
  /** The run log went by retention; the run stays. */
  | 'log_removed'
  /** The system ended processes for lack of memory when this one ended by KILL. */
  | 'out_of_memory'
  /** The disk was full while it ran. */
  | 'log_incomplete'
  /** Somebody removed or replaced the run log while it ran. */
  | 'log_replaced';

/**
 * Something worth knowing about a run that is not its end: it changes neither
 * state nor exit code. Bounded per run, see notes.ts.
 */
export interface RunNote {
  readonly code: RunNoteCode;
  /** A sentence for people. */
  readonly text: string;
  /** Since when it holds (epoch ms). */
  readonly at: number;
}

/** Committed before a signal is sent, so the end is known whatever dies with the group. */
export type KillIntent = 'timeout' | 'cancel' | 'replace' | 'remove' | 'restart' | 'stop';

/** One launch of the command within a run, counted from 1. */
export interface Attempt {
  readonly runId: string;
  /** From 1. */
  readonly attempt: number;
  /** Intent committed (epoch ms). */
  readonly intendedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly pid: number | null;
  /** Start time of the process as the system tells it, guarding against a reused pid. */
  readonly processStart: string | null;
  readonly bootId: string;
  readonly killIntent: KillIntent | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** End state of this attempt; null while it runs. */
  readonly state: EndState | null;
  /** In words, for failed starts, lost attempts and kills. */
  readonly reason: string | null;
}

/** One admitted execution, for an occurrence or a request. */
export interface Run {
  readonly id: string;
  readonly jobUid: string;
  readonly job: string;
  readonly trigger: Trigger;
  /** Null for manual runs. That of a rerun, a restart or a backfill claims no occurrence. */
  readonly nominalTime: number | null;
  readonly epoch: number;
  /** Revision and spec digest the run is pinned to. */
  readonly revision: number;
  readonly specDigest: string;
  readonly state: RunState;
  /** Attempts made so far. */
  readonly attempts: number;
  /** While queued: not before this instant (a retry's time, or `startAt`); null for at once. */
  readonly notBefore: number | null;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** First start minus nominal time; null for runs by request and before the start. */
  readonly lateMs: number | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** In words: why it waits, why it was late, why it ended so. */
  readonly reason: string | null;
  /** Who asked for a manual run. */
  readonly requestedBy: string | null;
  /** Given for this run alone when it was asked for; null: that of its job. */
  readonly priority: number | null;
  /** Asked for whatever the job's concurrency policy says: it waits for a slot alone. */
  readonly forced: boolean;
  /** Arguments and variables for this run alone; null: none. */
  readonly given: RunGiven | null;
  /** The requester's own key, unique among runs; a request with it starts nothing twice. */
  readonly requestId: string | null;
  /** The run that this one repeats, or begins anew. */
  readonly repeats: string | null;
  /** When it was asked to begin, at the earliest; null: at once. */
  readonly startAt: number | null;
  /** In the order in which they were noted. */
  readonly notes: readonly RunNote[];
}

/**
 * Nominal time of the occurrence that a run was admitted for; null for a run by
 * request, also where it makes up for an occurrence: it is never late.
 */
export function occurrenceTime(run: Pick<Run, 'trigger' | 'nominalTime'>): number | null {
  return run.trigger === 'schedule' || run.trigger === 'catch-up' ? run.nominalTime : null;
}

/** True while a run waits for nothing but the time that it was asked for. */
export function isDeferred(run: Pick<Run, 'state' | 'attempts' | 'startAt'>, now: number): boolean {
  return run.state === 'queued' && run.attempts === 0 && run.startAt !== null && run.startAt > now;
}

/** What became of an occurrence. `admitted` points to a run. */
export type Disposition = 'admitted' | 'skipped' | 'missed';

/** Stable words for why an occurrence was skipped or missed. */
export type OutcomeReason =
  | 'forbid'
  | 'queue_full'
  | 'suspended'
  | 'paused'
  | 'replaced'
  | 'removed'
  | 'schedule_changed'
  | 'catch_up_none'
  | 'catch_up_window'
  | 'catch_up_latest'
  | 'catch_up_limit'
  /** Could not start within the job's start_deadline. */
  | 'deadline'
  | 'clock_step'
  /** The same local time was settled at another instant, by the zone data of before. */
  | 'zone_data'
  | 'stopping'
  | 'engine_fault'
  /** It came due between a backup and its restore, and may have run. */
  | 'restored';

/**
 * One ledger row. Several misfires of one cause are one row: `nominalTime` is
 * the first, `lastNominalTime` the last, `count` how many.
 */
export interface Outcome {
  readonly jobUid: string;
  readonly job: string;
  readonly nominalTime: number;
  readonly lastNominalTime: number;
  readonly epoch: number;
  readonly disposition: Disposition;
  readonly reason: OutcomeReason | null;
  readonly count: number;
  readonly runId: string | null;
  readonly recordedAt: number;
  /** Evidence in words, such as the id of the run that was still running. */
  readonly detail: string | null;
}
