// The confirmation that is waited for as a fact of the store: written with the
// revision that needs or ends it.
import { parseConfirmation, type Confirmation } from '../core/sync/confirmation.ts';

const confirmationFact = 'sync.confirmation';

export function readConfirmation(store: { fact(key: string): string | null }): Confirmation | null {
  return parseConfirmation(store.fact(confirmationFact));
}

export function writeConfirmation(
  store: { setFact(key: string, value: string | null): void },
  confirmation: Confirmation | null,
): void {
  store.setFact(confirmationFact, confirmation === null ? null : JSON.stringify(confirmation));
}
