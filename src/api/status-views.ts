// The state of the daemon, the manifest and their sync, as it is told to clients.
import type { HoldCause, HoldMode } from '../core/sync/hold.ts';
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { DaemonEnd } from '../core/runs/daemon-life.ts';
import type { PlanSummary } from '../core/plan/plan.ts';
import type { OrphanView, PauseView } from './job-views.ts';

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
    /** What git does to the work tree while a change waits for its end; absent for nothing. */
    readonly git?: GitActivityView;
    /** Where only what is committed counts: the commit. */
    readonly committed?: CommittedView;
  };
  readonly sync: {
    readonly mode: 'auto' | 'manual';
    readonly state: 'synced' | 'pending' | 'unknown';
    readonly because: string | null;
    readonly pending: PlanSummary | null;
    /** What keeps content of the manifest from coming into force by itself. */
    readonly hold: HoldView | null;
    /** An apply that goes back unless somebody confirms it. */
    readonly confirmation: ConfirmationView | null;
    /** Jobs that left the manifest and run on, by name. */
    readonly orphaned: readonly (OrphanView & { readonly job: string })[];
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

/** `blocks`: changes of the manifest wait; otherwise it was left behind and is told alone. */
export interface GitActivityView {
  readonly kind: 'lock' | 'rebase' | 'merge' | 'cherry-pick' | 'revert';
  readonly since: string;
  readonly blocks: boolean;
  readonly path: string;
  readonly remedy: string;
}

export interface CommittedView {
  readonly commit: string;
  /** The manifest in the work tree says something else, which does not count. */
  readonly edited: boolean;
}

export interface ConditionView {
  /** For `jm2 explain`; null when there is no more to tell. */
  readonly code: string | null;
  readonly text: string;
  /** ISO; null when not known. */
  readonly since: string | null;
  readonly remedy: string | null;
}

/** `returnsTo`: the revision whose content comes back at the deadline; 0: no jobs. */
export interface ConfirmationView {
  readonly revision: number;
  readonly returnsTo: number;
  readonly deadline: string;
  readonly by: string;
  readonly since: string;
  /** Jobs of which each must succeed once for it to stay by itself; empty: a person must confirm. */
  readonly awaits: readonly string[];
}

/** Content of the manifest that was stepped back from, or passed over, waits for a person. */
export interface HoldView {
  readonly cause: HoldCause;
  readonly mode: HoldMode;
  readonly by: string;
  readonly reason: string | null;
  readonly since: string;
  /** When it ends by itself; null: not by time. */
  readonly until: string | null;
  /** The revision that stays in force. */
  readonly revision: number;
  readonly jobs: readonly string[];
}
