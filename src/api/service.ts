// What jm2 offers to its clients, once, for all of them: the HTTP routes serve
// this interface, the typed client implements it over the socket, and a
// read-only form answers from the store while no daemon runs. All instants in
// these shapes are ISO 8601 in UTC with milliseconds, all durations end in Ms.
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { DaemonEnd } from '../core/runs/daemon-life.ts';
import type { EvidenceSource, Subject, Verdict } from '../core/why/explanation.ts';
import type { Statistics } from '../core/runs/statistics.ts';
import type { BackfillDecision } from '../core/runs/backfill.ts';
import type { RunGiven } from '../core/runs/given.ts';
import type { Action, FieldEffect, Hazard, PlanSummary } from '../core/plan/plan.ts';
import type {
  Disposition,
  OutcomeReason,
  RunNoteCode,
  RunState,
  Trigger,
} from '../core/runs/run.ts';

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

/** What a plan leaves as it is, or puts away with a removed job. */
export interface PlanOverrideView {
  readonly job: string;
  readonly kind: 'pause';
  readonly by: string;
  readonly reason: string | null;
  readonly until: string | null;
  readonly disposition: 'kept' | 'moved' | 'archived' | 'restored';
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
}

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
  /** What else is worth knowing about it; empty for nearly every run. */
  readonly notes: readonly RunNoteView[];
}

export interface RunNoteView {
  readonly code: RunNoteCode;
  readonly text: string;
  /** ISO: since when it holds. */
  readonly at: string;
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
}

export interface ChangeView {
  readonly job: string;
  readonly action: Action;
  readonly reason: string;
  readonly previousName: string | null;
  /** Zone that the job's times are told in. */
  readonly timezone: string;
  readonly fields: readonly {
    path: string;
    before: unknown;
    after: unknown;
    effect: FieldEffect;
  }[];
  readonly impact: {
    readonly nextRun: { readonly before: string | null; readonly after: string | null };
    readonly runs: { readonly before: number; readonly after: number };
    readonly lost: readonly string[];
    readonly gained: readonly string[];
  };
  readonly scheduleInWords: {
    readonly before: string | null;
    readonly after: string | null;
  } | null;
  readonly hazards: readonly Hazard[];
}

export interface PlanView {
  readonly basis: {
    readonly lineage: string;
    readonly revision: number;
    readonly appliedDigest: string;
    readonly desiredDigest: string;
  };
  readonly changes: readonly ChangeView[];
  readonly summary: PlanSummary;
  /** Changes of the manifest as a whole, such as its zone; absent when there are none. */
  readonly manifestFields?: ChangeView['fields'];
  /** Pauses of the jobs it is about; absent when there are none. */
  readonly overrides?: readonly PlanOverrideView[];
  readonly guard: { readonly code: string; readonly detail: string } | null;
  readonly at: string;
  readonly horizonMs: number;
  readonly diagnostics: readonly Diagnostic[];
}

export type PlanReply =
  | { readonly kind: 'planned'; readonly plan: PlanView }
  | { readonly kind: 'rejected'; readonly diagnostics: readonly Diagnostic[] };

export type ApplyReply =
  | { readonly kind: 'applied'; readonly revision: number; readonly plan: PlanView }
  | { readonly kind: 'unchanged'; readonly revision: number }
  | { readonly kind: 'rejected'; readonly diagnostics: readonly Diagnostic[] };

export interface LogLine {
  readonly job: string;
  readonly run: string;
  readonly attempt: number;
  /** Null when unknown: direct capture does not stamp lines. */
  readonly time: string | null;
  readonly text: string;
  /** The bytes as they were printed, when they are no UTF-8 and `text` replaces some. */
  readonly base64?: string;
  /** No newline followed: a piece of a longer line, or the end of a log without one. */
  readonly unfinished?: true;
}

/** A position in a run log, to go on reading from. */
export interface LogCursor {
  readonly run: string;
  readonly attempt: number;
  readonly offset: number;
}

/** A variable whose file was written after the run began: its former value is not hidden. */
export interface ReplacedSecret {
  readonly run: string;
  readonly name: string;
}

/** Where to go on reading. */
export interface LogPosition extends LogCursor {
  /** Also lines that may hold a secret which cannot be read, and so not hidden. */
  readonly unmasked?: boolean;
}

export interface LogsQuery {
  readonly job?: string;
  readonly run?: string;
  /** Only this attempt's own log. */
  readonly attempt?: number;
  /** Last lines to give; absent: all, up to the page bound. */
  readonly lines?: number;
  /** Runs that started in [since, until), ISO. */
  readonly since?: string;
  readonly until?: string;
  /** Also lines that may hold a secret which cannot be read, and so not hidden. */
  readonly unmasked?: boolean;
}

