// Facts that are recorded beside runs and occurrences, straight from the store and in
// the shapes in which a daemon tells them: accepted manifests, pauses, retries, and
// the daemons there were. Reading disturbs no writer.
import type { EventView } from '../api/service.ts';
import type { Attempt } from '../core/runs/run.ts';
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { AuditEntry, StoreReader } from '../store/store.ts';
import { requireReachable } from './holder.ts';
import { iso } from './views.ts';

export interface RecordedQuery {
  readonly since: number;
  readonly until: number;
  /** Of each sort. */
  readonly limit: number;
}

const pauseKinds: Readonly<Record<string, string>> = {
  'job.paused': 'override.set',
  'job.resumed': 'override.lifted',
  'override.expired': 'override.expired',
};

/** In no order. */
export function readRecordedEvents(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
  query: RecordedQuery,
): EventView[] {
  return reading(places, [], (store) => [
    ...applies(store, query),
    ...lives(store, query),
    ...store
      .auditTrail({ ...query, actions: Object.keys(pauseKinds) })
      .map((entry) => ofPause(entry)),
  ]);
}

/** Second and further attempts of these runs: when each was decided, after what, and when it began. */
export function readRetries(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
  runIds: readonly string[],
): ReadonlyMap<string, readonly Attempt[]> {
  return reading(
    places,
    new Map<string, readonly Attempt[]>(),
    (store) => new Map(runIds.map((id) => [id, store.attempts(id)])),
  );
}

function reading<T>(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
  none: T,
  read: (store: StoreReader) => T,
): T {
  requireReachable(places);
  const store = openStoreReader(places.database);
  if (store === null) return none;
  try {
    return read(store);
  } finally {
    store.close();
  }
}

function applies(store: StoreReader, { since, until, limit }: RecordedQuery): EventView[] {
  return store
    .revisions(limit)
    .filter(({ appliedAt }) => appliedAt >= since && appliedAt < until)
    .map(({ number, appliedAt, appliedBy, summary }) => ({
      at: iso(appliedAt),
      kind: 'manifest.applied',
      revision: number,
      by: appliedBy,
      summary,
    }));
}

function lives(store: StoreReader, { since, until, limit }: RecordedQuery): EventView[] {
  const isWithin = (at: number): boolean => at >= since && at < until;
  return store
    .daemons(limit)
    .flatMap(({ startedAt, version, pid, ended }): EventView[] => [
      ...(isWithin(startedAt)
        ? [{ at: iso(startedAt), kind: 'daemon.started', version, pid }]
        : []),
      ...(ended !== null && isWithin(ended.at)
        ? [{ at: iso(ended.at), kind: 'daemon.ended', version, pid, end: ended.how }]
        : []),
    ]);
}

/** The entry says in words of which job and what: by its name then. */
function ofPause({ at, actor, action, detail }: AuditEntry): EventView {
  const [, job = '', words = ''] = /^([^:]*): (.*)$/s.exec(detail ?? '') ?? [];
  const short = words
    .replace(/^paused by/, 'by')
    .replace(/ since \S+Z/, '')
    .replace(/, 0 skipped$/, '');
  return { at: iso(at), kind: pauseKinds[action] ?? action, job, by: actor, detail: short };
}
