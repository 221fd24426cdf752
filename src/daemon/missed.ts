// Occurrences that were missed and that no run has made up for, out of the ledger.
// What was missed is recorded; whether a later run stands for it is looked up here.
import type { MissedQuery, MissedView, ReadService } from '../api/service.ts';
import type { Outcome } from '../core/runs/run.ts';
import type { JobRecord, StoreReader } from '../store/store.ts';
import { findJob } from './find.ts';
import { iso } from './views.ts';

/** Runs of one row looked at: a backfill asks for no more. */
const runsMax = 1_000;

export function missedOccurrences(
  store: StoreReader,
  query: MissedQuery,
): Awaited<ReturnType<ReadService['missed']>> {
  const range = { since: Date.parse(query.since), until: Date.parse(query.until) };
  const uids =
    query.jobs === null ? [undefined] : query.jobs.map((name) => findJob(store, name).uid);
  const inForce = new Map(store.jobs().map((record) => [record.uid, record]));
  // What stands for several rows is looked at before it counts, so more are read than shown.
  const limit = query.limit + 1;
  const rows = uids.flatMap((jobUid) =>
    store.missedOutcomes({
      ...(jobUid === undefined ? {} : { jobUid }),
      ...range,
      limit: limit * 4,
    }),
  );
  const found: MissedView[] = [];
  for (const row of rows.toSorted((a, b) => b.nominalTime - a.nominalTime)) {
    const view = viewOf(store, row, inForce.get(row.jobUid));
    if (query.all || isOpen(view)) found.push(view);
    if (found.length === limit) break;
  }
  return { missed: found.slice(0, query.limit), more: found.length > query.limit };
}

/** Under `catch_up: latest` one run was made for the last of several: that is the making up. */
function isOpen({ reason, count, madeUpFor }: MissedView): boolean {
  return reason !== 'catch_up_latest' && madeUpFor < count;
}

function viewOf(store: StoreReader, row: Outcome, record: JobRecord | undefined): MissedView {
  const runs = store.runs({
    jobUid: row.jobUid,
    nominal: { since: row.nominalTime, until: row.lastNominalTime + 1 },
    limit: runsMax,
  });
  const standing = runs.filter(({ state }) => ['queued', 'running', 'succeeded'].includes(state));
  const madeUpFor = new Set(standing.map(({ nominalTime }) => nominalTime)).size;
  return {
    // By the name of now, under which a run can make up for it.
    job: record?.name ?? row.job,
    nominalTime: iso(row.nominalTime),
    lastNominalTime: iso(row.lastNominalTime),
    count: row.count,
    madeUpFor: Math.min(row.count, madeUpFor),
    reason: row.reason,
    detail: row.detail,
    inForce: record !== undefined,
  };
}
