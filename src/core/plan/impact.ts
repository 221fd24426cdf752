// What a change does in time: the facts that a plan states about runs, each with
// its unit. How they are found out is in schedule-impact.ts (one job alone),
// period-impact.ts (what the present day, week or month gets), load-impact.ts (all
// jobs together) and clock-changes.ts. All instants are epoch ms.

/** How long a job's runs took, from its history. Fewer than five runs say nothing. */
export interface DurationBasis {
  readonly runs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** Runs from which on durations are used; below, they are unknown. */
export const durationRunsMin = 5;

/** A run that goes on while the plan is made. */
export interface ActiveRun {
  readonly run: string;
  readonly startedAt: number;
  /** What is left by the 95th percentile of its job's durations; null when they are unknown. */
  readonly leftMs: number | null;
  /** What an apply does about it: nothing but for `on_remove: cancel` and `on_change: restart`. */
  readonly policy: 'finish' | 'cancel' | 'restart';
}

/** A run of one schedule that the other has at another time of the same local day. */
export interface Moved {
  readonly from: number;
  readonly to: number;
}

/** What the natural period of a schedule that holds the apply gets in runs, past ones included. */
export interface PeriodImpact {
  readonly unit: 'day' | 'week' | 'month';
  /** Local midnight at which it began, and the one at which it ends. */
  readonly start: number;
  readonly end: number;
  readonly before: number;
  readonly after: number;
  readonly verdict: 'kept' | 'lost' | 'doubled';
}

export interface ScheduleImpact {
  /** Null when never. `deltaMs`: after minus before, null unless both are there. */
  readonly nextRun: {
    readonly before: number | null;
    readonly after: number | null;
    readonly deltaMs: number | null;
  };
  /**
   * Present for a job that a person has paused: what falls under the pause counts
   * nowhere. Null: until it is resumed; then these figures are those from then on.
   */
  readonly pausedUntil?: number | null;
  /** Number of runs within the plan's horizon. */
  readonly runs: { readonly before: number; readonly after: number };
  /** Nominal times within the horizon that go or come, first ones only. */
  readonly lost: readonly number[];
  readonly gained: readonly number[];
  /** Pairs of the two lists above that stand for one run at another time. */
  readonly moved: readonly Moved[];
  /** Longest time between two runs from the last one before now on; null when unknown. */
  readonly longestGapMs: { readonly before: number | null; readonly after: number | null };
  /** Null when the schedule stays, or has no natural period. */
  readonly period: PeriodImpact | null;
  /** Runs that applying starts by itself, to make up for what the schedule change takes away. */
  readonly catchUpRuns: number;
  /** Time that the runs within the horizon take by the median; null when durations are unknown. */
  readonly machineMs: { readonly before: number; readonly after: number } | null;
  readonly running: readonly ActiveRun[];
}

/** A moment at which most begins, or runs. */
export interface Peak {
  readonly count: number;
  readonly at: number;
}

/** Two jobs of one group whose runs meet, as they did not before. */
export interface NewOverlap {
  readonly jobs: readonly [string, string];
  readonly group: string;
  /** First time that they meet, and how often within the window. */
  readonly at: number;
  readonly count: number;
  /** Runs that the durations of the two rest on. */
  readonly basis: readonly [number, number];
}

/** A job whose runs wait for a slot longer, or more often, than before. */
export interface QueueWait {
  readonly job: string;
  /** Group at whose limit it waits; null for the limit of all. */
  readonly group: string | null;
  readonly waits: { readonly before: number; readonly after: number };
  readonly longestMs: { readonly before: number; readonly after: number };
}

/** A change of the clocks within the horizon, and the jobs that come due in what it skips or repeats. */
export interface ClockChange {
  readonly zone: string;
  readonly at: number;
  readonly kind: 'gap' | 'overlap';
  readonly lengthMs: number;
  readonly jobs: readonly string[];
}

/** All jobs together, before and after. */
export interface PlanImpact {
  readonly runs: { readonly before: number; readonly after: number };
  /** Jobs whose next run is at another time. */
  readonly nextRunsMoved: number;
  /** How far peaks, overlaps and waits were looked for: the horizon, or less when it holds too much. */
  readonly windowMs: number;
  readonly peakStartsPerMinute: { readonly before: Peak | null; readonly after: Peak | null };
  readonly newOverlaps: readonly NewOverlap[];
  readonly queueWaits: readonly QueueWait[];
  /** Runs that applying starts by itself, made up for or begun anew: 0 unless a job opted in. */
  readonly startedByApply: number;
  readonly clockChanges: readonly ClockChange[];
}
