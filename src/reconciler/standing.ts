// What the reconciler knows of itself between two looks: the revision in force and
// what stands beside it (hold, orphans, a confirmation that is waited for), stored
// first and remembered then. Which of it changes, and when, is left to others.
import type { Confirmation } from '../core/sync/confirmation.ts';
import { isHoldOver, type Hold } from '../core/sync/hold.ts';
import { revisionInForce, type RevisionInForce } from './apply-plan.ts';
import { createDeadlineAlarm } from './deadline-alarm.ts';
import { readNotTakenBack } from './not-taken-back.ts';
import { readOrphans, writeOrphans, type Orphans } from './orphans.ts';
import type { ReconcilerParts } from './parts.ts';
import type { ReconcilerStatus, SourceCondition, SyncCondition } from './reconciler.ts';
import { readCondition, writeCondition } from './source-condition.ts';
import { readConfirmation, writeConfirmation } from './stored-confirmation.ts';
import { readHold, releaseHold } from './stored-hold.ts';

export interface Standing {
  readonly applied: RevisionInForce | null;
  /** Of `applied`; 0 while nothing is in force. */
  readonly revision: number;
  readonly source: SourceCondition;
  readonly sync: SyncCondition;
  readonly hold: Hold | null;
  readonly orphans: Orphans;
  readonly confirmation: Confirmation | null;
  /** False while the store has not taken the condition: it counts as news until then. */
  readonly isRemembered: boolean;
  /** For diagnostics: which file, and what stays in force. */
  readonly place: { readonly file: string; readonly revision: number };
  /** Reads anew what is in force: an apply that failed half-way may have been recorded. */
  renew(): void;
  /** Gives the recorded jobs to the scheduler unless it has them. */
  load(): void;
  /** A revision that the store and the scheduler have, with all that was stored beside it. */
  take(now: {
    readonly inForce: RevisionInForce | null;
    readonly source: SourceCondition;
    readonly hold: Hold | null;
    readonly orphans: Orphans;
  }): void;
  remember(condition: SourceCondition): void;
  setSync(sync: SyncCondition): void;
  /** Stored with it. */
  keepOrphans(orphans: Orphans): void;
  /** Stored together with what `beside` writes; remembered only then. */
  keepConfirmation(confirmation: Confirmation | null, beside: () => void): void;
  /** As the store has it already. */
  setHold(hold: Hold | null): void;
  /** Because the file says what is in force. */
  endHold(): void;
  /** True when the time of the hold is over; what it was put over holds again. */
  endLateHold(): boolean;
  /** What is looked at; null: nothing that could be read. */
  attempt(sourceDigest: string | null): void;
  /** The verdict on a look at this content is spoken; looked at again, it changes nothing. */
  conclude(key: string | null): void;
  isConcluded(key: string): boolean;
  status(): Omit<ReconcilerStatus, 'git' | 'committed'>;
  /** Waits for the deadlines of confirmation and hold from now on. */
  arm(): void;
  stop(): void;
}

export function createStanding(
  { clock, store, scheduler, manifestPath }: ReconcilerParts,
  ring: (why: 'not confirmed' | 'hold is over') => void,
): Standing {
  const alarm = createDeadlineAlarm(clock, () => ring('not confirmed'));
  const holdAlarm = createDeadlineAlarm(clock, () => ring('hold is over'));
  let applied = revisionInForce(store);
  /** Revision whose jobs the scheduler has; behind `applied` only after a failure. */
  let loadedRevision = 0;
  let source: SourceCondition = readCondition(store) ?? {
    kind: 'accepted',
    since: applied?.appliedAt ?? clock.now(),
  };
  let isRemembered = true;
  let sync: SyncCondition = { kind: 'synced' };
  let hold = readHold(store);
  let orphans = readOrphans(store);
  let confirmation = readConfirmation(store);
  let attempted: ReconcilerStatus['attempted'] = { sourceDigest: null, at: null };
  let concluded: string | null = null;

  return {
    get applied() {
      return applied;
    },
    get revision() {
      return applied?.number ?? 0;
    },
    get source() {
      return source;
    },
    get sync() {
      return sync;
    },
    get hold() {
      return hold;
    },
    get orphans() {
      return orphans;
    },
    get confirmation() {
      return confirmation;
    },
    get isRemembered() {
      return isRemembered;
    },
    get place() {
      return { file: manifestPath, revision: applied?.number ?? 0 };
    },
    renew() {
      applied = revisionInForce(store);
    },
    load() {
      if (applied === null || loadedRevision === applied.number) return;
      scheduler.load(store.jobs(), applied);
      loadedRevision = applied.number;
    },
    take(now) {
      applied = now.inForce;
      loadedRevision = applied?.number ?? 0;
      source = now.source;
      isRemembered = true;
      sync = { kind: 'synced' };
      hold = now.hold;
      orphans = now.orphans;
      confirmation = readConfirmation(store);
      alarm.set(confirmation?.deadline ?? null);
      holdAlarm.set(hold?.until ?? null);
    },
    remember(condition) {
      // Shown at once; when storing it fails, the retry of the pass stores it.
      source = condition;
      isRemembered = false;
      writeCondition(store, condition);
      isRemembered = true;
    },
    setSync(next) {
      sync = next;
    },
    keepOrphans(next) {
      writeOrphans(store, next);
      orphans = next;
    },
    keepConfirmation(next, beside) {
      store.transaction(() => {
        writeConfirmation(store, next);
        beside();
      });
      confirmation = next;
      alarm.set(next?.deadline ?? null);
    },
    setHold(next) {
      hold = next;
      holdAlarm.set(hold?.until ?? null);
    },
    endHold() {
      const reason = 'the manifest says what is in force';
      if (hold !== null) releaseHold({ clock, store }, hold, { reason, after: null });
      hold = null;
    },
    endLateHold() {
      if (hold === null || !isHoldOver(hold, clock.now())) return false;
      const after = hold.under;
      releaseHold({ clock, store }, hold, { reason: 'its time is over', after });
      hold = after;
      holdAlarm.set(hold?.until ?? null);
      return true;
    },
    attempt(sourceDigest) {
      attempted = { sourceDigest, at: clock.now() };
    },
    conclude(key) {
      concluded = key;
    },
    isConcluded: (key) => key === concluded,
    status: () => ({
      source,
      sync,
      attempted,
      appliedRevision: applied?.number ?? 0,
      hold,
      orphans,
      confirmation,
      notTakenBack: readNotTakenBack(store, applied?.number ?? 0),
    }),
    arm: () => {
      alarm.set(confirmation?.deadline ?? null);
      holdAlarm.set(hold?.until ?? null);
    },
    stop: () => {
      alarm.set(null);
      holdAlarm.set(null);
    },
  };
}
