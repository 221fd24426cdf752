// How many bytes of run logs there are, per job and in all, and which logs may
// go when they are too many. The bytes stand in the rows of the runs; the sums
// are kept in memory, so that nobody has to add up a million rows again.
import { isAdhoc } from '../../core/runs/adhoc.ts';
import type { ExpendableLogs, LogCursor } from '../store.ts';
import type { Connection } from './connection.ts';
import { newestFailureSql } from './prune.ts';
import { integer, integerOrNull, text } from './rows.ts';
import { unfinishedTerm } from './schema-v1.ts';

/** Ended runs whose logs nobody has measured, among the runs behind an id. */
export const unmeasuredSql = `SELECT id, (NOT (${unfinishedTerm}) AND log_bytes IS NULL) AS wanted
  FROM runs WHERE id > ? ORDER BY id LIMIT ?`;

export const logsOfAllSql = `SELECT id, job_uid, ended_at, log_bytes FROM runs
  WHERE log_bytes > 0 AND (ended_at, id) > (?1, ?2) ORDER BY ended_at, id LIMIT ?3`;

export const logsOfJobSql = `SELECT id, job_uid, ended_at, log_bytes FROM runs
  WHERE log_bytes > 0 AND job_uid = ?4 AND (ended_at, id) > (?1, ?2)
  ORDER BY ended_at, id LIMIT ?3`;

/** How many runs of the job came later, counted up to a bound. */
export const laterRunsSql = `SELECT count(*) AS later FROM (
    SELECT 1 FROM runs WHERE job_uid = ?1
      AND (queued_at, id) > (SELECT queued_at, id FROM runs WHERE id = ?2) LIMIT ?3)`;

export class LogLedger {
  readonly #connection: Connection;
  #byJob: Map<string, number> | null = null;
  #total = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Looks at `limit` runs behind the id; `next` is null when none is left. */
  unmeasured(after: string, limit: number): { ids: string[]; next: string | null } {
    const rows = this.#connection.all(unmeasuredSql, after, limit);
    const last = rows.at(-1);
    return {
      ids: rows.filter((row) => integer(row, 'wanted') === 1).map((row) => text(row, 'id')),
      next: last === undefined || rows.length < limit ? null : text(last, 'id'),
    };
  }

  set(runId: string, bytes: number): void {
    const row = this.#connection.get('SELECT job_uid, log_bytes FROM runs WHERE id = ?', runId);
    if (row === undefined) return;
    this.#sums();
    this.#connection.run('UPDATE runs SET log_bytes = ? WHERE id = ?', bytes, runId);
    this.#add(text(row, 'job_uid'), bytes - (integerOrNull(row, 'log_bytes') ?? 0));
  }

  /** Before the row of a run is deleted. */
  forget(runId: string): void {
    if (this.#byJob === null) return;
    const row = this.#connection.get('SELECT job_uid, log_bytes FROM runs WHERE id = ?', runId);
    const bytes = row === undefined ? null : integerOrNull(row, 'log_bytes');
    if (row !== undefined && bytes !== null) this.#add(text(row, 'job_uid'), -bytes);
  }

  totals(): { readonly total: number; readonly byJob: ReadonlyMap<string, number> } {
    const byJob = this.#sums();
    return { total: this.#total, byJob };
  }

  /** Oldest end first. The last runs of each job and its newest failure are left out. */
  expendable(input: {
    readonly jobUid: string | null;
    readonly after: LogCursor | null;
    readonly keepLast: number;
    readonly limit: number;
  }): ExpendableLogs {
    const { jobUid, after, keepLast, limit } = input;
    const from = [after?.endedAt ?? Number.MIN_SAFE_INTEGER, after?.runId ?? '', limit] as const;
    const rows =
      jobUid === null
        ? this.#connection.all(logsOfAllSql, ...from)
        : this.#connection.all(logsOfJobSql, ...from, jobUid);
    const failures = new Map<string, string | null>();
    const logs = rows.flatMap((row) => {
      const [runId, uid] = [text(row, 'id'), text(row, 'job_uid')];
      // Of ad-hoc runs nothing is kept for being the last of its name: most names have one run.
      const isKept =
        !isAdhoc(uid) &&
        (this.#isAmongLast(uid, runId, keepLast) || this.#failureOf(uid, failures) === runId);
      return isKept ? [] : [{ runId, jobUid: uid, bytes: integer(row, 'log_bytes') }];
    });
    const last = rows.at(-1);
    const next =
      last === undefined || rows.length < limit
        ? null
        : { endedAt: integer(last, 'ended_at'), runId: text(last, 'id') };
    return { logs, next };
  }

  #isAmongLast(jobUid: string, runId: string, keepLast: number): boolean {
    const row = this.#connection.get(laterRunsSql, jobUid, runId, keepLast);
    return row !== undefined && integer(row, 'later') < keepLast;
  }

  #failureOf(jobUid: string, known: Map<string, string | null>): string | null {
    const before = known.get(jobUid);
    if (before !== undefined) return before;
    const row = this.#connection.get(newestFailureSql, jobUid);
    const found = row === undefined ? null : text(row, 'id');
    known.set(jobUid, found);
    return found;
  }

  #add(jobUid: string, bytes: number): void {
    const byJob = this.#sums();
    byJob.set(jobUid, (byJob.get(jobUid) ?? 0) + bytes);
    this.#total += bytes;
  }

  /** Once per process: a walk over the index of runs that have logs. */
  #sums(): Map<string, number> {
    if (this.#byJob !== null) return this.#byJob;
    const rows = this.#connection.all(
      'SELECT job_uid, sum(log_bytes) AS bytes FROM runs WHERE log_bytes > 0 GROUP BY job_uid',
    );
    const byJob = new Map(rows.map((row) => [text(row, 'job_uid'), integer(row, 'bytes')]));
    this.#total = [...byJob.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#byJob = byJob;
    return byJob;
  }
}
