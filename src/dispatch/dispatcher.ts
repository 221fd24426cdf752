// Hands an admitted attempt to where it runs, and says what became of it.
// Decides nothing about admission, retry or timeouts: those are the scheduler's.
import type { Job, ProcessLimits } from '../core/manifest/job.ts';
import type { Attempt, AttemptExit, RunNote } from '../core/runs/run.ts';
import type { LateEnvironment } from '../executor/resolve-environment.ts';

/** Everything needed to start one attempt; complete, so that no later look-up can differ. */
export interface AttemptRequest {
  readonly runId: string;
  readonly attempt: number;
  readonly job: string;
  /** Program and arguments; a shell command arrives as [shell, '-c', text]. */
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  /** The whole environment of the command, but for what `late` adds; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that are read when the attempt starts; null: none. */
  readonly late: LateEnvironment | null;
  readonly user: string | null;
  /** Three octal digits; null for the daemon's own. */
  readonly umask: string | null;
  readonly nice: number | null;
  readonly limits: ProcessLimits;
  readonly logMaxBytes: number;
  /** How the command and what it leaves behind are ended. */
  readonly kill: Job['kill'];
}

export type DispatchEvent =
  | {
      readonly kind: 'started';
      readonly runId: string;
      readonly attempt: number;
      readonly pid: number;
      readonly processStart: string | null;
      readonly at: number;
    }
  | {
      readonly kind: 'ended';
      readonly runId: string;
      readonly attempt: number;
      readonly exit: AttemptExit;
    }
  /** Something that was found out about an attempt, also after its end. */
  | {
      readonly kind: 'noted';
      readonly runId: string;
      readonly attempt: number;
      readonly note: RunNote;
    };

/** What recovery found out about an attempt that had no end when the daemon started. */
export type RecoveredAttempt =
  /** Its command never began and never will: the start token is ours. */
  | { readonly kind: 'never_started' }
  /** It ended while nobody watched. */
  | {
      readonly kind: 'ended';
      readonly started: { pid: number; processStart: string | null; at: number } | null;
      readonly exit: AttemptExit;
    }
  /** It runs; an `ended` event will follow. */
  | {
      readonly kind: 'adopted';
      readonly started: { pid: number; processStart: string | null; at: number };
    };

/** Hands an admitted attempt to where it runs. */
export interface Dispatcher {
  /** Called once before anything else. Events of one attempt arrive in order, never synchronously inside `dispatch`. */
  listen(listener: (events: readonly DispatchEvent[]) => void): void;
  /**
   * Starts the attempts. The intent must be committed before. At most one start
   * per (runId, attempt), whoever asks however often.
   */
  dispatch(requests: readonly AttemptRequest[]): void;
  /**
   * Signals the whole process group of a running attempt, and soon after what
   * left the group; false when it is not running here any more.
   */
  kill(runId: string, attempt: number, signal: NodeJS.Signals): boolean;
  /** Settles an attempt left open by an earlier daemon. `kill` as in the request, where the spec is still known. */
  recover(attempt: Attempt, kill?: Job['kill']): Promise<RecoveredAttempt>;
  /** Resolves when the backend is ready to start runs at full speed. */
  ready(): Promise<void>;
  /**
   * Stops watching; commands that run go on and can be recovered later. What was
   * left over by commands that were ended, and is in its grace, gets KILL.
   */
  detach(): Promise<void>;
}
