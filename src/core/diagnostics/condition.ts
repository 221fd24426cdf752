// Something that holds for a while and mends by itself or by somebody's hand: a
// full disk, a store that cannot be written. What is wrong with one request is an
// error, with a manifest a diagnostic.

export interface Condition {
  /** Of the registry, for `jm2 explain`; null when no entry says more. */
  readonly code: string | null;
  /** A sentence for people: what is, and what still holds. */
  readonly text: string;
  /** Since when (epoch ms); null when nobody knows. */
  readonly since: number | null;
  /** What to do about it; null when there is nothing to do but to wait. */
  readonly remedy: string | null;
}
