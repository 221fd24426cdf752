// A plan and what came of applying it, as they are told to clients.
import type { ConfirmationView } from './status-views.ts';
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type {
  ActiveRun,
  ClockChange,
  NewOverlap,
  PeriodImpact,
  QueueWait,
} from '../core/plan/impact.ts';
import type { CommittedView, HoldView } from './status-views.ts';
import type { WeekGrid } from '../core/plan/week-grid.ts';
import type { Action, FieldEffect, Hazard, PlanSummary } from '../core/plan/plan.ts';

/** What a plan leaves as it is, or puts away with a removed job. */
export interface PlanOverrideView {
  readonly job: string;
  readonly kind: 'pause';
  readonly by: string;
  readonly reason: string | null;
  readonly until: string | null;
  readonly disposition: 'kept' | 'moved' | 'archived' | 'restored';
}

export interface ChangeView {
  readonly job: string;
  readonly action: Action;
  readonly reason: string;
  readonly previousName: string | null;
  /** Where the job stands in the manifest; null for a removed one, and for text without a file. */
  readonly source: SourcePlace | null;
  /** Zone that the job's times are told in. */
  readonly timezone: string;
  readonly fields: readonly {
    path: string;
    before: unknown;
    after: unknown;
    effect: FieldEffect;
  }[];
  readonly impact: ChangeImpactView;
  readonly scheduleInWords: {
    readonly before: string | null;
    readonly after: string | null;
  } | null;
  readonly hazards: readonly HazardView[];
  /** The removed job that a new one looks like; absent: none. */
  readonly lookalike?: string;
  /** Those that made it, oldest first; absent where git cannot tell. */
  readonly commits?: readonly CommitView[];
}

export interface CommitView {
  readonly commit: string;
  readonly author: string;
  readonly at: string;
  readonly subject: string;
}

export interface SourcePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export type HazardView = Omit<Hazard, 'at'> & { readonly at: string | null };

/** What one change does in time; meanings and units in core/plan/impact.ts. */
export interface ChangeImpactView {
  readonly nextRun: {
    readonly before: string | null;
    readonly after: string | null;
    readonly deltaMs: number | null;
  };
  /** Present for a paused job; null: until somebody resumes it. */
  readonly pausedUntil?: string | null;
  readonly runs: { readonly before: number; readonly after: number };
  readonly lost: readonly string[];
  readonly gained: readonly string[];
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  readonly longestGapMs: { readonly before: number | null; readonly after: number | null };
  readonly period:
    | (Omit<PeriodImpact, 'start' | 'end'> & { readonly start: string; readonly end: string })
    | null;
  readonly catchUpRuns: number;
  readonly machineMs: { readonly before: number; readonly after: number } | null;
  readonly running: readonly (Omit<ActiveRun, 'startedAt'> & { readonly startedAt: string })[];
}

interface PeakView {
  readonly count: number;
  readonly at: string;
}

/** All jobs together, before and after. */
export interface PlanImpactView {
  readonly runs: { readonly before: number; readonly after: number };
  readonly nextRunsMoved: number;
  readonly windowMs: number;
  readonly peakStartsPerMinute: {
    readonly before: PeakView | null;
    readonly after: PeakView | null;
  };
  readonly newOverlaps: readonly (Omit<NewOverlap, 'at'> & { readonly at: string })[];
  readonly queueWaits: readonly QueueWait[];
  readonly startedByApply: number;
  readonly clockChanges: readonly (Omit<ClockChange, 'at'> & { readonly at: string })[];
}

export interface PlanView {
  readonly basis: {
    readonly lineage: string;
    readonly revision: number;
    readonly appliedDigest: string;
    readonly desiredDigest: string;
  };
  readonly changes: readonly ChangeView[];
  /** Null where nobody asked for the sums: in what the watcher plans for itself. */
  readonly impact: PlanImpactView | null;
  /** Starts of a week by the hour, before and after; present when asked for. */
  readonly week?: WeekGrid;
  /** Stands for the change and its hazards, whatever the time: what an approval is about. */
  readonly impactDigest: string;
  /** Release of the time-zone data that it was computed with; null when unknown. */
  readonly timezoneData: string | null;
  readonly summary: PlanSummary;
  /** Names of the jobs that stay as they are; present when asked for. */
  readonly unchangedJobs?: readonly string[];
  /** Changes of the manifest as a whole, such as its zone; absent when there are none. */
  readonly manifestFields?: ChangeView['fields'];
  /** Pauses of the jobs it is about; absent when there are none. */
  readonly overrides?: readonly PlanOverrideView[];
  readonly guard: { readonly code: string; readonly detail: string } | null;
  /** Retained jobs whose names the manifest gives to others; absent: none. */
  readonly blockedNames?: readonly string[];
  /** Variables whose values may be posted where others read them; absent: none. */
  readonly publicEnv?: readonly string[];
  /** What keeps the daemon from taking it by itself; absent when nothing does. */
  readonly hold?: HoldView;
  /** The commit that was planned, where only what is committed counts. */
  readonly committed?: CommittedView;
  /** Changes tell their commits since this one; `isCut`: only the newest were looked at. */
  readonly commits?: { readonly from: string; readonly isCut: boolean };
  /** The commit it is compared with, and how many of its commits the branch lacks. */
  readonly baseCommit?: { readonly commit: string; readonly missing: number };
  readonly at: string;
  readonly horizonMs: number;
  readonly diagnostics: readonly Diagnostic[];
}

export type PlanReply =
  | {
      readonly kind: 'planned';
      readonly plan: PlanView;
      /** An apply that still waits for its confirmation; absent where nobody has looked. */
      readonly confirmation?: ConfirmationView | null;
    }
  | { readonly kind: 'rejected'; readonly diagnostics: readonly Diagnostic[] };

export type ApplyReply =
  | { readonly kind: 'applied'; readonly revision: number; readonly plan: PlanView }
  | { readonly kind: 'unchanged'; readonly revision: number }
  | { readonly kind: 'rejected'; readonly diagnostics: readonly Diagnostic[] };
