// Questions about runs, attempts and the ledger. Each query is backed by an
// index, so that answers stay fast with a million runs.
import type { Attempt, Outcome, Run, RunState } from '../../core/runs/run.ts';
import type { OutcomeFilter, RunFactFilter, RunFilter, StoreReader } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SqlValue } from './load-binding.ts';
import { ofAdhoc } from './adhoc-terms.ts';
import { integer, integerOrNull, text, toAttempt, toOutcome, toRun } from './rows.ts';
import { failureTerm, unfinishedTerm } from './schema-v1.ts';

const failureStates: ReadonlySet<RunState> = new Set(['failed', 'timed_out', 'canceled', 'lost']);
const unfinishedStates: ReadonlySet<RunState> = new Set(['queued', 'running']);

export function run(connection: Connection, id: string): Run | null {
  const row = connection.get('SELECT * FROM runs WHERE id = ?', id);
  return row === undefined ? null : toRun(row);
}

export const requestedRunSql = 'SELECT * FROM runs WHERE request_id = ?';

export function requestedRun(connection: Connection, requestId: string): Run | null {
  const row = connection.get(requestedRunSql, requestId);
  return row === undefined ? null : toRun(row);
}

export function runsByPrefix(connection: Connection, prefix: string, limit: number): Run[] {
  return connection
    .all(
      'SELECT * FROM runs WHERE id >= ? AND id < ? ORDER BY id LIMIT ?',
      prefix,
      // No id contains this character, so it bounds all that begin with the prefix.
      `${prefix}\u{ffff}`,
      limit,
    )
    .map(toRun);
}

/** `jobUid` is already resolved from a name by the caller. */
export function runs(connection: Connection, filter: Omit<RunFilter, 'job'>): Run[] {
  const { sql, parameters } = runsQuery(filter);
  return connection.all(sql, ...parameters).map(toRun);
}

