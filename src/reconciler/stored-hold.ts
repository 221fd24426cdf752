// The hold as a fact of the store: written with the revision that makes or ends it,
// or with the word of a person.
import { heldByPerson, parseHold, type Hold } from '../core/sync/hold.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import type { HoldRequest } from './reconciler.ts';

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

/**
 * Nobody ended it: what it held back is not wanted any more, or its time is over. What it
 * was put over holds again, where `after` says so. Recorded like a person's word.
 */
export function releaseHold(
  parts: {
    readonly clock: Pick<Clock, 'now'>;
    readonly store: Pick<Store, 'transaction' | 'setFact' | 'audit'>;
  },
  { cause, revision }: Hold,
  { reason, after }: { readonly reason: string; readonly after: Hold | null },
): void {
  parts.store.transaction(() => {
    writeHold(parts.store, after);
    parts.store.audit({
      at: parts.clock.now(),
      actor: 'watcher',
      action: 'sync.resumed',
      target: 'manifest',
      detail: JSON.stringify({ reason, before: cause }),
      facts: { revision, before: cause, after: after?.cause ?? null, reason },
    });
  });
}

/**
 * The hold from now on. A person's replaces what was held before and holds it as
 * well, because it holds everything. Recorded with its entry of the audit, or not at all.
 */
export function changeHold(
  parts: {
    readonly clock: Pick<Clock, 'now'>;
    readonly store: Pick<Store, 'transaction' | 'setFact' | 'audit'>;
  },
  before: Hold | null,
  { kind, by, reason, revision, until = null }: HoldRequest & { readonly revision: number },
): Hold | null {
  const at = parts.clock.now();
  const after: Hold | null =
    kind === 'resume' ? null : heldByPerson(before, { by, reason, since: at, revision, until });
  if (before === null && after === null) return null;
  parts.store.transaction(() => {
    writeHold(parts.store, after);
    parts.store.audit({
      at,
      actor: by,
      action: kind === 'hold' ? 'sync.held' : 'sync.resumed',
      target: 'manifest',
      detail: JSON.stringify({ reason, before: before?.cause ?? null }),
      facts: {
        revision,
        before: before?.cause ?? null,
        after: after?.cause ?? null,
        until: until === null ? null : new Date(until).toISOString(),
        reason,
      },
    });
  });
  return after;
}
