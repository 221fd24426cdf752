// The manifest as used: normalised, defaults filled in, no optional fields.
// The manifest as written has its type generated from schema-source.ts.
import type { Calendar } from '../calendar/calendar.ts';
import type { Schedule } from '../schedule/schedule.ts';

/** What happens to an occurrence while a run of the same job has not ended. */
export type ConcurrencyPolicy = 'forbid' | 'allow' | 'queue' | 'replace';

export type CatchUpPolicy = 'latest' | 'none' | 'all';

/**
 * A way an attempt can end that a retry may answer; a number is an exit code, two
 * are all codes from the first to the last.
 */
export type RetryCause =
  | 'exit'
  | 'timeout'
  | 'signal'
  | 'start'
  | 'lost'
  | number
  | `${number}-${number}`;

export type Command =
  /** Runs as `<shell> -c <text>`. */
  | { readonly kind: 'shell'; readonly text: string; readonly shell: string }
  /** An argument vector without a shell. */
  | { readonly kind: 'argv'; readonly argv: readonly string[] };

export interface RetryPolicy {
  /** Retries after the first attempt: 3 means at most 4 attempts. */
  readonly limit: number;
  readonly delayMs: number;
  readonly backoff: 'constant' | 'exponential';
  readonly factor: number;
  readonly maxDelayMs: number;
  /** Share of the delay that is spread at random, 0 to 1. */
  readonly jitter: number;
  readonly on: readonly RetryCause[];
}

/** What is done about misfires, and within which window. */
export interface CatchUp {
  readonly policy: CatchUpPolicy;
  /** Only misfires with a nominal time this close to now are caught up. */
  readonly windowMs: number;
  /** At most this many runs for policy `all`. */
  readonly limit: number;
}

/** Where the value of a variable is; it is read when a run starts, and never stored. */
export type EnvReference =
  | { readonly from: 'env'; readonly key: string }
  /** `path` as written; `modeCheck`: refused when others than its owner may read it. */
  | { readonly from: 'file'; readonly path: string; readonly modeCheck: boolean };

export type EnvValue = string | EnvReference;

/** Bounds that the system sets to each process; what is absent keeps the daemon's. */
export interface ProcessLimits {
  readonly openFiles?: number;
  readonly processes?: number;
  readonly fileSizeBytes?: number;
  readonly cpuTimeMs?: number;
  readonly memoryBytes?: number;
  readonly coreSizeBytes?: number;
}

/** How much of a job's past is kept; null where the settings of the daemon decide. */
export interface JobRetention {
  /** Ended runs. */
  readonly runs: number | null;
  readonly ageMs: number | null;
  /** Bytes of the logs of all its runs. */
  readonly logBytes: number | null;
}

/** A job spec: the job with all defaults filled in. Its digest tells whether it changed. */
export interface Job {
  readonly name: string;
  readonly description: string | null;
  readonly owner: string | null;
  /** Link or path, as written. */
  readonly runbook: string | null;
  readonly tags: readonly string[];
  /** Empty: only run by hand. */
  readonly schedules: readonly Schedule[];
  /** Zone in force for this job, for display. */
  readonly timezone: string;
  readonly command: Command;
  /** As written; null means the manifest's directory, against which a relative one is resolved. */
  readonly cwd: string | null;
  /** Declared variables, manifest and job merged by key. */
  readonly env: Readonly<Record<string, EnvValue>>;
  /** Files with variables, as written; later ones win, and `env` wins over all. */
  readonly envFile: readonly string[];
  /** Variables taken from the daemon's environment, where they are set. */
  readonly inheritEnv: readonly string[];
  /** Account that runs the command; null for the daemon's own. */
  readonly user: string | null;
  /** Three octal digits; null for the daemon's own. */
  readonly umask: string | null;
  /** -20 to 19; null for the daemon's own. */
  readonly nice: number | null;
  readonly limits: ProcessLimits;
  /** Bound of one attempt; null for none. */
  readonly timeoutMs: number | null;
  readonly kill: {
    readonly signal: string;
    readonly graceMs: number;
    /** Whether processes that outlive the command are ended, too. */
    readonly leftovers: boolean;
  };
  readonly retry: RetryPolicy;
  readonly successCodes: readonly number[];
  readonly concurrency: ConcurrencyPolicy;
  /** Group whose limit its runs share; null for none. */
  readonly group: string | null;
  /** Order among waiting runs, -100 to 100; higher first. */
  readonly priority: number;
  /** How late an occurrence may still start, from its nominal time; null for any time. */
  readonly startDeadlineMs: number | null;
  readonly catchUp: CatchUp;
  readonly suspend: boolean;
  readonly log: { readonly maxSizeBytes: number };
  /** Null when nothing is said. */
  readonly retention: JobRetention | null;
  readonly renamedFrom: readonly string[];
  readonly onRemove: 'finish' | 'cancel';
  /** What an apply that changes what a run executes does about the run that goes on. */
  readonly onChange: 'finish' | 'restart';
  /** Whether a run that a change of the schedule takes from the present period is made up for. */
  readonly onScheduleChange: 'ignore' | 'catch_up';
  /** It stays in force when it leaves the manifest, until its removal is written down or named. */
  readonly protect: boolean;
}

/** A removal that is meant: written where a review sees it. */
export interface RemovedJob {
  readonly reason: string;
  /** What becomes of its runs; null: as the job itself says. */
  readonly running: 'finish' | 'cancel' | null;
}

/** Bounds over all jobs together. */
export interface AdmissionLimits {
  /** Attempts that run at once in all. */
  readonly concurrencyMax: number;
  /** Runs of one job that wait at once. */
  readonly queueLimit: number;
  /** Attempts that run at once in each group, by its name. */
  readonly groups: Readonly<Record<string, number>>;
}

/** Drift that people know of and that does not count for a time. */
export interface DriftIgnore {
  /** A class of drift, a job, or JOB/CLASS. */
  readonly path: string;
  readonly owner: string;
  readonly reason: string;
  /** The last day, 2026-12-31, in the zone of the manifest. */
  readonly until: string;
}

/** The content of jobs.yaml that passed schema and rules. */
export interface Manifest {
  readonly version: 1;
  readonly timezone: string;
  readonly limits: AdmissionLimits;
  readonly calendars: Readonly<Record<string, Calendar>>;
  /** Schedules by name, as written. */
  readonly namedSchedules: Readonly<Record<string, unknown>>;
  /** Jobs that are meant to be gone, by name; absent: none is named. */
  readonly removed?: Readonly<Record<string, RemovedJob>>;
  /** True: however many jobs leave at once, nobody has to confirm it. */
  readonly allowEmpty?: boolean;
  /** Variables whose values may be posted where others read them; absent: none. */
  readonly publicEnv?: readonly string[];
  /** Known drift; says nothing about what runs. Absent: none. */
  readonly driftIgnores?: readonly DriftIgnore[];
  /** In the order of the file. */
  readonly jobs: readonly Job[];
}
