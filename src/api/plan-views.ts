// A plan and what came of applying it, as they are told to clients.
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
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
