// A return that was not possible, as a fact of the store: said until another revision
// is in force, also by the next daemon.

export interface NotTakenBack {
  /** In force, although it should not be. */
  readonly revision: number;
  /** What should be instead. */
  readonly returnsTo: number;
  readonly since: number;
  /** Why it should have been taken back. */
  readonly reason: string;
  /** Why it could not be. */
  readonly problem: string;
}

const fact = 'sync.not_taken_back';

export function writeNotTakenBack(
  store: { setFact(key: string, value: string | null): void },
  found: NotTakenBack,
): void {
  store.setFact(fact, JSON.stringify(found));
}

/** Null once another revision than that one is in force. */
export function readNotTakenBack(
  store: { fact(key: string): string | null },
  inForce: number,
): NotTakenBack | null {
  try {
    const found = JSON.parse(store.fact(fact) ?? 'null') as NotTakenBack | null;
    return found?.revision === inForce ? found : null;
  } catch {
    // Of another version: nothing that anybody waits for.
    return null;
  }
}
