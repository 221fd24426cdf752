// Runs, their attempts, the outcomes of occurrences and the figures made of
// them, as they are told to clients, and what can be asked about them.
import type { Statistics } from '../core/runs/statistics.ts';
import type { BackfillDecision } from '../core/runs/backfill.ts';
import type { RunGiven } from '../core/runs/given.ts';
import type {
  Disposition,
  OutcomeReason,
  RunNoteCode,
  RunState,
  Trigger,
} from '../core/runs/run.ts';

export interface RunView {
  readonly id: string;
  readonly job: string;
  readonly trigger: Trigger;
  readonly nominalTime: string | null;
  readonly state: RunState;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly attempts: number;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly lateMs: number | null;
  readonly revision: number;
  readonly reason: string | null;
  /** Arguments and variables for this run alone, masked where they look like secrets. */
  readonly given: RunGiven | null;
  /** The requester's own key. */
  readonly requestId: string | null;
  /** The run that this one repeats. */
  readonly repeats: string | null;
  /** ISO: when it was asked to begin; null: at once. */
  readonly startAt: string | null;
  /** What else is worth knowing about it; empty for nearly every run. */
  readonly notes: readonly RunNoteView[];
  /** Whose run it is, where the history of a name is that of several jobs. */
  readonly namesake?: NamesakeView;
}

/** One of several jobs that have or had a name, one after the other. */
export interface NamesakeView {
  /** What the job is called now, or was when it was removed. */
  readonly name: string;
  /** Revision that gave it the name asked for; null: before anything on record. */
  readonly since: number | null;
  /** Revision that took the name from it; null while it has it. */
  readonly until: number | null;
  /** The name means this one now. */
  readonly current: boolean;
}

export interface RunNoteView {
  /** `person`: somebody wrote it; else what jm2 noticed. */
  readonly code: RunNoteCode | 'person';
  readonly text: string;
  /** ISO: since when it holds. */
  readonly at: string;
  /** Of a person's note: who, and the number by which it is removed. */
  readonly by?: string;
  readonly id?: number;
}

/** What a person remarked about a job or a run. */
export interface NoteView {
  readonly id: number;
  readonly job: string;
  /** Null: about the job itself. */
  readonly run: string | null;
  readonly at: string;
  readonly by: string;
  readonly text: string;
}

/** One launch of a run's command. */
export interface AttemptView {
  readonly run: string;
  readonly attempt: number;
  readonly state: RunState;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** When it was decided; the command began at `startedAt`. */
  readonly intendedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly durationMs: number | null;
  readonly reason: string | null;
}

export interface OutcomeView {
  readonly job: string;
  readonly nominalTime: string;
  readonly lastNominalTime: string;
  readonly disposition: Disposition;
  readonly reason: OutcomeReason | null;
  readonly count: number;
  readonly detail: string | null;
  /** The run that it was admitted as and that never began; null mostly. */
  readonly run: string | null;
  /** Whose it was, where the history of a name is that of several jobs. */
  readonly namesake?: NamesakeView;
}

/** Two runs side by side, and what their jobs said otherwise when they ran. */
export interface ComparisonView {
  readonly runs: readonly [RunView, RunView];
  /** Fields of the spec that differ, masked where they look like secrets; null: not kept any more. */
  readonly fields:
    | readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[]
    | null;
}

export interface AdhocInput {
  /** Read by a shell. */
  readonly command: string;
  readonly by: string;
  /** With or without the prefix `adhoc/`; absent or null: a new one. */
  readonly name?: string | null;
  /** A job in force whose spec it has but for the command and its schedule. */
  readonly template?: string | null;
  /** Absent or null: that of the template, else the directory of the manifest. */
  readonly cwd?: string | null;
  readonly shell?: string | null;
  readonly timeoutMs?: number | null;
  readonly priority?: number | null;
  readonly given?: RunGiven | null;
  readonly requestId?: string | null;
  /** ISO; absent, null or past: at once. */
  readonly startAt?: string | null;
}

/** What was missed and no run has made up for. */
export interface MissedView {
  readonly job: string;
  readonly nominalTime: string;
  readonly lastNominalTime: string;
  readonly count: number;
  /** How many of them a run made up for, or is about to. */
  readonly madeUpFor: number;
  readonly reason: OutcomeReason | null;
  readonly detail: string | null;
  /** False when the job is not in force any more, so that no run can make up for it. */
  readonly inForce: boolean;
}

export interface MissedQuery {
  /** Null: all. */
  readonly jobs: readonly string[] | null;
  /** ISO; nominal times at or after it. */
  readonly since: string;
  readonly until: string;
  /** Also what a run made up for, and what `catch_up: latest` replaced by a later run. */
  readonly all: boolean;
  readonly limit: number;
}

export interface BackfillInput {
  readonly job: string;
  readonly by: string;
  /** Nominal times in [from, to), ISO; none that the schedule has not settled yet. */
  readonly from: string;
  readonly to: string;
  /** At most so many runs. */
  readonly limit: number;
  /** Also occurrences for which a run succeeded or is under way. */
  readonly all: boolean;
  /** Say what would be run and start nothing. */
  readonly dryRun: boolean;
  readonly requestId?: string | null;
}

export interface BackfillView {
  readonly occurrences: readonly {
    readonly nominalTime: string;
    /** `run`: it gets a run; else why it needs none. */
    readonly decision: BackfillDecision;
    /** The run that makes it need none. */
    readonly run: string | null;
  }[];
  /** Those that were admitted; empty with `dryRun`. */
  readonly runs: readonly RunView[];
  /** Occurrences of the range that `limit` left out. */
  readonly more: boolean;
}

export interface HistoryQuery {
  readonly job?: string;
  /** Only ad-hoc runs. */
  readonly adhoc?: boolean;
  readonly states?: readonly RunState[];
  readonly triggers?: readonly Trigger[];
  /** Runs that ended and took at least or at most that long. */
  readonly tookMinMs?: number;
  readonly tookMaxMs?: number;
  readonly limit: number;
  readonly since?: string;
  readonly until?: string;
  /** Also skipped and missed occurrences. */
  readonly all?: boolean;
  /** Also of other jobs that had the name, while they had it. */
  readonly namesakes?: boolean;
}

export interface StatsQuery {
  /** Null: all jobs. */
  readonly jobs: readonly string[] | null;
  /** Runs queued in [since, until), ISO; null: all that are kept, up to now. */
  readonly since: string | null;
  readonly until: string | null;
}

export interface StatsView {
  readonly since: string | null;
  readonly until: string;
  /** By name; also those without a run in that time. */
  readonly jobs: readonly ({ readonly job: string } & Statistics)[];
  readonly overall: Statistics;
  /** There were more runs than were looked at; false since sums are kept of all. */
  readonly truncated: boolean;
  /** So many runs that medians and percentiles rest on the newest ones: how many, each `of` says. */
  readonly sampled: boolean;
}
