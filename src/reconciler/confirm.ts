// A person's word on an apply that waits for one: it stays, or it is given more
// time. Both are recorded with their entry of the audit, or not at all. What happens
// without a word is in go-back.ts.
import type { Confirmation } from '../core/sync/confirmation.ts';
import type { ReconcilerParts } from './parts.ts';
import { nothingToConfirm } from './refusals.ts';
import type { Standing } from './standing.ts';

type Parts = Pick<ReconcilerParts, 'clock' | 'store'>;

/** Throws JM2-P222 where nothing waits, or did not wait until now. */
export async function confirm(
  { clock, store }: Parts,
  standing: Standing,
  by: string,
  reason: string | null,
): Promise<Confirmation> {
  const { confirmation } = standing;
  if (confirmation === null) throw nothingToConfirm(standing.hold);
  const { revision, returnsTo, deadline } = confirmation;
  standing.keepConfirmation(null, () =>
    store.audit({
      at: clock.now(),
      actor: by,
      action: 'apply.confirmed',
      target: `revision ${revision}`,
      detail: null,
      facts: {
        revision,
        returnsTo,
        deadline: new Date(deadline).toISOString(),
        before: store.revision(returnsTo)?.digest ?? null,
        after: standing.applied?.digest ?? null,
        reason,
      },
    }),
  );
  return confirmation;
}

/** Asked for again with nothing to apply, it lasts longer. */
export function extendConfirmation(
  { clock, store }: Parts,
  standing: Standing,
  { by, withinMs }: { readonly by: string; readonly withinMs: number | undefined },
): void {
  const { confirmation } = standing;
  if (withinMs === undefined || confirmation === null) return;
  const { revision } = confirmation;
  const at = clock.now();
  const deadline = at + withinMs;
  standing.keepConfirmation({ ...confirmation, deadline }, () =>
    store.audit({
      at,
      actor: by,
      action: 'apply.extended',
      target: `revision ${revision}`,
      detail: null,
      facts: {
        revision,
        deadlineBefore: new Date(confirmation.deadline).toISOString(),
        deadline: new Date(deadline).toISOString(),
      },
    }),
  );
}
