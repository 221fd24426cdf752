// What a store that had to begin anew tells about the one before it.

export const recoveredFact = 'store.recovered';

export interface Recovered {
  /** When it began anew (epoch ms). */
  readonly at: number;
  /** Where the damaged file is; null when there was none any more. */
  readonly setAside: string | null;
  readonly reason: string;
}

/** Null when it did not begin anew. */
export function readRecovered(fact: string | null): Recovered | null {
  if (fact === null) return null;
  try {
    const { at, setAside, reason } = JSON.parse(fact) as Partial<Record<keyof Recovered, unknown>>;
    if (typeof at !== 'number' || typeof reason !== 'string') return null;
    return { at, setAside: typeof setAside === 'string' ? setAside : null, reason };
  } catch {
    return null;
  }
}
