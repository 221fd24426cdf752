// The reconciler's interface: load, plan, apply until the recorded state equals
// the desired one. The loop is in loop.ts.
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { NotTakenBack } from './not-taken-back.ts';
import type { Orphans, StoppedBecause } from './orphans.ts';
import type { Confirmation } from '../core/sync/confirmation.ts';
import type { CommittedState } from './committed-source.ts';
import type { GitActivity } from './git-activity.ts';
import type { Hold, HoldCause, HoldMode } from '../core/sync/hold.ts';

/** The source of the desired state, as last seen. */
export type SourceCondition =
  /** The file as it is is in force, or would change nothing. */
  | { readonly kind: 'accepted'; readonly since: number }
  /** Not readable or not valid: the last good revision stays in force. */
  | {
      readonly kind: 'invalid' | 'missing' | 'unreadable';
      readonly since: number;
      readonly diagnostics: readonly Diagnostic[];
    };

export type SyncCondition =
  | { readonly kind: 'synced' }
  /** Valid, but waits for `jm2 apply`: sync is manual, or a guard stopped it. */
  | {
      readonly kind: 'pending';
      readonly since: number;
      readonly because: 'manual' | 'held' | StoppedBecause;
      readonly plan: Plan;
    };

/** What of a plan has been seen before it is applied; for the audit. */
export interface SeenPlan {
  readonly planId: string | null;
  readonly impactDigest: string | null;
}

export interface TextToApply {
  readonly by: string;
  readonly seen?: SeenPlan;
  readonly text: string;
  /** Commit that the text is of, when it is of one. */
  readonly gitCommit: string | null;
  readonly expected: { readonly revision: number; readonly desiredDigest: string | null };
  readonly cause: HoldCause;
  readonly mode: HoldMode;
  readonly reason: string | null;
  /** The earlier revision whose content it is, in whole or in part. */
  readonly restores?: number | null;
  /** The jobs of it that come back; absent or null: all of them. */
  readonly restoredJobs?: readonly string[] | null;
  /** As for `apply`. */
  readonly allowRemove?: readonly string[];
  /** As for `apply`. */
  readonly confirmWithinMs?: number;
  /** With it: what confirms it besides a person, each changed job having succeeded once. */
  readonly confirmWhen?: 'succeeded';
}

/** What a person says about changes that come by themselves. */
export interface HoldRequest {
  /** Keep everything that the manifest says from now on waiting, or no longer. */
  readonly kind: 'hold' | 'resume';
  readonly by: string;
  readonly reason: string | null;
  /** Of a hold: when it ends by itself; absent or null: not by time. */
  readonly until?: number | null;
}

export interface ReconcilerStatus {
  readonly source: SourceCondition;
  readonly sync: SyncCondition;
  /** Source digest last looked at, and revision in force (0: none). */
  readonly attempted: { readonly sourceDigest: string | null; readonly at: number | null };
  readonly appliedRevision: number;
  /** What keeps content of the manifest from coming into force by itself; null for nothing. */
  readonly hold: Hold | null;
  /** Jobs in force that the manifest has no more. */
  readonly orphans: Orphans;
  /** An apply that goes back unless somebody confirms it; null for none. */
  readonly confirmation: Confirmation | null;
  /** What git does to the work tree while a change waits for its end; null for nothing. */
  readonly git: GitActivity | null;
  /** The commit that counts, where only what is committed does; null otherwise. */
  readonly committed: CommittedState | null;
  /** What should have been taken back and is in force all the same; null for nothing. */
  readonly notTakenBack: NotTakenBack | null;
}

export type ReconcilerEvent =
  | {
      readonly kind: 'manifest.applied';
      readonly revision: number;
      readonly plan: Plan;
      readonly by: string;
    }
  | { readonly kind: 'manifest.rejected'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'manifest.pending'; readonly because: string; readonly plan: Plan }
  | { readonly kind: 'manifest.restored' };

/** A problem with the manifest is a value; only operational errors are thrown. */
export type PlanResult =
  | { readonly kind: 'planned'; readonly plan: Plan; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'rejected'; readonly diagnostics: readonly Diagnostic[] };

export type ApplyResult =
  | {
      readonly kind: 'applied';
      readonly revision: number;
      readonly plan: Plan;
      readonly diagnostics: readonly Diagnostic[];
    }
  | {
      readonly kind: 'unchanged';
      readonly revision: number;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly kind: 'rejected'; readonly diagnostics: readonly Diagnostic[] };

/** Read both states, plan, apply, until they are equal. */
export interface Reconciler {
  /** First pass at start, then on every hint and every 30 s by content hash. */
  start(): Promise<void>;
  /** Something may have changed. */
  hint(why: string): void;
  /** Looks now; resolves when the pass is over. */
  reconcileNow(why: string): Promise<void>;
  /** What apply would do, from the file or from the given text (`plan FILE`, `plan -`). */
  plan(input: { readonly text: string | null; readonly horizonMs: number }): Promise<PlanResult>;
  /**
   * Carries out the file's plan, past sync mode and guards. Throws Jm2Error
   * JM2-P201 when `expected` no longer matches, JM2-P220 when protection leaves nothing to
   * do, JM2-P223 when its jobs were not scheduled as planned and it was taken back.
   */
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
    /** Throws JM2-P225 while jobs that it would change run; absent: they may. */
    readonly ifIdle?: boolean;
  }): Promise<ApplyResult>;
  /**
   * Brings a text of its own into force, whatever the file says: a plan file's, an
   * earlier revision's. Where the file says something else, a hold keeps it waiting.
   * Throws Jm2Error JM2-P201 when `expected` no longer is the revision in force.
   */
  applyText(input: TextToApply): Promise<ApplyResult>;
  /** Puts a person's hold in place, or ends whatever hold there is; then looks anew. */
  changeHold(request: HoldRequest): Promise<void>;
  /** What was applied to be confirmed stays. Throws JM2-P222 when nothing waits for it. */
  confirm(by: string, reason?: string | null): Promise<Confirmation>;
  /** Looks now, by the word of a person, which is recorded first. */
  lookNow(by: string): Promise<void>;
  status(): ReconcilerStatus;
  on(listener: (event: ReconcilerEvent) => void): () => void;
  stop(): Promise<void>;
}
