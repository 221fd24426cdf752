// What the store has to tell about itself in the status: that it began anew after
// a damage, or is older than what was already run.
import type { Condition } from '../core/diagnostics/condition.ts';
import { findEntry } from '../core/diagnostics/registry.ts';
import { readRecovered, recoveredFact } from '../store/recovered.ts';
import { readRestored, settledRestoreFact } from '../store/restored.ts';
import type { StoreReader } from '../store/store.ts';

/** Long enough to be seen by whoever looks once a day. */
const toldForMs = 24 * 3_600_000;

export function storeConditions(store: Pick<StoreReader, 'fact'>, now: number): Condition[] {
  return [beganAnew(store), turnedOutOlder(store)].filter(
    (condition): condition is Condition & { since: number } =>
      condition !== null && now - condition.since <= toldForMs,
  );
}

type Since = Condition & { readonly since: number };

function beganAnew(store: Pick<StoreReader, 'fact'>): Since | null {
  const recovered = readRecovered(store.fact(recoveredFact));
  if (recovered === null) return null;
  const { at, setAside, reason } = recovered;
  const where = setAside === null ? '' : ` It was set aside as ${setAside}.`;
  return {
    code: 'JM2-T101',
    text: `The store was damaged or lost (${reason}); history began anew, and nothing was caught up.${where}`,
    since: at,
    remedy: 'To get history back: jm2 stop, jm2 restore BACKUP, jm2 start.',
  };
}

function turnedOutOlder(store: Pick<StoreReader, 'fact'>): Since | null {
  const restored = readRestored(store.fact(settledRestoreFact));
  if (restored === null || restored.onPurpose) return null;
  return {
    code: 'JM2-T116',
    text: 'The store is older than the runs that were made: a file of it was lost or put back. What came due in between is recorded as missed.',
    since: restored.at,
    remedy: findEntry('JM2-T116')?.remedy ?? null,
  };
}
