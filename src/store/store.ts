// The one durable truth: revisions, recorded jobs, the occurrence ledger, runs
// and attempts. One process writes; every call is synchronous and, outside
// `transaction`, commits by itself. SQL lives in sqlite/ alone.
import type { DaemonLife, LifeChange } from '../core/runs/daemon-life.ts';
import type { Interruption } from '../core/runs/interruption.ts';
import type { DaySum, StartSum } from '../core/runs/statistics-of-days.ts';
import type { RunFact } from '../core/runs/statistics.ts';
import type { AdmissionLimits, Job } from '../core/manifest/job.ts';
import type { SealedEntry } from '../core/sync/audit-chain.ts';
import type { Pause } from '../core/overrides/pause.ts';
import type {
  Attempt,
  EndState,
  KillIntent,
  Outcome,
  OutcomeReason,
  Run,
  RunNote,
  RunState,
  Trigger,
} from '../core/runs/run.ts';

/** One accepted manifest. */
export interface Revision {
  readonly number: number;
  /** Digest over all job specs and manifest-wide values: equal digest, equal meaning. */
  readonly digest: string;
  /** SHA-256 of the file's bytes. */
  readonly sourceDigest: string;
  readonly appliedAt: number;
  /** `watcher`, `cli (alice)`, `start`. */
  readonly appliedBy: string;
  /** Commit that HEAD named when the manifest lies in a git work tree. */
  readonly gitCommit: string | null;
  readonly summary: { create: number; update: number; rename: number; delete: number };
  readonly manifestPath: string;
}

export interface RevisionDetail extends Revision, AdmissionLimits {
  /** The bytes of the accepted file, so the last good manifest survives its loss. */
  readonly source: string;
  readonly timezone: string;
}

export type RevisionHead = Omit<RevisionDetail, 'source'>;

/** What is known of a revision beside what it says. */
export interface RevisionNote {
  /** In the person's words; null for none. */
  readonly reason: string | null;
  /** The earlier revision whose content it brings back, in whole or in part. */
  readonly restores: number | null;
  /** Names that people gave it. */
  readonly tags: readonly string[];
}

/** A recorded job with the scheduler's durable position. */
export interface JobRecord {
  readonly uid: string;
  readonly name: string;
  readonly job: Job;
  readonly digest: string;
  /** Revision that last changed this job. */
  readonly revision: number;
  /** Newest nominal time that has a disposition, or the base set when the schedule changed. */
  readonly watermark: number;
  /** When the schedule as it is came into force, or anew after a suspension; null: not known. */
  readonly scheduledSince: number | null;
  /** Clock epoch; grows when the clock stepped back so far that nominal times recur. */
  readonly epoch: number;
  readonly aliases: readonly string[];
  /** Set when the occurrence engine failed for this job; it is not scheduled until its schedule changes. */
  readonly fault: string | null;
  /** Set when the job left the manifest; its history stays. */
  readonly removedAt: number | null;
  /** A person's pause: follows a rename, outlives applies, stays with a removed job. */
  readonly pause: Pause | null;
}

/** One job's part of an apply, already decided by the plan. */
export type JobWrite =
  | {
      readonly kind: 'create';
      readonly uid: string;
      readonly job: Job;
      readonly digest: string;
      readonly watermark: number;
    }
  /** A removed job comes back under its identity. */
  | {
      readonly kind: 'restore';
      readonly uid: string;
      readonly job: Job;
      readonly digest: string;
      readonly watermark: number;
      readonly aliases: readonly string[];
    }
  | {
      readonly kind: 'update';
      readonly uid: string;
      readonly job: Job;
      readonly digest: string;
      /** Given only when schedule fields changed: the time of the change. */
      readonly watermark: number | null;
      /** Names to add to the aliases (renames). */
      readonly aliases: readonly string[];
    }
  | { readonly kind: 'delete'; readonly uid: string; readonly at: number };

/** From a revision on, a job had this spec. */
export interface JobChange {
  readonly revision: number;
  readonly at: number;
  /** Who applied the revision; null when the store has lost it. */
  readonly by: string | null;
  /** `known`: what came before is not recorded. `delete`: it left the manifest. */
  readonly action: 'create' | 'update' | 'delete' | 'known';
  readonly name: string;
  readonly specDigest: string;
}

export type RecordedInterruption = Pick<Interruption, 'causes' | 'from' | 'until'> & {
  /** How far the wall clock was set; null when it was not. */
  readonly stepMs: number | null;
};

