// Everything the checks look at, in groups: a group that could not be gathered
// costs the checks that need it, and no others.
import type { Job } from '../manifest/job.ts';
import type { Pause } from '../overrides/pause.ts';
import type { Statistics } from '../runs/statistics.ts';
import type { Looked } from './finding.ts';

export interface RuntimeFacts {
  /** Such as `22.12.0`. */
  readonly node: string;
  readonly sqlite: string;
  /** SQLite has the fix for a rare damage of databases in WAL mode. */
  readonly isSqliteSound: boolean;
}

export interface ZoneFacts {
  /** Sentences about the runtime's zone data. */
  readonly warnings: readonly string[];
  /** A zone of some job is wrong, not only old. */
  readonly isWrong: boolean;
}

export interface RightsFact {
  readonly path: string;
  readonly what:
    | 'manifest'
    | 'manifest directory'
    | 'state directory'
    | 'state file'
    | 'settings file';
  readonly mode: number;
  readonly uid: number;
  readonly isLink: boolean;
  readonly isDirectory: boolean;
}

export interface SourceFacts {
  readonly path: string;
  readonly state: 'accepted' | 'invalid' | 'missing' | 'unreadable';
  /** What is wrong with it, one line each. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Revision in force; 0 for none. */
  readonly revision: number;
}

export interface DiskFacts {
  readonly path: string;
  readonly freeBytes: number;
  readonly sizeBytes: number;
  /** Null where the file system does not count them. */
  readonly freeFiles: number | null;
  /** Name of a network file system; null for a local one. */
  readonly network: string | null;
}

export interface HostLimits {
  /** How many files a process may have open; of the daemon where one runs. */
  readonly openFiles: number | null;
  readonly inotifyWatches: number | null;
  readonly inotifyInstances: number | null;
}

export interface DaemonFacts {
  readonly running: boolean;
  /** Process that holds the state directory; null for none. */
  readonly holder: number | null;
  readonly socket: string;
  /** A socket that nobody listens on, or a pid file of a process that is gone. */
  readonly stale: readonly string[];
  readonly version: string | null;
  readonly ownVersion: string;
  readonly startedAt: number | null;
  /** How the daemon before this one ended; null when in order, or when there was none. */
  readonly fell: { readonly how: 'crashed' | 'rebooted'; readonly at: number } | null;
  readonly conditions: readonly { readonly text: string; readonly remedy: string | null }[];
  readonly notices: readonly string[];
  /** Null when it cannot be told. */
  readonly hasLauncher: boolean | null;
  readonly sync: { readonly pending: boolean };
}

export interface StoreFacts {
  readonly path: string;
  readonly state: 'missing' | 'lost' | 'damaged' | 'unreadable' | 'newer' | 'older' | 'sound';
  /** What is wrong, in words. */
  readonly problems: readonly string[];
  /** Stores that were damaged and set aside, and copies from before an upgrade. */
  readonly setAside: readonly string[];
}

export interface LogFacts {
  readonly bytes: number;
  readonly bound: number;
}

/** Commands that nobody looks after. */
export interface StrayFacts {
  readonly unknown: readonly { readonly text: string; readonly remedy: string | null }[];
  /** Runs that go on while no daemon runs. */
  readonly unattended: number;
}

export interface ProgramFact {
  readonly job: string;
  readonly problem: string;
  /** The file is there and only may not be executed. */
  readonly denied: string | null;
}

export interface PastOfJob {
  readonly statistics: Statistics;
  /** Newest first start; null for none that is kept. */
  readonly lastStart: number | null;
  readonly isRunning: boolean;
}

export interface JobFact {
  readonly job: Job;
  readonly fault: string | null;
  readonly pause: Pause | null;
  /** When the revision that last changed it was applied; null when nobody knows. */
  readonly changedAt: number | null;
  /** When the daemon began to admit; null while none does. */
  readonly past: PastOfJob | null;
  /** Starts that are to come, oldest first; the first few. */
  readonly starts: readonly number[];
  /** Occurrences of the past week that were missed. */
  readonly missed: number;
}

export interface JobsFacts {
  readonly jobs: readonly JobFact[];
  readonly concurrencyMax: number;
  /** A daemon admits, since then; null while none does. */
  readonly admittingSince: number | null;
  /** The most starts in one second of the next day, and when; null for none. */
  readonly crowd: { readonly starts: number; readonly at: number } | null;
}

export interface EnvironmentFact {
  readonly job: string;
  readonly problem: string;
}

export interface DoctorFacts {
  readonly now: number;
  /** Account that asks. */
  readonly uid: number;
  readonly runtime: Looked<RuntimeFacts>;
  readonly zones: Looked<ZoneFacts>;
  readonly settings: Looked<readonly string[]>;
  /** Why no manifest was found, in words; null when one was. */
  readonly place: Looked<{ readonly missing: string | null }>;
  readonly source: Looked<SourceFacts>;
  readonly rights: Looked<readonly RightsFact[]>;
  readonly disk: Looked<DiskFacts>;
  readonly limits: Looked<HostLimits>;
  /** Files that were written in the future, with how far. */
  readonly future: Looked<readonly { readonly path: string; readonly aheadMs: number }[]>;
  readonly daemon: Looked<DaemonFacts>;
  readonly store: Looked<StoreFacts>;
  /** What breaks a promise of the store, in words. */
  readonly ledger: Looked<readonly string[]>;
  readonly logs: Looked<LogFacts>;
  readonly strays: Looked<StrayFacts>;
  readonly programs: Looked<readonly ProgramFact[]>;
  readonly users: Looked<readonly EnvironmentFact[]>;
  readonly secrets: Looked<{
    readonly problems: readonly EnvironmentFact[];
    readonly exposed: readonly EnvironmentFact[];
  }>;
  readonly jobs: Looked<JobsFacts>;
}
