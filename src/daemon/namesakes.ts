// The jobs that have or had one name, and how one of several is called to
// people. Who had it when is decided in core/why/tenures.ts.
import type { NamesakeView } from '../api/service.ts';
import { tenuresOf, type Tenure } from '../core/why/tenures.ts';
import type { JobRecord, StoreReader } from '../store/store.ts';
import { findJob } from './find.ts';

/** Jobs that had one name looked at. */
const namesakesMax = 20;

export interface Namesakes {
  /** The job that the name means now. */
  readonly current: JobRecord;
  /** All of them by uid, the current one first. */
  readonly records: ReadonlyMap<string, JobRecord>;
  /** Oldest first; empty when only one job ever had the name. */
  readonly tenures: readonly Tenure[];
}

/** Throws JM2-R101 when no job has or had the name. */
export function findNamesakes(store: StoreReader, name: string): Namesakes {
  const current = findJob(store, name);
  const known = store.namesakes(name, namesakesMax).map((record) => [record.uid, record] as const);
  const records = new Map([[current.uid, current] as const, ...known]);
  if (records.size === 1) return { current, records, tenures: [] };
  const bearers = [...records.values()].map(({ uid, aliases }) => {
    return { uid, aliases, changes: store.jobChanges(uid) };
  });
  const tenures = tenuresOf(name, bearers);
  const isShared = new Set(tenures.map(({ uid }) => uid)).size > 1;
  return { current, records, tenures: isShared ? tenures : [] };
}

/** From when to when the job had the name, and what it is called now. */
export function namesakeView(
  { current, records }: Namesakes,
  uid: string,
  tenures: readonly Tenure[],
): NamesakeView {
  return {
    name: records.get(uid)?.name ?? current.name,
    since: tenures[0]?.since ?? null,
    until: tenures.at(-1)?.until ?? null,
    current: uid === current.uid,
  };
}
