// The audit for people and for scripts, straight from the store: reading disturbs
// no writer, and needs no daemon.
import {
  actorKind,
  auditHeadFact,
  parseHead,
  verifyChain,
  type ActorKind,
  type ChainVerdict,
  type SealedEntry,
} from '../core/sync/audit-chain.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { AuditFacts, AuditFilter, StoreReader } from '../store/store.ts';
import { sha256 } from '../system/digest.ts';
import { emptyReader } from './empty-reader.ts';
import { requireReachable } from './holder.ts';
import { iso } from './views.ts';

export interface AuditView extends Omit<SealedEntry, 'at' | 'facts'> {
  readonly at: string;
  readonly actorKind: ActorKind;
  /** Name of the job that it is about; null when it is about none. */
  readonly job: string | null;
  readonly facts: AuditFacts;
}

type Places = Pick<Locations, 'database' | 'socket' | 'stateDir'>;

/** Newest first. Throws JM2-R101 for a job that never was. */
export function readAudit(
  places: Places,
  { job, ...filter }: Omit<AuditFilter, 'jobUid' | 'job'> & { readonly job: string | null },
): AuditView[] {
  return withStore(places, (store) => {
    const record = job === null ? null : store.findJob(job);
    if (job !== null && record === null) {
      throw operationalError('JM2-R101', {
        detail: `There is no job "${job}", and there was none.`,
      });
    }
    const named = record === null ? {} : { jobUid: record.uid, job: record.name };
    return store.auditEntries({ ...filter, ...named }).map(viewerOf(store));
  });
}

/** All of it, oldest first; each entry is handed over before the next is read. */
export function eachAudit(places: Places, tell: (entry: AuditView) => void): void {
  withStore(places, (store) => {
    const view = viewerOf(store);
    for (const entry of store.auditChain()) tell(view(entry));
  });
}

export function verifyAudit(places: Places, expected: string | null): ChainVerdict {
  return withStore(places, (store) => {
    const noted = () => parseHead(store.fact(auditHeadFact));
    return verifyChain(store.auditChain(), sha256, { noted, expected });
  });
}

function viewerOf(store: StoreReader): (entry: SealedEntry) => AuditView {
  const names = new Map(store.jobs().map(({ uid, name }) => [uid, name]));
  return ({ at, facts, ...entry }) => {
    const { target } = entry;
    const isRun = target !== null && /^(run|note)\./.test(entry.action);
    return {
      ...entry,
      at: iso(at),
      actorKind: actorKind(entry.actor),
      job:
        target === null
          ? null
          : (names.get(target) ?? (isRun ? (store.run(target)?.job ?? null) : null)),
      facts: facts === null ? {} : (JSON.parse(facts) as AuditFacts),
    };
  };
}

function withStore<T>(places: Places, ask: (store: StoreReader) => T): T {
  requireReachable(places);
  const store = openStoreReader(places.database) ?? emptyReader;
  try {
    return ask(store);
  } finally {
    store.close();
  }
}