/** Exported for the test that looks at the query plans. */
export function runsQuery(filter: Omit<RunFilter, 'job'>): {
  sql: string;
  parameters: SqlValue[];
} {
  const terms: string[] = [];
  const parameters: SqlValue[] = [];
  const add = (term: string, value: SqlValue) => {
    terms.push(term);
    parameters.push(value);
  };
  if (filter.jobUid !== undefined) add('job_uid = ?', filter.jobUid);
  // Names are unique without regard to case.
  if (filter.named !== undefined) add('job = ? COLLATE NOCASE', filter.named);
  if (filter.adhoc === true) terms.push(ofAdhoc);
  if (filter.states !== undefined) {
    // A partial index is used only where its own condition stands in the query.
    if (filter.states.every((state) => failureStates.has(state))) terms.push(failureTerm);
    else if (filter.states.every((state) => unfinishedStates.has(state))) {
      terms.push(unfinishedTerm);
    }
    add('state IN (SELECT value FROM json_each(?))', JSON.stringify(filter.states));
  }
  if (filter.triggers !== undefined) {
    add('trigger IN (SELECT value FROM json_each(?))', JSON.stringify(filter.triggers));
  }
  if (filter.tookMinMs !== undefined) add('ended_at - started_at >= ?', filter.tookMinMs);
  if (filter.tookMaxMs !== undefined) add('ended_at - started_at <= ?', filter.tookMaxMs);
  if (filter.nominal !== undefined) {
    add('nominal_at >= ?', filter.nominal.since);
    add('nominal_at < ?', filter.nominal.until);
  }
  if (filter.since !== undefined) add('queued_at >= ?', filter.since);
  if (filter.until !== undefined) add('queued_at < ?', filter.until);
  const where = terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`;
  return {
    sql: `SELECT * FROM runs ${where} ORDER BY queued_at DESC, id DESC LIMIT ?`,
    parameters: [...parameters, filter.limit],
  };
}

/** Exported for the test that looks at the query plans. */
export function runFactsQuery(filter: RunFactFilter): { sql: string; parameters: SqlValue[] } {
  const ofJob = filter.jobUid === undefined ? [] : [filter.jobUid];
  const behind = filter.before === null ? [] : [filter.before.queuedAt, filter.before.id];
  return {
    sql: `SELECT id, job_uid, job, state, attempts, queued_at, started_at, ended_at, late_ms
      FROM runs WHERE ${ofJob.length === 0 ? '' : 'job_uid = ? AND'} queued_at >= ? AND queued_at < ?
      ${behind.length === 0 ? '' : 'AND (queued_at, id) < (?, ?)'}
      ORDER BY queued_at DESC, id DESC LIMIT ?`,
    parameters: [
      ...ofJob,
      filter.since ?? Number.MIN_SAFE_INTEGER,
      filter.until ?? Number.MAX_SAFE_INTEGER,
      ...behind,
      filter.limit,
    ],
  };
}

export function runFacts(
  connection: Connection,
  filter: RunFactFilter,
): ReturnType<StoreReader['runFacts']> {
  const { sql, parameters } = runFactsQuery(filter);
  return connection.all(sql, ...parameters).map((row) => ({
    id: text(row, 'id'),
    jobUid: text(row, 'job_uid'),
    job: text(row, 'job'),
    state: text(row, 'state') as RunState,
    attempts: integer(row, 'attempts'),
    queuedAt: integer(row, 'queued_at'),
    startedAt: integerOrNull(row, 'started_at'),
    endedAt: integerOrNull(row, 'ended_at'),
    lateMs: integerOrNull(row, 'late_ms'),
  }));
}

/** All of it in one index. */
const logSumSql = `SELECT count(*) AS runs, coalesce(sum(log_bytes), 0) AS bytes
  FROM runs WHERE job_uid = ? AND log_bytes > 0`;

export function logsOfJob(
  connection: Connection,
  jobUid: string,
): { readonly runs: number; readonly bytes: number } {
  const row = connection.get(logSumSql, jobUid);
  if (row === undefined) return { runs: 0, bytes: 0 };
  return { runs: integer(row, 'runs'), bytes: integer(row, 'bytes') };
}

export const logTotalSql = 'SELECT sum(log_bytes) AS bytes FROM runs WHERE log_bytes > 0';

/** Measured bytes of all run logs: a walk over the index of runs that have some. */
export function logBytes(connection: Connection): number {
  return integerOrNull(connection.get(logTotalSql) ?? { bytes: null }, 'bytes') ?? 0;
}

export const lastRunsSql = `SELECT r.* FROM json_each(?) AS wanted JOIN runs AS r ON r.id = (
    SELECT id FROM runs WHERE job_uid = wanted.value ORDER BY queued_at DESC, id DESC LIMIT 1)`;

export function lastRuns(connection: Connection, jobUids: readonly string[]): Map<string, Run> {
  const rows = connection.all(lastRunsSql, JSON.stringify(jobUids));
  return new Map(rows.map((row) => [text(row, 'job_uid'), toRun(row)]));
}

/** A series admitted in one moment by catch-up is listed by nominal time. */
export const unfinishedRunsSql = `SELECT * FROM runs WHERE ${unfinishedTerm}
  ORDER BY queued_at, coalesce(nominal_at, queued_at), id`;

export function unfinishedRuns(connection: Connection): Run[] {
  return connection.all(unfinishedRunsSql).map(toRun);
}

export function attempts(connection: Connection, runId: string): Attempt[] {
  return connection
    .all('SELECT * FROM attempts WHERE run_id = ? ORDER BY attempt', runId)
    .map(toAttempt);
}

/** Such rows are never coalesced, so the index of the ledger's identity answers alone. */
export const admittedTimesSql = `SELECT nominal_at FROM occurrences
    WHERE job_uid = ?1 AND nominal_at >= ?2 AND nominal_at < ?3
      AND disposition = 'admitted' AND recorded_at <= ?4
    ORDER BY nominal_at DESC LIMIT ?5`;

export function admittedTimes(
  connection: Connection,
  { jobUid, since, until, knownAt, limit }: Parameters<StoreReader['admittedTimes']>[0],
): number[] {
  return connection
    .all(admittedTimesSql, jobUid, since, until, knownAt, limit)
    .map((row) => integer(row, 'nominal_at'));
}

/**
 * Two parts: rows that begin within the range, and the few coalesced ones that
 * begin before it and reach into it. Either has an index; an OR would have none.
 */
export function outcomesSql(ofOneJob: boolean): string {
  const job = ofOneJob ? 'job_uid = ?1 AND' : '?1 IS NULL AND';
  return `SELECT * FROM occurrences
      WHERE ${job} nominal_at >= ?2 AND nominal_at < ?3
    UNION ALL
    SELECT * FROM occurrences
      WHERE ${job} count > 1 AND last_nominal_at >= ?2 AND nominal_at < ?2 AND nominal_at < ?3
    ORDER BY nominal_at DESC LIMIT ?4`;
}

/** By the index of missed rows alone, which are few. */
export const missedOutcomesSql = `SELECT * FROM occurrences
  WHERE disposition = 'missed' AND nominal_at < ?3 AND last_nominal_at >= ?2
    AND (?1 IS NULL OR job_uid = ?1)
  ORDER BY nominal_at DESC LIMIT ?4`;

export function missedOutcomes(
  connection: Connection,
  { jobUid, since, until, limit }: Parameters<StoreReader['missedOutcomes']>[0],
): Outcome[] {
  return connection.all(missedOutcomesSql, jobUid ?? null, since, until, limit).map(toOutcome);
}

export function outcomes(connection: Connection, filter: OutcomeFilter): Outcome[] {
  return connection
    .all(
      outcomesSql(filter.jobUid !== undefined),
      filter.jobUid ?? null,
      filter.since ?? Number.MIN_SAFE_INTEGER,
      filter.until ?? Number.MAX_SAFE_INTEGER,
      filter.limit,
    )
    .map(toOutcome);
}
