// What a flush reads and deletes beside what retention does: runs by the time of
// their end, rows of the ledger that have none, and marks of jobs that are over.
import type { EndedRun, RunFactCursor, Store, StoreReader } from '../store.ts';
import type { Connection } from './connection.ts';
import { newestFailureSql } from './prune.ts';
import { integer, text } from './rows.ts';

/** A run is queued before it ends, so that the index by time bounds the walk. */
export const endedRunsSql = `SELECT id, job_uid, queued_at, ended_at FROM runs
  WHERE queued_at < ?1 AND (queued_at, id) > (?2, ?3)
    AND (?5 IS NULL OR job_uid IN (SELECT value FROM json_each(?5)))
  ORDER BY queued_at, id LIMIT ?4`;

export const settledSql = `SELECT rowid FROM occurrences
  WHERE nominal_at < ?1 AND last_nominal_at < ?1 AND run_id IS NULL
    AND (?3 IS NULL OR job_uid IN (SELECT value FROM json_each(?3)))
  LIMIT ?2`;

export function endedRuns(
  connection: Connection,
  { endedBefore, failures, jobUids, after, limit }: Parameters<StoreReader['endedRuns']>[0],
): { readonly runs: readonly EndedRun[]; readonly next: RunFactCursor | null } {
  const from = [after?.queuedAt ?? Number.MIN_SAFE_INTEGER, after?.id ?? ''] as const;
  const rows = connection.all(endedRunsSql, endedBefore, ...from, limit, listed(jobUids));
  const failureOf = new Map<string, string | null>();
  const runs = rows.flatMap((row) => {
    const endedAt = row['ended_at'];
    const [id, jobUid] = [text(row, 'id'), text(row, 'job_uid')];
    if (typeof endedAt !== 'number' || endedAt >= endedBefore) return [];
    if (!failures && newestFailure(connection, jobUid, failureOf) === id) return [];
    return [{ id, queuedAt: integer(row, 'queued_at'), endedAt }];
  });
  const last = rows.at(-1);
  const next =
    last === undefined || rows.length < limit
      ? null
      : { queuedAt: integer(last, 'queued_at'), id: text(last, 'id') };
  return { runs, next };
}

function listed(jobUids: readonly string[] | undefined): string | null {
  return jobUids === undefined ? null : JSON.stringify(jobUids);
}

function newestFailure(
  connection: Connection,
  jobUid: string,
  known: Map<string, string | null>,
): string | null {
  const before = known.get(jobUid);
  if (before !== undefined) return before;
  const row = connection.get(newestFailureSql, jobUid);
  const found = row === undefined ? null : text(row, 'id');
  known.set(jobUid, found);
  return found;
}

export function countSettled(
  connection: Connection,
  before: number,
  jobUids?: readonly string[],
): number {
  const counted = `SELECT count(*) AS rows FROM (${settledSql})`;
  const row = connection.get(counted, before, -1, listed(jobUids));
  return row === undefined ? 0 : integer(row, 'rows');
}

export function removeSettled(
  connection: Connection,
  ...[before, limit, jobUids]: Parameters<Store['removeSettled']>
): number {
  const bounds = [before, limit, listed(jobUids)] as const;
  const count = connection.get(`SELECT count(*) AS rows FROM (${settledSql})`, ...bounds);
  connection.run(`DELETE FROM occurrences WHERE rowid IN (${settledSql})`, ...bounds);
  return count === undefined ? 0 : integer(count, 'rows');
}

export function flushedJobs(
  connection: Connection,
  jobUids: readonly string[],
): ReadonlyMap<string, number> {
  const rows = connection.all(
    `SELECT uid, flushed_at FROM jobs
     WHERE uid IN (SELECT value FROM json_each(?)) AND flushed_at IS NOT NULL`,
    JSON.stringify(jobUids),
  );
  return new Map(rows.map((row) => [text(row, 'uid'), integer(row, 'flushed_at')]));
}

export function setFlushed(connection: Connection, jobUids: readonly string[], at: number): void {
  connection.run(
    'UPDATE jobs SET flushed_at = ? WHERE uid IN (SELECT value FROM json_each(?))',
    at,
    JSON.stringify(jobUids),
  );
}
