// What an explanation is made of, as looked up in the store and asked of a
// running daemon. Who looks it up is daemon/why.ts.
import type { Job } from '../manifest/job.ts';
import type { Pause } from '../overrides/pause.ts';
import type { DaemonLife } from '../runs/daemon-life.ts';
import type { Interruption } from '../runs/interruption.ts';
import type { Attempt, Outcome, Run } from '../runs/run.ts';

/** From a revision on the job had this spec; null spec: the store has lost it. */
export interface SpecChange {
  readonly revision: number;
  readonly at: number;
  readonly by: string | null;
  readonly action: 'create' | 'update' | 'delete' | 'known';
  readonly name: string;
  readonly spec: Job | null;
}

export type PastInterruption = Pick<Interruption, 'causes' | 'from' | 'until'> & {
  readonly stepMs: number | null;
};

/** Whether somebody admits what comes due now. */
export type Attendance =
  | { readonly kind: 'admitting' }
  | { readonly kind: 'safe_mode' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'down'; readonly since: number | null };

/** What every explanation of one job may need. */
export interface JobFacts {
  readonly now: number;
  readonly name: string;
  /** Zone that times are told in. */
  readonly zone: string;
  /** Oldest first; the last one is in force unless it deleted the job. */
  readonly changes: readonly SpecChange[];
  /** Everything up to this nominal time is settled. */
  readonly watermark: number;
  readonly fault: string | null;
  /** A pause that holds; null for none. */
  readonly pause: Pause | null;
  /** Newest nominal time that retention removed the record of. */
  readonly prunedUntil: number | null;
  /** When a damaged store was replaced by an empty one; null for never. */
  readonly storeLostAt: number | null;
  readonly attendance: Attendance;
}

/** A run with what explains its start and its end. */
export interface RunFacts {
  readonly run: Run;
  readonly attempts: readonly Attempt[];
  /** The spec it was pinned to. */
  readonly spec: Job | null;
  /** When it should have started: nominal time and jitter; null for a run by hand. */
  readonly dueAt: number | null;
  /** Runs of the job that were in progress when it was admitted, oldest first. */
  readonly before: readonly Run[];
  /** The run that replaced it, if one did. */
  readonly replacedBy: Run | null;
  /** Who asked for its end. */
  readonly canceledBy: { readonly actor: string; readonly at: number } | null;
  /** What kept it from starting when it was due. */
  readonly interruptions: readonly PastInterruption[];
  /** The daemon that was there when its last attempt was begun, if that is known. */
  readonly daemon: DaemonLife | null;
}

/** A skipped or missed row with what explains it. */
export interface OutcomeFacts {
  readonly outcome: Outcome;
  /** The occurrence asked about: one of those that the row stands for. */
  readonly at: number;
  /** The run that it was admitted as and that never began; null mostly. */
  readonly waited: Run | null;
  /** The run that the row's detail names. */
  readonly inTheWay: Run | null;
  /** The run that stood for missed ones, if catch-up admitted one. */
  readonly caughtUp: Run | null;
  readonly interruptions: readonly PastInterruption[];
}
