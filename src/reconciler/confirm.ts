// A person's word on an apply that waits for one: it stays, or it is given more
// time. What happens without a word is in go-back.ts.
import type { Confirmation } from '../core/sync/confirmation.ts';
import type { ReconcilerParts } from './parts.ts';
import { nothingToConfirm } from './refusals.ts';
import type { Standing } from './standing.ts';
import { writeConfirmation } from './stored-confirmation.ts';

/** Throws JM2-P222 where nothing waits, or did not wait until now. */
export async function confirm(
  { clock, store }: Pick<ReconcilerParts, 'clock' | 'store'>,
  standing: Standing,
  by: string,
): Promise<Confirmation> {
  const { confirmation } = standing;
  if (confirmation === null) throw nothingToConfirm(standing.hold);
  store.transaction(() => {
    writeConfirmation(store, null);
    const target = `revision ${confirmation.revision}`;
    store.audit({ at: clock.now(), actor: by, action: 'apply.confirmed', target, detail: null });
  });
  standing.keepConfirmation(null);
  return confirmation;
}

/** Asked for again with nothing to apply, it lasts longer. */
export function extendConfirmation(
  { clock }: Pick<ReconcilerParts, 'clock'>,
  standing: Standing,
  withinMs: number | undefined,
): void {
  if (withinMs === undefined || standing.confirmation === null) return;
  standing.keepConfirmation({ ...standing.confirmation, deadline: clock.now() + withinMs });
}
