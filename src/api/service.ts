// What jm2 offers to its clients, once, for all of them: the HTTP routes serve
// this interface, the typed client implements it over the socket, and a
// read-only form answers from the store while no daemon runs. All instants in
// these shapes are ISO 8601 in UTC with milliseconds, all durations end in Ms.
import type { HoldCause, HoldMode } from '../core/sync/hold.ts';
import type { RunGiven } from '../core/runs/given.ts';
import type { FlushInput, FlushView } from './flush-views.ts';
import type { JobView, PausedJobView, ResumedJobView, JobDetailView } from './job-views.ts';
import type { LogLine, LogCursor, ReplacedSecret, LogPosition, LogsQuery } from './log-views.ts';
import type { PlanReply, ApplyReply } from './plan-views.ts';
import type { QueueView } from './queue-views.ts';
import type {
  RunView,
  AttemptView,
  OutcomeView,
  AdhocInput,
  BackfillInput,
  ComparisonView,
  MissedQuery,
  MissedView,
  NoteView,
  BackfillView,
  HistoryQuery,
  StatsQuery,
  StatsView,
} from './run-views.ts';
import type { ConfirmationView, StatusView } from './status-views.ts';
import type { WhyQuery, WhyView } from './why-views.ts';

export type * from './flush-views.ts';
export type * from './job-views.ts';
export type * from './log-views.ts';
export type * from './plan-views.ts';
export type * from './queue-views.ts';
export type * from './run-views.ts';
export type * from './status-views.ts';
export type * from './why-views.ts';

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
    /** What people wrote about that job itself; absent for nothing. */
    readonly personNotes?: readonly NoteView[];
  }>;
  getRun(id: string): Promise<RunView>;
  /** Two runs, by their ids or beginnings, in the order in which they are named. */
  compare(query: { readonly from: string; readonly to: string }): Promise<ComparisonView>;
  /** Each launch of the run's command, in order. */
  attempts(run: string): Promise<readonly AttemptView[]>;
  /** How runs went, in figures. */
  stats(query: StatsQuery): Promise<StatsView>;
  /** What was missed, newest first; `more` when there is more than `limit`. */
  missed(
    query: MissedQuery,
  ): Promise<{ readonly missed: readonly MissedView[]; readonly more: boolean }>;
  /** Notes of people, oldest first: about a job with those about its runs, about a run, or all. */
  notes(query: { readonly about: string | null; readonly limit: number }): Promise<{
    readonly notes: readonly NoteView[];
  }>;
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

/** What a person, or an approval, has seen of a plan before it is applied; for the audit. */
export interface SeenPlan {
  /** Digest of the kept plan; null where none was kept. */
  readonly planId: string | null;
  readonly impactDigest: string | null;
}

/** All of it; served by the daemon. */
export interface Service extends ReadService {
  apply(input: {
    readonly by: string;
    readonly reason?: string | null;
    readonly seen?: SeenPlan;
    readonly expected: { readonly revision: number; readonly desiredDigest: string } | null;
    /** Protected jobs that may go; absent: none. */
    readonly allowRemove?: readonly string[];
    /** Goes back to what was in force unless somebody confirms it in time; absent: it stays. */
    readonly confirmWithinMs?: number;
    /** With it: what confirms it besides a person, each changed job having succeeded once. */
    readonly confirmWhen?: 'succeeded';
    /** Refused with JM2-P225 while jobs that it would change run. */
    readonly ifIdle?: boolean;
  }): Promise<ApplyReply>;
  /** What was applied to be confirmed stays. */
  confirm(input: {
    readonly by: string;
    readonly reason?: string | null;
  }): Promise<ConfirmationView>;
  /** Brings this text into force instead of the file's, which waits where it says something else. */
  applyText(input: {
    readonly by: string;
    readonly text: string;
    readonly gitCommit: string | null;
    readonly expected: { readonly revision: number; readonly desiredDigest: string | null };
    readonly cause: HoldCause;
    readonly mode: HoldMode;
    readonly reason: string | null;
    readonly seen?: SeenPlan;
    /** The earlier revision whose content it is, in whole or in part. */
    readonly restores?: number | null;
    /** The jobs of it that come back; absent or null: all of them. */
    readonly restoredJobs?: readonly string[] | null;
    /** Protected jobs that may go. */
    readonly allowRemove?: readonly string[];
    readonly confirmWithinMs?: number;
    /** With it: what confirms it besides a person, each changed job having succeeded once. */
    readonly confirmWhen?: 'succeeded';
  }): Promise<ApplyReply>;
  /** Looks at the manifest now; holds back what it says from now on; or no longer. */
  sync(input: {
    readonly action: 'now' | 'hold' | 'resume';
    readonly by: string;
    readonly reason: string | null;
    /** Of a hold, ISO: when it ends by itself; absent or null: not by time. */
    readonly until?: string | null;
  }): Promise<StatusView>;
  /** Names a revision, or takes the name away (`revision` null). */
  tag(input: {
    readonly name: string;
    readonly revision: number | null;
    readonly by: string;
    /** Take it from the revision that has it. */
    readonly move: boolean;
  }): Promise<{ readonly before: number | null }>;
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
    /** ISO; absent, null or past: at once. */
    readonly startAt?: string | null;
  }): Promise<RunView>;
  /** Runs a command that no manifest has. */
  adhoc(input: AdhocInput): Promise<RunView>;
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
  /** Keeps what somebody remarks about a job or, by its id, about a run. */
  note(input: {
    readonly about: string;
    readonly text: string;
    readonly by: string;
  }): Promise<NoteView>;
  /** Takes a note away, and answers with what it was. */
  removeNote(input: { readonly id: number; readonly by: string }): Promise<NoteView>;
  /** One page of what is flushed, or would be; to be called until `next` is null. */
  flush(input: FlushInput): Promise<FlushView>;
  /**
   * Ends the daemon: drain, or leave jobs running for adoption. Resolves when the
   * daemon has begun to stop; it is gone when its socket refuses connections.
   * `graceMs` null: the daemon's own setting.
   */
  shutdown(input: {
    readonly mode: 'drain' | 'detach';
    readonly graceMs: number | null;
    /** Who asks for it; absent: not told. */
    readonly by?: string;
  }): Promise<void>;
  /**
   * Events from this call on, until the signal is aborted or the daemon stops.
   * A reader too slow to keep up is cut off with an error, never waited for.
   */
  events(signal: AbortSignal): AsyncIterable<EventView>;
}
