// Says "the manifest may have changed". Never says what changed: events are hints.

export interface ManifestWatch {
  /** Resolves when the watch is in place. `hint` may be called any number of times. */
  start(hint: (why: string) => void): Promise<void>;
  close(): Promise<void>;
}
