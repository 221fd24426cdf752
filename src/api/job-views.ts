// A job as it is told to clients: in a list, in full, paused and resumed.
import type { Statistics } from '../core/runs/statistics.ts';
import type { RunState } from '../core/runs/run.ts';
import type { RetainReason } from '../core/plan/removals.ts';
import type { NoteView, RunView } from './run-views.ts';

export type JobState =
  | 'scheduled'
  | 'running'
  | 'paused'
  | 'suspended'
  | 'manual'
  | 'completed'
  | 'failed'
  | 'invalid';

export interface LastRunView {
  readonly id: string;
  readonly state: RunState;
  readonly exitCode: number | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
}

/** A pause that holds: who, why and until when, and what it does. */
export interface PauseView {
  readonly by: string;
  readonly reason: string | null;
  readonly since: string;
  /** Null: until it is resumed. */
  readonly until: string | null;
  /** Occurrences skipped so far. */
  readonly skipped: number;
  /** When the next one is due that it will skip; null for none. */
  readonly nextSkipped: string | null;
  /** Without an end, and more than a week old. */
  readonly old: boolean;
}

/** Why a job runs that is not in the manifest. */
export interface OrphanView {
  readonly since: string;
  readonly reason: RetainReason;
}

export interface JobView {
  readonly name: string;
  readonly schedule: string | null;
  readonly timezone: string;
  readonly state: JobState;
  readonly nextRun: string | null;
  readonly lastRun: LastRunView | null;
  readonly description: string | null;
  readonly owner: string | null;
  /** What to read when it fails: a link or a path, as the manifest has it. */
  readonly runbook: string | null;
  readonly tags: readonly string[];
  /** Revision that last changed the job. */
  readonly revision: number;
  /** A person's pause, expected to differ from the manifest; null for none. */
  readonly pause: PauseView | null;
  /** It left the manifest and runs on; null: it is in the manifest. */
  readonly orphaned: OrphanView | null;
  /** A one-shot that is over and that a person took out of the list. */
  readonly flushed: boolean;
  /** The manifest says something else of it that is held back; absent otherwise. */
  readonly held?: true;
}

export interface PausedJobView {
  readonly job: string;
  /** `kept`: somebody else's pause lasts as long or longer, and stays as it was. */
  readonly outcome: 'paused' | 'changed' | 'extended' | 'kept';
  readonly pause: PauseView;
  /** When the schedule goes on; null when nobody knows or nothing is to come. */
  readonly nextRun: string | null;
  /** Runs admitted before that have not ended: they go on. */
  readonly unfinished: readonly string[];
  readonly canceled: readonly string[];
}

export interface ResumedJobView {
  readonly job: string;
  readonly outcome: 'resumed' | 'not_paused';
  /** Occurrences that were skipped under the pause; they are not made up for. */
  readonly skipped: number;
  readonly nextRun: string | null;
  /** The manifest says `suspend: true`, so that nothing runs all the same. */
  readonly suspended: boolean;
}

export interface JobDetailView extends JobView {
  /** The spec with all defaults filled in, env masked by name. */
  readonly spec: unknown;
  readonly specDigest: string;
  readonly command: string;
  readonly scheduleInWords: string | null;
  /** Next five, ISO. */
  readonly nextRuns: readonly string[];
  readonly recentRuns: readonly RunView[];
  /** Of the last thirty days. */
  readonly statistics: Statistics;
  /** Measured logs of its ended runs. */
  readonly logs: { readonly runs: number; readonly bytes: number };
  readonly aliases: readonly string[];
  readonly fault: string | null;
  /** What people wrote about the job itself; absent for nothing. */
  readonly personNotes?: readonly NoteView[];
}
