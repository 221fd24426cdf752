// Finds out at the start whether the store is an earlier state of itself. The
// directory of a run is made after its record, so one that is newer than every
// record proves it. What follows is the scheduler's.
import { readdirSync } from 'node:fs';
import { restoredFact } from '../store/restored.ts';
import type { Store } from '../store/store.ts';

/** A sign of life is at most this old when a daemon ends. */
const signsEveryMs = 10_000;

/**
 * Leaves word in the store when it is older than what was run: the scheduler then
 * starts nothing that may have run. `lastSign`: when a daemon was last seen here.
 */
export function noteOlderStore(parts: {
  readonly store: Pick<Store, 'run' | 'runs' | 'latestRevision' | 'fact' | 'setFact'>;
  readonly runsDir: string;
  readonly lastSign: number | null;
  readonly now: number;
  readonly log: { warn(fields: object, message: string): void };
}): void {
  const { store, now, log } = parts;
  // An empty store has no position that could be caught up from.
  if (store.latestRevision() === null || store.fact(restoredFact) !== null) return;
  const newest = newestRun(parts.runsDir);
  if (newest === null || store.run(newest) !== null) return;
  const known = store.runs({ limit: 1 })[0]?.id ?? '';
  if (newest < known) return;
  const at = Math.min(now, (parts.lastSign ?? now) + signsEveryMs);
  log.warn({ newest, known }, 'the store is older than the runs that were made');
  store.setFact(restoredFact, JSON.stringify({ at, madeAt: null, onPurpose: false }));
}

/** Ids rise with time, so the greatest name is the newest. */
export function newestRun(runsDir: string): string | null {
  let newest = '';
  for (const name of readdirSync(runsDir)) {
    if (name > newest && /^[0-9a-z]{26}$/.test(name)) newest = name;
  }
  return newest === '' ? null : newest;
}
