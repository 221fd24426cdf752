// The reconciler's interface: load, plan, apply until the recorded state equals
// the desired one. The loop is in loop.ts.
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { Plan } from '../core/plan/plan.ts';

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
      readonly because: 'manual' | 'shrink' | 'empty';
      readonly plan: Plan;
    };

export interface ReconcilerStatus {
  readonly source: SourceCondition;
  readonly sync: SyncCondition;
  /** Source digest last looked at, and revision in force (0: none). */
  readonly attempted: { readonly sourceDigest: string | null; readonly at: number | null };
  readonly appliedRevision: number;
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
   * JM2-P201 when `expected` no longer matches.
   */
  apply(input: {
    readonly by: string;
    readonly expected: { readonly revision: number; readonly desiredDigest: string } | null;
  }): Promise<ApplyResult>;
  status(): ReconcilerStatus;
  on(listener: (event: ReconcilerEvent) => void): () => void;
  stop(): Promise<void>;
}
