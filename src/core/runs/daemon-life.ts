// What is recorded of a daemon's life, so that a gap can be explained later.

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
