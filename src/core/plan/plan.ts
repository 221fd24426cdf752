// What a plan is. It may be shown, compared and applied while its basis holds;
// it must not be used as a record of what is in force (that is the revision).
import type { Job } from '../manifest/job.ts';
import type { Pause } from '../overrides/pause.ts';
import type { PlanImpact, ScheduleImpact } from './impact.ts';
import type { WeekGrid } from './week-grid.ts';

export type Action = 'create' | 'update' | 'rename' | 'delete' | 'retain' | 'no-op';

/** What a changed field does: nothing for runs, the next run, the schedule, who runs it, identity. */
export type FieldEffect =
  | 'cosmetic'
  | 'next_run'
  | 'schedule'
  | 'capacity'
  | 'security'
  | 'identity';

export interface FieldChange {
  /** JSON pointer within the job as written, such as `/schedule` or `/env/TOKEN`. */
  readonly path: string;
  /** Shown values: masked where they look like secrets; null for absent. */
  readonly before: unknown;
  readonly after: unknown;
  readonly effect: FieldEffect;
}

export interface Hazard {
  readonly code: string;
  readonly severity: 'low' | 'medium' | 'high';
  readonly detail: string;
  /** When it happens, where it has a time. */
  readonly at: number | null;
  /** What can be done about it, each a sentence. */
  readonly remedies: readonly string[];
}

/** One job's difference: action, reason, fields and their effect in time. */
export interface Change {
  readonly job: string;
  readonly action: Action;
  /**
   * Stable word: `config_changed`, `not_in_config`, `new_in_config`, `renamed_from`, `restored`;
   * of a job that is retained `protected` or `over_prune_limit`.
   */
  readonly reason: string;
  /** The former name for a rename (which may change fields as well). */
  readonly previousName: string | null;
  /** Line of the manifest on which the job begins; null for a removed job, or where it is not known. */
  readonly line: number | null;
  readonly fields: readonly FieldChange[];
  /** Zone that the job's times are told in: the new one, for a removed job the old one. */
  readonly timezone: string;
  readonly impact: ScheduleImpact;
  /** The schedule change in words: "daily at 03:00 → daily at 04:00"; null when unchanged. */
  readonly scheduleInWords: {
    readonly before: string | null;
    readonly after: string | null;
  } | null;
  readonly hazards: readonly Hazard[];
  /** The removed job that a new one looks like; absent: none. */
  readonly lookalike?: string;
}

/** What the plan was computed from; apply refuses another basis. */
export interface PlanBasis {
  readonly lineage: string;
  /** Applied revision; 0 before the first. */
  readonly revision: number;
  /** Digest of the recorded state, '' before the first revision. */
  readonly appliedDigest: string;
  /** Digest of the desired manifest. */
  readonly desiredDigest: string;
}

export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly rename: number;
  readonly delete: number;
  readonly unchanged: number;
  /** Jobs that left the manifest and run on; absent: none. */
  readonly retain?: number;
}

/** The ordered changes from the recorded to the desired state, with the basis they were computed from. */
export interface Plan {
  readonly basis: PlanBasis;
  /** Only jobs that change, in a stable order. */
  readonly changes: readonly Change[];
  /** All jobs together; null for a brief plan, which says of each change only what it alone does. */
  readonly impact: PlanImpact | null;
  /** Present when it was asked for. */
  readonly week?: WeekGrid;
  readonly summary: PlanSummary;
  /** Names in order; present when they were asked for. */
  readonly unchangedJobs?: readonly string[];
  /** Manifest-wide values that change, such as `/concurrency/max`; absent when none does. */
  readonly manifestFields?: readonly FieldChange[];
  /** Pauses of recorded jobs that hold, by job; absent when there are none. */
  readonly overrides?: readonly PlanOverride[];
  /** Removals beyond the shrink guard: the watcher must not take this plan by itself. */
  readonly guard: { readonly code: 'shrink' | 'empty'; readonly detail: string } | null;
  /** Names of retained jobs that the manifest gives to others, so that it cannot be applied; absent: none. */
  readonly blockedNames?: readonly string[];
  /** Variables whose values may be posted, as the desired manifest says; absent: none. */
  readonly publicEnv?: readonly string[];
  /** Computed at this instant, over this horizon (ms). */
  readonly at: number;
  readonly horizonMs: number;
}

/** A person's override and what an apply does about it: nothing, ever, but it goes where its job goes. */
export interface PlanOverride {
  /** The job's name afterwards. */
  readonly job: string;
  readonly pause: Pause;
  readonly disposition: 'kept' | 'moved' | 'archived' | 'restored';
}

/** A job as recorded in the store, on which the daemon acts. */
export interface RecordedJob {
  /** Immutable identity; history, watermark and overrides hang on it. */
  readonly uid: string;
  readonly job: Job;
  readonly digest: string;
  /** Former names, so that an answer to an old name can be given. */
  readonly aliases: readonly string[];
  /** Absent or null: nobody has paused it. */
  readonly pause?: Pause | null;
  /**
   * From when on its occurrences are those of the schedule as it is, by the clock of
   * the apply; absent or null: longer than is known.
   */
  readonly scheduledSince?: number | null;
  /** Newest nominal time that is settled; absent where nothing settles them. */
  readonly watermark?: number;
  /** Nominal times to come that had their run before their time; absent: none. */
  readonly madeUp?: readonly number[];
}
