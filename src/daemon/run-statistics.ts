// Answers `stats`: reads the runs of a span of time in pages, newest first, and
// lets others have their turn between two pages, since a long past may hold a
// million of them. The figures themselves are the core's.
import { setImmediate } from 'node:timers/promises';
import type { StatsQuery, StatsView } from '../api/service.ts';
import { StatisticsOf } from '../core/runs/statistics.ts';
import type { JobRecord, RunFactCursor, StoreReader } from '../store/store.ts';
import { findJob } from './find.ts';
import { iso, isoOrNull } from './views.ts';

/** Some milliseconds of reading. */
const pageMax = 2_000;
/** Newest runs looked at in all. */
const runsMax = 1_000_000;

export async function runStatistics(
  store: StoreReader,
  { jobs, ...span }: StatsQuery,
  now: number,
): Promise<StatsView> {
  const wanted = jobs === null ? null : jobs.map((name) => findJob(store, name));
  return statisticsOf(store, wanted, span, now);
}

/** Of a job that is found already. */
export async function jobStatistics(
  store: StoreReader,
  record: JobRecord,
  span: Span,
  now: number,
): Promise<StatsView> {
  return statisticsOf(store, [record], span, now);
}

type Span = Pick<StatsQuery, 'since' | 'until'>;

async function statisticsOf(
  store: StoreReader,
  wanted: readonly JobRecord[] | null,
  query: Span,
  now: number,
): Promise<StatsView> {
  const names = new Map<string, string>();
  for (const { uid, name } of wanted ?? store.jobs()) names.set(uid, name);
  const since = query.since === null ? null : Date.parse(query.since);
  const until = query.until === null ? null : Date.parse(query.until);
  const overall = new StatisticsOf();
  const byJob = new Map<string, StatisticsOf>();
  const [only] = names.size === 1 && wanted !== null ? names.keys() : [];
  let read = 0;
  let before: RunFactCursor | null = null;
  for (;;) {
    const page = store.runFacts({
      ...(only === undefined ? {} : { jobUid: only }),
      ...(since === null ? {} : { since }),
      ...(until === null ? {} : { until }),
      before,
      limit: pageMax,
    });
    for (const fact of page) {
      if (wanted !== null && !names.has(fact.jobUid)) continue;
      // Of a job that has left the manifest: by the name it had.
      if (!names.has(fact.jobUid)) names.set(fact.jobUid, fact.job);
      const ofJob = byJob.get(fact.jobUid) ?? new StatisticsOf();
      byJob.set(fact.jobUid, ofJob);
      ofJob.add(fact);
      overall.add(fact);
    }
    read += page.length;
    const last = page.at(-1);
    if (last === undefined || page.length < pageMax || read >= runsMax) break;
    before = { queuedAt: last.queuedAt, id: last.id };
    await setImmediate();
  }
  const jobs = [...names]
    .map(([uid, job]) => ({ job, ...(byJob.get(uid) ?? new StatisticsOf()).result() }))
    .toSorted((a, b) => (a.job < b.job ? -1 : 1));
  return {
    since: isoOrNull(since),
    until: iso(until ?? now),
    jobs,
    overall: overall.result(),
    truncated: read >= runsMax,
  };
}
