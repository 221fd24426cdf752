// What is known of the daemons that were there before: how one ended that left
// no word, and since when nobody admitted. Pure; who looks at files and clocks
// is daemon/life.ts.

/** `crashed`: it left no word; `rebooted`: nor could it, the host went down. */
export type DaemonEnd = 'stopped' | 'detached' | 'crashed' | 'rebooted';

export interface DaemonLife {
  readonly id: string;
  readonly version: string;
  readonly pid: number;
  readonly bootId: string;
  readonly startedAt: number;
  /** Null: it never came to admit anything. */
  readonly admittingFrom: number | null;
  /** Set when it stopped admitting before its end, as in a drain. */
  readonly admittingUntil: number | null;
  /** Last known to be alive. */
  readonly seenAt: number;
  /** Null while it runs, or when it left no word and nobody has looked yet. */
  readonly ended: { readonly at: number; readonly how: DaemonEnd } | null;
}

export interface LifeChange {
  readonly admittingFrom?: number;
  readonly admittingUntil?: number;
  readonly seenAt?: number;
  readonly ended?: NonNullable<DaemonLife['ended']>;
}

/**
 * The end of a daemon that left no word: last seen alive by the latest sign of
 * life there is (its row, its file, what it recorded), never after now.
 */
export function endOfSilent(
  life: DaemonLife,
  facts: {
    readonly bootId: string;
    readonly now: number;
    /** Times at which it was alive for sure, such as the time stamp of its file. */
    readonly signs: readonly (number | null)[];
  },
): { readonly seenAt: number; readonly ended: NonNullable<DaemonLife['ended']> } {
  const known = facts.signs.filter((sign) => sign !== null && sign <= facts.now);
  const seenAt = Math.max(life.seenAt, life.startedAt, ...(known as number[]));
  const how = life.bootId === facts.bootId ? 'crashed' : 'rebooted';
  return { seenAt, ended: { at: seenAt, how } };
}

/**
 * Since when nothing was admitted, from the lives of earlier daemons, newest
 * first; null when none is known. A daemon that never came to admit changes nothing.
 */
export function unattendedSince(lives: readonly DaemonLife[]): number | null {
  const last = lives.find((life) => life.admittingFrom !== null);
  if (last === undefined) return null;
  return last.admittingUntil ?? last.ended?.at ?? last.seenAt;
}