export interface RunFilter {
  readonly job?: string;
  readonly jobUid?: string;
  /** Runs that were admitted while their job had this name. */
  readonly named?: string;
  /** Only those of no manifest. */
  readonly adhoc?: true;
  readonly states?: readonly RunState[];
  readonly triggers?: readonly Trigger[];
  /** Ended runs that took at least, or at most, that long. */
  readonly tookMinMs?: number;
  readonly tookMaxMs?: number;
  /** queuedAt >= since, queuedAt < until. */
  readonly since?: number;
  readonly until?: number;
  /** Nominal time >= since, < until; for one job, whose runs are looked through. */
  readonly nominal?: { readonly since: number; readonly until: number };
  /** Newest first; at most this many. */
  readonly limit: number;
}

export type AuditFacts = Readonly<Record<string, string | number | null>>;

export interface AuditFilter {
  readonly since?: number;
  /** A part of the actor's name. */
  readonly actor?: string;
  /** `manifest.applied`, or its beginning: `manifest`. */
  readonly action?: string;
  /** About this job or one of its runs. */
  readonly jobUid?: string;
  readonly job?: string;
  readonly limit: number;
}

export interface OutcomeFilter {
  readonly jobUid?: string;
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
}

/** Where a walk over runs goes on: behind this one. */
export interface RunFactCursor {
  readonly queuedAt: number;
  readonly id: string;
}

export interface RunDaysFilter {
  readonly jobUid?: string;
  /** queuedAt >= since, queuedAt < until. */
  readonly since?: number;
  readonly until?: number;
}

export interface RunFactFilter {
  readonly jobUid?: string;
  /** queuedAt >= since, queuedAt < until. */
  readonly since?: number;
  readonly until?: number;
  /** Null: from the newest on. */
  readonly before: RunFactCursor | null;
  readonly limit: number;
}

export interface RunEnd {
  readonly state: EndState;
  readonly endedAt: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly reason: string | null;
}

/** A run that may be flushed. */
export interface EndedRun {
  readonly id: string;
  readonly queuedAt: number;
  readonly endedAt: number;
}

/** Where a walk over run logs goes on. */
export interface LogCursor {
  readonly endedAt: number;
  readonly runId: string;
}

export interface ExpendableLogs {
  readonly logs: readonly {
    readonly runId: string;
    readonly jobUid: string;
    readonly bytes: number;
  }[];
  /** Null when no more come. */
  readonly next: LogCursor | null;
}

/** Who did what, to what, as it was written down. */
export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly detail: string | null;
}

