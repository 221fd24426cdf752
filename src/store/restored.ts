// What tells a daemon that its store is an earlier state of itself: after a restore,
// or when a file of it was lost or put back by hand. What ran since is not known.

/** Set until the daemon has settled what came due in between. */
export const restoredFact = 'store.restored';
/** The last one that was settled, for the status. */
export const settledRestoreFact = 'store.restored.settled';

export interface Restored {
  /** Up to when occurrences may have run (epoch ms): they are not caught up. */
  readonly at: number;
  /** When the backup was made; null when that is not known. */
  readonly madeAt: number | null;
  /** False when nobody restored it: run directories tell of runs that it does not know. */
  readonly onPurpose: boolean;
}

/** Null when there is nothing to read, or nothing that can be believed. */
export function readRestored(fact: string | null): Restored | null {
  if (fact === null) return null;
  try {
    const value = JSON.parse(fact) as Partial<Record<keyof Restored, unknown>>;
    const { at, madeAt, onPurpose } = value;
    if (!Number.isSafeInteger(at)) return null;
    return {
      at: Number(at),
      madeAt: Number.isSafeInteger(madeAt) ? Number(madeAt) : null,
      onPurpose: onPurpose !== false,
    };
  } catch {
    return null;
  }
}
