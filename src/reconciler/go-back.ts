// Goes back to what was in force before: where an apply was not confirmed in time,
// or its jobs are not scheduled as planned. What comes back is another revision
// with the content of the earlier one; the file waits where it says something else.
import type { ApplyText } from './apply-text.ts';
import type { CarryOut, TakeBack } from './carry-out.ts';
import type { ReconcilerParts } from './parts.ts';
import { hasProvedItself, isProvable, type Confirmation } from '../core/sync/confirmation.ts';
import type { Store } from '../store/store.ts';
import { confirm } from './confirm.ts';
import type { Standing } from './standing.ts';
import { writeNotTakenBack } from './not-taken-back.ts';
import { meaningOfRevision, rightsToGoBack, textOfRevision } from './take-back.ts';

export interface GoBack {
  readonly takeBack: TakeBack;
  /** Before each look: what was applied on condition stays, or is no longer in force. */
  readonly whenLate: () => Promise<void>;
}

export function createGoBack(
  { clock, store, log, digest, isRecovered = () => true }: ReconcilerParts,
  standing: Standing,
  applyText: ApplyText,
  carryOut: CarryOut,
): GoBack {
  const takeBack: TakeBack = async (to, by, reason) => {
    const revision = standing.revision;
    const earlier = textOfRevision(store, to);
    const expected = { revision, desiredDigest: null };
    const step = { by, expected, cause: 'taken_back', mode: 'until_changed', reason } as const;
    const result =
      earlier === null
        ? null
        : await applyText(
            { ...step, ...earlier },
            {
              removals: rightsToGoBack(store, standing.orphans),
              // What comes back was in force before: it is not taken back in its turn.
              carryOut: async (work) => carryOut.unverified(work),
              goesBackTo: to,
              meant: () => meaningOfRevision(store, to, digest),
            },
          );
    standing.conclude(null);
    if (result?.kind === 'applied') return result.revision;
    const since = clock.now();
    const [first] = result?.diagnostics ?? [];
    // What is in force stays, and everybody who looks is told.
    const problem =
      result?.kind === 'unchanged'
        ? 'it is what is in force'
        : (first?.summary ?? 'its text is not kept any more');
    const isLost = result?.kind !== 'unchanged';
    standing.keepConfirmation(null, () => {
      if (isLost) writeNotTakenBack(store, { revision, returnsTo: to, since, reason, problem });
      store.audit({
        at: since,
        actor: by,
        action: 'apply.not_taken_back',
        target: `revision ${revision}`,
        detail: null,
        facts: { revision, returnsTo: to, problem, reason },
      });
    });
    if (isLost)
      log.error({ revision: to, problem }, 'the earlier revision could not be brought back');
    return standing.revision;
  };

  return {
    takeBack,
    async whenLate() {
      const { confirmation } = standing;
      if (confirmation === null) return;
      if (isProved(store, confirmation)) {
        log.info({ revision: confirmation.revision }, 'confirmed: each changed job has succeeded');
        await confirm({ clock, store }, standing, 'confirm-when', 'each changed job has succeeded');
        return;
      }
      if (clock.now() < confirmation.deadline) return;
      if (!isRecovered() && mayHaveSucceeded(store, confirmation)) return;
      const { returnsTo, revision, by, deadline } = confirmation;
      const late = new Date(deadline).toISOString();
      log.warn({ revision, returnsTo, by }, 'not confirmed in time');
      await takeBack(returnsTo, 'confirm-within', `not confirmed by ${late}, applied by ${by}`);
    },
  };
}

/** A run of an awaited job outlived the daemon before: what became of it, recovery finds out. */
function mayHaveSucceeded(store: Store, { awaits = [] }: Confirmation): boolean {
  const uids = new Set(awaits.map(({ uid }) => uid));
  return store.unfinishedRuns().some(({ jobUid }) => uids.has(jobUid));
}

/** Newest successes of a job that are looked at: one of an older spec may follow, run once more by a person. */
const successesLookedAt = 50;

function isProved(store: Store, confirmation: Confirmation): boolean {
  if (confirmation.awaits === undefined) return false;
  const inForce = new Map(store.jobs().map((record) => [record.uid, record]));
  return hasProvedItself(confirmation, (jobUid) => {
    const record = inForce.get(jobUid);
    if (record === undefined || !isProvable(record.job)) return null;
    const runs = store.runs({ jobUid, states: ['succeeded'], limit: successesLookedAt });
    return { revision: record.revision, succeededUnder: runs.map(({ revision }) => revision) };
  });
}
