// A set of watched files that is told anew what it should be: begins what is
// missing, ends what is no longer wanted. Which files these are is decided by others.
import type { ManifestWatch } from '../watch/watch.ts';

export interface FileWatches {
  /** True when at least one watch began: what changed before it was in place is seen by one more look. */
  set(paths: readonly string[]): Promise<boolean>;
  /** Nothing is watched after it, whoever still asks. */
  close(): Promise<void>;
}

/** `watch` null: nothing is watched, and changes are found by the content hash alone. */
export function createFileWatches(
  watch: ((path: string) => ManifestWatch) | null,
  hint: (why: string) => void,
): FileWatches {
  const watches = new Map<string, ManifestWatch>();
  let isClosed = false;
  return {
    async set(paths) {
      if (watch === null || isClosed) return false;
      const wanted = new Set(paths);
      for (const [path, one] of watches) {
        if (wanted.has(path)) continue;
        watches.delete(path);
        await one.close();
      }
      let hasBegun = false;
      for (const path of wanted) {
        if (watches.has(path) || isClosed) continue;
        const one = watch(path);
        watches.set(path, one);
        await one.start(hint);
        hasBegun = true;
      }
      return hasBegun;
    },
    async close() {
      isClosed = true;
      await Promise.all([...watches.values()].map((one) => one.close()));
      watches.clear();
    },
  };
}
