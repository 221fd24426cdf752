// What is said of the manifest after a look that carries nothing out: it means what
// is in force, it is not accepted, or it waits. Stored, told to listeners and
// noted; the look itself is in look.ts.
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import type { Plan } from '../core/plan/plan.ts';
import { outlasting } from '../core/sync/hold.ts';
import type { Announcements } from './announcements.ts';
import type { ReconcilerParts } from './parts.ts';
import type { SyncCondition } from './reconciler.ts';
import { acceptedCondition, refusedCondition } from './source-condition.ts';
import type { Standing } from './standing.ts';

export type WaitReason = Extract<SyncCondition, { kind: 'pending' }>['because'];

export interface Verdicts {
  /** The file means what is in force. */
  accept(): void;
  refuse(kind: 'invalid' | 'missing' | 'unreadable', diagnostics: readonly Diagnostic[]): void;
  wait(because: WaitReason, plan: Plan): void;
  /** The file is as it was: what is wrong with it, or waits, is said again once a day. */
  remind(): void;
}

const remindEveryMs = 24 * 3_600_000;

export function createVerdicts(
  { clock, log }: ReconcilerParts,
  standing: Standing,
  { emit }: Announcements,
): Verdicts {
  /** The file says what is in force: there is nothing left to hold. */
  function release(): void {
    const { hold } = standing;
    if (hold === null || outlasting(hold) !== null) return;
    standing.endHold();
    log.info({ hold: hold.cause, by: hold.by }, 'the hold is over');
  }

  let toldAt = clock.monotonic();

  function tellRefused(kind: string, diagnostics: readonly Diagnostic[]): void {
    toldAt = clock.monotonic();
    log.warn({ source: kind, revision: standing.revision }, 'manifest not accepted');
    emit({ kind: 'manifest.rejected', diagnostics });
  }

  function tellWaiting(because: WaitReason, plan: Plan): void {
    toldAt = clock.monotonic();
    log.warn({ because, summary: plan.summary }, 'manifest waits for an apply');
    emit({ kind: 'manifest.pending', because, plan });
  }

  return {
    accept() {
      standing.load();
      release();
      if (standing.orphans.size > 0) standing.keepOrphans(new Map());
      const wasRefused = standing.source.kind !== 'accepted' || !standing.isRemembered;
      const wasPending = standing.sync.kind === 'pending';
      standing.setSync({ kind: 'synced' });
      if (wasRefused) standing.remember(acceptedCondition(standing.source, clock.now()));
      if (wasRefused || wasPending) emit({ kind: 'manifest.restored' });
    },
    refuse(kind, diagnostics) {
      standing.setSync({ kind: 'synced' });
      if (kind !== 'invalid') standing.attempt(null);
      standing.remember(refusedCondition(standing.source, clock.now(), { kind, diagnostics }));
      tellRefused(kind, diagnostics);
    },
    wait(because, plan) {
      const { sync, source } = standing;
      const since = sync.kind === 'pending' ? sync.since : clock.now();
      if (source.kind !== 'accepted' || !standing.isRemembered)
        standing.remember(acceptedCondition(source, clock.now()));
      standing.setSync({ kind: 'pending', since, because, plan });
      tellWaiting(because, plan);
    },
    remind() {
      if (clock.monotonic() - toldAt < remindEveryMs) return;
      const { source, sync } = standing;
      if (source.kind !== 'accepted') tellRefused(source.kind, source.diagnostics);
      else if (sync.kind === 'pending') tellWaiting(sync.because, sync.plan);
    },
  };
}
