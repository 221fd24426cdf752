// What a restore leaves in the store for the daemon that comes after it.

export const restoredFact = 'store.restored';

export interface Restored {
  /** When the restore took place (epoch ms): what came due before is not caught up. */
  readonly at: number;
  /** When the backup was made; null for a plain copy of a store. */
  readonly madeAt: number | null;
}

/** Null when there is nothing to read, or nothing that can be believed. */
export function readRestored(fact: string | null): Restored | null {
  if (fact === null) return null;
  try {
    const { at, madeAt } = JSON.parse(fact) as { at?: unknown; madeAt?: unknown };
    if (!Number.isSafeInteger(at)) return null;
    return { at: Number(at), madeAt: Number.isSafeInteger(madeAt) ? Number(madeAt) : null };
  } catch {
    return null;
  }
}
