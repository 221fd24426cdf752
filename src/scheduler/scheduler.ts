// The scheduler's interface: sleep to the next occurrence, admit, record,
// dispatch. The loop is in loop.ts.
import type { Condition } from '../core/diagnostics/condition.ts';
import type { AdmissionLimits, Job } from '../core/manifest/job.ts';
import type { RunGiven } from '../core/runs/given.ts';
import type { Attempt, Run, RunNote } from '../core/runs/run.ts';
import type { JobRecord } from '../store/store.ts';
import type { Pause, PauseOutlook } from '../core/overrides/pause.ts';
import type { PausedJob, PauseRequest, ResumedJob } from './pauses.ts';
import type { LimitUse, WaitingRun } from './waiting.ts';

/** A fact already stored. Sent to listeners after the commit, never before. */
export type SchedulerEvent =
  | { readonly kind: 'run.queued'; readonly run: Run }
  | { readonly kind: 'run.started'; readonly run: Run; readonly attempt: number }
  | {
      readonly kind: 'run.retried';
      readonly run: Run;
      readonly attempt: number;
      readonly at: number;
    }
  | {
      readonly kind: 'run.noted';
      readonly run: Run;
      readonly attempt: number;
      readonly note: RunNote;
    }
  | { readonly kind: 'run.ended'; readonly run: Run; readonly attempt: Attempt | null }
  | {
      readonly kind: 'occurrence.skipped' | 'occurrence.missed';
      readonly job: string;
      readonly nominalTime: number;
      readonly lastNominalTime: number;
      readonly count: number;
      readonly reason: string;
      readonly detail: string | null;
    }
  | { readonly kind: 'clock.stepped'; readonly byMs: number; readonly at: number }
  | { readonly kind: 'job.faulted'; readonly job: string; readonly detail: string }
  | {
      readonly kind: 'override.set' | 'override.expired';
      readonly job: string;
      readonly pause: Pause;
    }
  | {
      readonly kind: 'override.lifted';
      readonly job: string;
      readonly by: string;
      readonly pause: Pause;
    };

export interface ManualRequest {
  readonly job: string;
  readonly requestedBy: string;
  /** Start although the concurrency policy forbids it. */
  readonly force: boolean;
  /** For this run alone; null or absent for that of the job. */
  readonly priority?: number | null;
  /** More arguments and variables for this run alone. */
  readonly given?: RunGiven | null;
  /** The requester's key: a second request with it answers with the run of the first. */
  readonly requestId?: string | null;
  /** Not before this instant; absent, null or past: at once. */
  readonly startAt?: number | null;
}

export interface AdhocRequest extends Omit<ManualRequest, 'job' | 'force'> {
  /** Made by `adhocJob`: its name is its identity as well. */
  readonly job: Job;
  readonly digest: string;
}

export interface RerunRequest {
  readonly runId: string;
  readonly requestedBy: string;
  readonly force: boolean;
  /** By the spec in force instead of the one that the run had. */
  readonly current: boolean;
  /** One of several: it waits for the job's earlier runs, whatever its policy but `allow`. */
  readonly serial: boolean;
  readonly requestId?: string | null;
}

export interface BackfillRequest {
  readonly job: string;
  /** In the order of their runs; bounded by the caller. */
  readonly nominalTimes: readonly number[];
  readonly requestedBy: string;
  readonly requestId?: string | null;
}

/** The jobs in force after an apply, and the limits that came with them. */
export interface RecordedJobs {
  readonly jobs: readonly JobRecord[];
  /** Uids of the jobs that came, changed or left; absent: it is not known, and all are compared. */
  readonly written?: ReadonlySet<string>;
  readonly limits: AdmissionLimits;
  /** What becomes of the runs of jobs that leave, where it is not as they say themselves; by uid. */
  readonly removing?: ReadonlyMap<string, 'finish' | 'cancel'>;
}

export interface Scheduler {
  /**
   * Recovers what an earlier daemon left, settles misfires, arms the timer. With
   * `admit: false` it looks after what is recovered and admits nothing, ever:
   * misfires are left to the next daemon.
   */
  start(options?: { readonly admit: boolean }): Promise<void>;
  /**
   * Takes the recorded jobs as they are in the store now. Starts no run and
   * re-phases no unchanged job. For what was recorded before; see `apply`.
   */
  load(jobs: readonly JobRecord[], limits: AdmissionLimits): void;
  /**
   * Takes the jobs that `record` records, in one transaction with it: what came
   * due under the specs of before is closed together with the apply, or neither
   * happens. Starts nothing but what the jobs themselves ask for (`on_change`,
   * `on_schedule_change`). Throws what `record` or the store throws; then nothing
   * has changed.
   */
  apply<T extends RecordedJobs>(record: () => T): T;
  /** Admits a run by hand. Throws Jm2Error (refused, unknown job). */
  runNow(request: ManualRequest): Run;
  /** Admits a run of a command that no manifest has. Throws Jm2Error (refused). */
  runAdhoc(request: AdhocRequest): Run;
  /** Repeats a run that has ended. Throws Jm2Error (refused, unknown, not ended). */
  rerun(request: RerunRequest): Run;
  /** Admits a run for each nominal time, all or none. Throws Jm2Error (unknown job, full). */
  backfill(request: BackfillRequest): readonly Run[];
  /** Ends a queued or running run. Throws Jm2Error when it has ended already. */
  cancel(runId: string, requestedBy: string): void;
  /**
   * Keeps what comes due of these jobs from being admitted, at once and durably,
   * for all of them or for none. Throws Jm2Error (unknown job, nothing to skip).
   */
  pause(request: PauseRequest): readonly PausedJob[];
  /** Ends pauses; starts nothing. */
  resume(request: {
    readonly jobUids: readonly string[];
    readonly by: string;
  }): readonly ResumedJob[];
  /** Next start time per job uid, after a pause that ends; null when nothing is due any more. */
  nextStart(jobUid: string): number | null;
  /** What the pause of a job has skipped until now, and what it skips next; null for none. */
  pauseOutlook(jobUid: string): PauseOutlook | null;
  /** Runs that wait, those in line for a slot first, in the order of their turns. */
  waiting(limit: number): readonly WaitingRun[];
  /** The limits in force and how they are used. */
  limits(): LimitUse;
  /** Attempts that run now. */
  readonly runningCount: number;
  readonly queuedCount: number;
  /** Milliseconds until it has something to do; 0 while it has. */
  readonly quietForMs: number;
  /** What keeps it from recording and starting; empty when healthy. */
  readonly problems: readonly Condition[];
  on(listener: (event: SchedulerEvent) => void): () => void;
  /**
   * Admits nothing more; waits up to graceMs for attempts, then TERM, then KILL
   * after each job's kill grace. `killAll()` during the wait ends it at once.
   */
  drain(graceMs: number): Promise<void>;
  /** KILLs what runs; for a second signal. */
  killAll(): void;
  /** Stops timers and listening; running commands go on. */
  detach(): Promise<void>;
}