export interface StatusView {
  readonly daemon: {
    readonly running: boolean;
    readonly pid: number | null;
    readonly startedAt: string | null;
    readonly version: string | null;
    readonly socket: string;
    /** The daemon before this one, or the last one while none runs; null for none. */
    readonly previous: {
      readonly version: string;
      readonly startedAt: string;
      /** Of one that left no word: when it was last seen alive, to about ten seconds. */
      readonly endedAt: string;
      readonly end: DaemonEnd;
    } | null;
  };
  readonly manifest: {
    readonly path: string;
    readonly stateDir: string;
    readonly timezone: string | null;
    readonly jobs: number;
  };
  readonly revision: {
    readonly attempted: string | null;
    readonly applied: number;
    readonly appliedAt: string | null;
    readonly appliedBy: string | null;
    readonly gitCommit: string | null;
  };
  readonly source: {
    readonly state: 'accepted' | 'invalid' | 'missing' | 'unreadable' | 'unknown';
    readonly since: string | null;
    readonly diagnostics: readonly Diagnostic[];
  };
  readonly sync: {
    readonly mode: 'auto' | 'manual';
    readonly state: 'synced' | 'pending' | 'unknown';
    readonly because: string | null;
    readonly pending: PlanSummary | null;
  };
  readonly health: {
    /** `draining`: the daemon was told to stop and lets runs finish. */
    readonly state: 'healthy' | 'degraded' | 'draining' | 'down';
    readonly problems: readonly string[];
    /** What degrades it, with more to say than the sentence in `problems`. */
    readonly conditions: readonly ConditionView[];
    readonly running: number;
    readonly queued: number;
    /** How many may run at once in all; null before the first revision. */
    readonly concurrencyMax: number | null;
    /** How long its event loop kept callers waiting while runs started and ended; null: none did. */
    readonly loopDelay: {
      readonly p50Ms: number;
      readonly p99Ms: number;
      readonly maxMs: number;
      readonly since: string;
    } | null;
  };
  /** What people changed at runtime, oldest first. */
  readonly overrides: readonly (PauseView & { readonly job: string; readonly kind: 'pause' })[];
}

/** One run that waits. */
export interface QueuedRunView {
  readonly run: string;
  readonly job: string;
  readonly trigger: Trigger;
  readonly nominalTime: string | null;
  /** Attempt that it waits to make, from 1. */
  readonly attempt: number;
  readonly waitsFor: 'slot' | 'group' | 'run' | 'retry' | 'daemon';
  /** In words. */
  readonly reason: string;
  /** Runs that get a slot before it; null for one that is not in line for a slot. */
  readonly ahead: number | null;
  readonly queuedAt: string;
  /** A retry starts no sooner. */
  readonly notBefore: string | null;
  /** Its occurrence is missed when it has not started by then. */
  readonly startBy: string | null;
  readonly priority: number;
  readonly group: string | null;
}

export interface QueueView {
  /** Those in line for a slot first, in the order of their turns. */
  readonly queue: readonly QueuedRunView[];
  /** All that wait; more than are listed when `limit` was reached. */
  readonly queued: number;
  readonly running: number;
  readonly limits: {
    readonly concurrencyMax: number;
    readonly queueLimit: number;
    readonly groups: readonly {
      readonly name: string;
      readonly max: number;
      readonly running: number;
      readonly waiting: number;
    }[];
  };
}

export interface ConditionView {
  /** For `jm2 explain`; null when there is no more to tell. */
  readonly code: string | null;
  readonly text: string;
  /** ISO; null when not known. */
  readonly since: string | null;
  readonly remedy: string | null;
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
  /** There were more runs than were looked at. */
  readonly truncated: boolean;
}

export interface WhyQuery {
  /** Wanted unless a run is given. */
  readonly job?: string;
  /** As typed: a local time of the job's zone, ISO with an offset, `today`, `-2h`. */
  readonly time?: string;
  readonly run?: string;
}

export interface ExplanationView {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly nominalTime: string | null;
  /** The nominal time in the job's zone. */
  readonly local: string | null;
  readonly run: string | null;
  readonly disposition: Disposition | null;
  readonly reason: OutcomeReason | null;
  /** Occurrences that share this outcome. */
  readonly count: number;
  readonly answer: string;
  readonly evidence: readonly {
    readonly time: string | null;
    readonly source: EvidenceSource;
    readonly text: string;
  }[];
  readonly hint: string | null;
}