/** What a person remarked about a job, or about one of its runs. */
export interface Note {
  readonly id: number;
  readonly jobUid: string;
  /** What the job is called now. */
  readonly job: string;
  /** Null: about the job itself. */
  readonly runId: string | null;
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

export interface NoteFilter {
  readonly jobUid?: string;
  /** Without those about runs. */
  readonly about?: 'job';
  readonly limit: number;
}

/** Reading half: also what a command uses while no daemon runs. */
export interface StoreReader {
  /** Made when the store is created; tells installations apart. */
  readonly lineage: string;
  latestRevision(): RevisionDetail | null;
  /** The same without its text, which for a large manifest takes a while to read. */
  latestRevisionHead(): RevisionHead | null;
  revision(number: number): RevisionDetail | null;
  /** Newest first. */
  revisions(limit: number): Revision[];
  /** Of those revisions that have any. */
  revisionNotes(): ReadonlyMap<number, RevisionNote>;
  /** Jobs in force, by name. */
  jobs(): JobRecord[];
  /** Jobs in force that somebody has paused, by name; also where the pause is over by now. */
  pausedJobs(): JobRecord[];
  /** Pauses that a job coming back under its name would find again, by name. */
  archivedPauses(now: number): ReadonlyMap<string, Pause>;
  /** The newest job that left under this name, unless it is too long ago to come back. */
  tombstone(name: string, now: number): JobRecord | null;
  /** Names that jobs left under which can come back, so that others need not be looked for. */
  tombstoneNames(now: number): ReadonlySet<string>;
  /** Jobs that can come back, the newest first; at most `limit`. */
  tombstones(now: number, limit: number): JobRecord[];
  /** By current name, else by alias, else among removed jobs by name. */
  findJob(name: string): JobRecord | null;
  run(id: string): Run | null;
  /** The run that was asked for with this key; null for none that is still kept. */
  requestedRun(requestId: string): Run | null;
  /** Runs whose id starts with the prefix, at most `limit`. */
  runsByPrefix(prefix: string, limit: number): Run[];
  runs(filter: RunFilter): Run[];
  /** A page of what statistics need of runs, newest first. */
  runFacts(
    filter: RunFactFilter,
  ): (RunFact & { readonly id: string; readonly jobUid: string; readonly job: string })[];
  /** Sums of runs per day, by job uid, and the starts of all jobs together unless one is named. */
  runDays(filter: RunDaysFilter): {
    readonly byJob: ReadonlyMap<string, readonly DaySum[]>;
    readonly starts: readonly StartSum[];
  };
  /** How many of the job's runs have logs that were measured, and their bytes. */
  logsOfJob(jobUid: string): { readonly runs: number; readonly bytes: number };
  /**
   * A page of runs that ended before this, oldest first; without the newest failure of
   * each job unless `failures`.
   */
  endedRuns(filter: {
    readonly endedBefore: number;
    readonly failures: boolean;
    /** Only of these. */
    readonly jobUids?: readonly string[];
    readonly after: RunFactCursor | null;
    readonly limit: number;
  }): { readonly runs: readonly EndedRun[]; readonly next: RunFactCursor | null };
  /** Ledger rows without a run whose occurrences all lie before this. */
  countSettled(before: number, jobUids?: readonly string[]): number;
  /** One-shots that a person took out of the list, with when, by uid. */
  flushedJobs(jobUids: readonly string[]): ReadonlyMap<string, number>;
  /** Measured bytes of all run logs. */
  logBytes(): number;
  /** The newest run of each of these jobs that has one. */
  lastRuns(jobUids: readonly string[]): Map<string, Run>;
  /** Queued and running runs, oldest first. */
  unfinishedRuns(): Run[];
  attempts(runId: string): Attempt[];
  /** Ledger rows that overlap [since, until), newest first. */
  outcomes(filter: OutcomeFilter): Outcome[];
  /**
   * Nominal times of the job's admitted occurrences in [since, until), as it was known at
   * `knownAt`, newest first. For callers that ask of thousands of jobs.
   */
  admittedTimes(filter: {
    jobUid: string;
    since: number;
    until: number;
    knownAt: number;
    limit: number;
  }): number[];
  /** Ledger rows of missed occurrences that overlap [since, until), newest first. */
  missedOutcomes(filter: {
    jobUid?: string;
    since: number;
    until: number;
    limit: number;
  }): Outcome[];
  /** All jobs that have or had this name, in force or removed, newest first; at most `limit`. */
  namesakes(name: string, limit: number): JobRecord[];
  /** What revisions did to a job, oldest first; the newest hundred. */
  jobChanges(jobUid: string): JobChange[];
  /**
   * The jobs that were in force with a revision, by name, with the digests of their specs.
   * Null where their changes are not kept so far back.
   */
  jobsOfRevision(revision: number): ReadonlyMap<string, string> | null;
  /** Uids of the jobs that a revision had, by the names that they had in it; those that are known. */
  uidsOfRevision(revision: number): ReadonlyMap<string, string>;
  /** Newest nominal time whose ledger row was removed by retention; null for none. */
  prunedUntil(jobUid: string): number | null;
  /** Daemons, newest first. */
  daemons(limit: number): DaemonLife[];
  /** Interruptions that reach into [since, until], newest first. */
  interruptions(range: { since: number; until: number; limit: number }): RecordedInterruption[];
  /**
   * Proves that every occurrence has one outcome, every end its evidence: what is
   * wrong in words, and nothing for a sound store. Reads every row.
   */
  auditLedger(): string[];
  /** Newest first. */
  auditEntries(filter: AuditFilter): SealedEntry[];
  /** All of it, oldest first. */
  auditChain(): Iterable<SealedEntry>;
  /** Entries with one of these actions in [since, until), newest first. */
  auditTrail(filter: {
    readonly actions: readonly string[];
    readonly since: number;
    readonly until: number;
    readonly limit: number;
  }): AuditEntry[];
  /** Who did this to the target, newest first; the newest few. */
  audits(target: string, action: string): { readonly at: number; readonly actor: string }[];
  /** Oldest first; of more than `limit`, the newest. */
  notes(filter: NoteFilter): Note[];
  /** By run, oldest first; runs without any are not in it. */
  notesOfRuns(runIds: readonly string[]): ReadonlyMap<string, readonly Note[]>;
  note(id: number): Note | null;
  /** Spec that a run is pinned to. */
  jobSpec(specDigest: string): Job | null;
  /** Small facts about the installation, such as the last error of the source. */
  fact(key: string): string | null;
  close(): void;
}

export interface Store extends StoreReader {
  /** All or nothing; nested calls join the outer one. A throw rolls back. */
  transaction<T>(body: () => T): T;
  /**
   * Records a revision and its job writes in one transaction. Refuses (throws
   * Jm2Error JM2-P201) unless `expectedRevision` is still the latest.
   */
  applyRevision(input: {
    readonly expectedRevision: number;
    readonly digest: string;
    readonly sourceDigest: string;
    readonly source: string;
    readonly timezone: string;
    readonly limits: AdmissionLimits;
    readonly appliedAt: number;
    readonly appliedBy: string;
    readonly gitCommit: string | null;
    readonly manifestPath: string;
    readonly summary: { create: number; update: number; rename: number; delete: number };
    readonly writes: readonly JobWrite[];
  }): Revision;
  /** Ahead of the revision whose jobs have them, in one transaction; seen by nobody before it. */
  recordSpecs(specs: readonly { readonly digest: string; readonly job: Job }[]): void;
  /** A reason that stands there already stays. */
  noteRevision(number: number, note: Omit<RevisionNote, 'tags'>): void;
  /** Gives a revision a name, which then no other has; null takes the name away. */
  tagRevision(name: string, number: number | null, tagged: { at: number; by: string }): void;
  /** Ledger row; throws Jm2Error JM2-T110 when the occurrence already has a disposition. */
  recordOutcome(outcome: Outcome): void;
  /** The occurrence that this run was admitted for is missed after all: the run never began. */
  missOccurrence(input: {
    readonly runId: string;
    readonly jobUid: string;
    readonly nominalTime: number;
    readonly epoch: number;
    readonly reason: OutcomeReason;
    readonly detail: string;
    readonly recordedAt: number;
  }): void;
  /** Never moves back within an epoch; a new epoch may set any value. */
  setWatermark(jobUid: string, watermark: number, epoch: number): void;
  setFault(jobUid: string, fault: string | null): void;
  /** Puts a pause in the place of the one before; null ends it. */
  setPause(jobUid: string, pause: Pause | null): void;
  /**
   * Records the spec of an ad-hoc run as that of a job which is not in force, and
   * answers with it. Its uid is its name; one of that name before gets the new spec.
   */
  recordAdhoc(input: {
    readonly job: Job;
    readonly digest: string;
    readonly at: number;
  }): JobRecord;
  /** Inserts a queued run. */
  insertRun(run: Run): void;
  /** Start intent of an attempt: run becomes running, attempts grows, an attempt row appears. */
  beginAttempt(input: { runId: string; attempt: number; intendedAt: number; bootId: string }): void;
  attemptStarted(input: {
    runId: string;
    attempt: number;
    startedAt: number;
    pid: number;
    processStart: string | null;
    /** For the run on its first attempt. */
    lateMs: number | null;
  }): void;
  setKillIntent(runId: string, attempt: number, intent: KillIntent): void;
  endAttempt(runId: string, attempt: number, end: RunEnd): void;
  /** Back to queued for a retry at `notBefore`. */
  requeueRun(runId: string, notBefore: number, reason: string): void;
  /** Updates why a queued run waits. */
  setRunReason(runId: string, reason: string | null): void;
  endRun(runId: string, end: RunEnd): void;
  /** Adds a note to a run, ended or not; one that says nothing new changes nothing. */
  addRunNote(runId: string, note: RunNote): void;
  /** Answers with its id, which no note had before. */
  addNote(note: Omit<Note, 'id' | 'job'>): number;
  removeNote(id: number): void;
  setFact(key: string, value: string | null): void;
  /** A daemon begins; its row is open until it, or the next one, ends it. */
  beginLife(life: DaemonLife): void;
  changeLife(id: string, change: LifeChange): void;
  recordInterruption(interrupted: Interruption, stepMs: number | null): void;
  /** Sealed with the entry before it. `facts`: what else is known; the host is added. */
  audit(entry: AuditEntry & { readonly facts?: AuditFacts }): void;
  /** Removes revisions beyond the newest `keep` that are older, have no name, and that no job stems from. */
  pruneRevisions(bounds: { keep: number; olderThan: number }): number;
  /** Removes all but the newest `keep` entries of the audit that are older; how many. */
  pruneAudit(bounds: { keep: number; olderThan: number; at: number }): number;
  /** Deletes ended runs beyond the bounds; returns their ids so that directories can go. */
  prune(bounds: {
    perJob: number;
    olderThan: number;
    keepLast: number;
    limit: number;
    /** For jobs that say otherwise, by uid. */
    ofJob?: ReadonlyMap<string, { readonly perJob: number; readonly olderThan: number }>;
  }): string[];
  /** Deletes these runs with their ledger rows; those that have not ended stay. */
  removeRuns(ids: readonly string[]): void;
  /** Deletes ledger rows without a run, at most `limit`; how many. */
  removeSettled(before: number, limit: number, jobUids?: readonly string[]): number;
  setFlushed(jobUids: readonly string[], at: number): void;
  /** Ended runs among `limit` runs behind this id whose logs are not measured; `next` null at the end. */
  unmeasuredRuns(after: string, limit: number): { ids: string[]; next: string | null };
  setLogBytes(runId: string, bytes: number): void;
  /** Measured bytes of all run logs that are there. */
  logTotals(): { readonly total: number; readonly byJob: ReadonlyMap<string, number> };
  /** Logs that may go, oldest end first, of one job or of all. */
  expendableLogs(input: {
    readonly jobUid: string | null;
    readonly after: LogCursor | null;
    /** The last runs of each job stay, and its newest failure. */
    readonly keepLast: number;
    readonly limit: number;
  }): ExpendableLogs;
}
