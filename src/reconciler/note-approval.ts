// Somebody orders what is in force already: the watcher was quicker with the same text, or
// it is asked again. Nothing is applied, but why, by which plan and with which impact it
// was approved belongs to the revision all the same.
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import type { SeenPlan } from './reconciler.ts';

/** Of so many entries of the audit those about this revision are looked at. */
const lookedAtMax = 100;

interface Approval {
  readonly planId: string | null;
  readonly impactDigest: string | null;
  readonly reason: string | null;
}

/** Recorded once: what the entries of the revision say already is not said again. */
export function noteApproval(
  { clock, store }: { readonly clock: Pick<Clock, 'now'>; readonly store: Store },
  { number, digest, appliedBy }: { readonly number: number; digest: string; appliedBy: string },
  by: string,
  { seen, reason }: { readonly seen?: SeenPlan | undefined; readonly reason: string | null },
): void {
  const approval: Approval = {
    planId: seen?.planId ?? null,
    impactDigest: seen?.impactDigest ?? null,
    reason,
  };
  // Who says nothing of it adds nothing to it.
  if (Object.values(approval).every((value) => value === null)) return;
  const target = `revision ${number}`;
  const told = store
    .auditEntries({ action: 'manifest', limit: lookedAtMax })
    .filter((entry) => entry.target === target)
    .map(({ facts }) => JSON.parse(facts ?? '{}') as Partial<Approval>);
  if (told.some((entry) => says(entry, approval))) return;
  store.transaction(() => {
    if (reason !== null) store.noteRevision(number, { reason, restores: null });
    store.audit({
      at: clock.now(),
      actor: by,
      action: 'manifest.approved',
      target,
      detail: null,
      facts: { revision: number, appliedBy, after: digest, ...approval },
    });
  });
}

function says(entry: Partial<Approval>, approval: Approval): boolean {
  return (['planId', 'impactDigest', 'reason'] as const).every(
    (name) => approval[name] === null || approval[name] === entry[name],
  );
}