export interface WhyView {
  readonly job: string;
  /** Zone of local times in the answers. */
  readonly timezone: string;
  /** The time as it was asked for. */
  readonly asked: string | null;
  /** What has to be said about that time, such as that it came twice. */
  readonly remark: string | null;
  readonly explanations: readonly ExplanationView[];
  /** Further occurrences in the time asked about. */
  readonly more: number;
}

export type EventView = { readonly at: string; readonly kind: string } & Readonly<
  Record<string, unknown>
>;

/** What can be answered without a daemon. */
export interface ReadService {
  status(): Promise<StatusView>;
  list(): Promise<{ readonly jobs: readonly JobView[] }>;
  show(job: string): Promise<JobDetailView>;
  history(query: HistoryQuery): Promise<{
    readonly runs: readonly RunView[];
    readonly outcomes: readonly OutcomeView[];
    /** Of one job: what was due up to this time may have lost its record to retention. */
    readonly prunedUntil: string | null;
  }>;
  getRun(id: string): Promise<RunView>;
  /** Each launch of the run's command, in order. */
  attempts(run: string): Promise<readonly AttemptView[]>;
  /** How runs went, in figures. */
  stats(query: StatsQuery): Promise<StatsView>;
  /** What waits, why, and behind how many. */
  queue(query: { readonly limit: number }): Promise<QueueView>;
  /** Why an occurrence or a run became what it is; without a time, the last and the next one. */
  why(query: WhyQuery): Promise<WhyView>;
  /** A page of lines, oldest first, with the cursor behind the last of them. */
  logs(query: LogsQuery): Promise<{
    readonly lines: readonly LogLine[];
    readonly cursor: LogCursor | null;
    readonly truncated: boolean;
    readonly replaced?: readonly ReplacedSecret[];
  }>;
  /** Lines behind the cursor; `ended` when the attempt's run has ended and all was read. */
  logsFrom(position: LogPosition): Promise<{
    readonly lines: readonly LogLine[];
    readonly cursor: LogCursor;
    readonly ended: boolean;
    readonly replaced?: readonly ReplacedSecret[];
  }>;
  /** Plan of the manifest file, or of `text` as a proposal. */
  plan(input: { readonly text: string | null; readonly horizonMs: number }): Promise<PlanReply>;
}

/** All of it; served by the daemon. */
export interface Service extends ReadService {
  apply(input: {
    readonly by: string;
    readonly expected: { readonly revision: number; readonly desiredDigest: string } | null;
  }): Promise<ApplyReply>;
  run(input: {
    readonly job: string;
    readonly by: string;
    readonly force: boolean;
    /** For this run alone; null or absent for that of the job. */
    readonly priority?: number | null;
    /** More arguments and variables for this run alone. */
    readonly given?: RunGiven | null;
    /** Sent again, it answers with the run of the first request. */
    readonly requestId?: string | null;
  }): Promise<RunView>;
  /** Repeats a run that has ended, for the same nominal time and with what it was given. */
  rerun(input: {
    readonly run: string;
    readonly by: string;
    readonly force: boolean;
    /** By the spec in force instead of the one that the run had. */
    readonly current: boolean;
    /** It waits for the job's earlier runs, whatever its policy but `allow`. */
    readonly serial: boolean;
    readonly requestId?: string | null;
  }): Promise<RunView>;
  /** Runs for occurrences of a past range, oldest first. */
  backfill(input: BackfillInput): Promise<BackfillView>;
  cancel(input: { readonly run: string; readonly by: string }): Promise<RunView>;
  /** All of the jobs or none. */
  pause(input: {
    readonly jobs: readonly string[];
    readonly by: string;
    readonly reason: string | null;
    /** ISO; `next_run`: skip the next occurrence; null: until it is resumed. */
    readonly until: string | null;
    /** End their unfinished runs as well. */
    readonly cancel: boolean;
  }): Promise<{ readonly jobs: readonly PausedJobView[] }>;
  /** Ends pauses; starts nothing. */
  resume(input: {
    readonly jobs: readonly string[];
    readonly by: string;
  }): Promise<{ readonly jobs: readonly ResumedJobView[] }>;
  /**
   * Ends the daemon: drain, or leave jobs running for adoption. Resolves when the
   * daemon has begun to stop; it is gone when its socket refuses connections.
   * `graceMs` null: the daemon's own setting.
   */
  shutdown(input: {
    readonly mode: 'drain' | 'detach';
    readonly graceMs: number | null;
  }): Promise<void>;
  /**
   * Events from this call on, until the signal is aborted or the daemon stops.
   * A reader too slow to keep up is cut off with an error, never waited for.
   */
  events(signal: AbortSignal): AsyncIterable<EventView>;
}
