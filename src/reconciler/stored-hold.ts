// The hold as a fact of the store: written with the revision that makes or ends it.
import { parseHold, type Hold } from '../core/sync/hold.ts';

const holdFact = 'sync.hold';

export function readHold(store: { fact(key: string): string | null }): Hold | null {
  return parseHold(store.fact(holdFact));
}

export function writeHold(
  store: { setFact(key: string, value: string | null): void },
  hold: Hold | null,
): void {
  store.setFact(holdFact, hold === null ? null : JSON.stringify(hold));
}
