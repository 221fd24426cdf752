// Deletes what retention no longer keeps, in slices, oldest excess of each job
// by count and by age. The last runs and the last failure of a job always stay.
import { isAdhoc } from '../../core/runs/adhoc.ts';
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';
import { integer, text } from './rows.ts';
import { excessAdhocRuns, pruneAdhocJobs } from './adhoc-jobs.ts';
import { unfinishedTerm } from './schema-v1.ts';

type Bounds = Parameters<Store['prune']>[0];

/**
 * What is known of one job's runs without asking again. A hint: it may overcount,
 * never under; `oldest` is that of those that may go, once the job was looked at.
 */
interface JobRuns {
  count: number;
  oldest: number;
}

/** Jobs looked at in one call: the others follow with the next. */
const jobsMax = 1_000;
/** Jobs with an age of their own whose ledger is looked at in one call. */
const ledgersMax = 50;

export const newestFailureSql = `SELECT id FROM runs WHERE job_uid = ?
  AND state IN ('failed', 'timed_out', 'canceled', 'lost') AND state <> 'canceled'
  ORDER BY queued_at DESC, id DESC LIMIT 1`;

/** Runs after the first OFFSET newest ones; those queued before ?5, or beyond rank ?6. */
export const excessSql = `SELECT id FROM (
    SELECT id, state, queued_at, row_number() OVER (ORDER BY queued_at DESC, id DESC) AS place
    FROM (SELECT id, state, queued_at FROM runs WHERE job_uid = ?1
          ORDER BY queued_at DESC, id DESC LIMIT -1 OFFSET ?2))
  WHERE NOT (${unfinishedTerm}) AND id IS NOT ?3 AND (queued_at < ?4 OR place > ?5)
  ORDER BY place DESC LIMIT ?6`;

export class Pruner {
  readonly #connection: Connection;
  readonly #forget: (runId: string) => void;
  #jobs: Map<string, JobRuns> | null = null;
  #ledgers = 0;

  /** `forget` is told of each run before it goes. */
  constructor(connection: Connection, forget: (runId: string) => void) {
    this.#connection = connection;
    this.#forget = forget;
  }

  /** Keeps the hints true as runs come in. */
  noteRun(jobUid: string, queuedAt: number): void {
    const known = this.#jobs?.get(jobUid);
    if (known === undefined) this.#jobs?.set(jobUid, { count: 1, oldest: queuedAt });
    else {
      known.count += 1;
      known.oldest = Math.min(known.oldest, queuedAt);
    }
  }

  prune(bounds: Bounds): string[] {
    const pruned: string[] = [];
    this.#connection.transaction(() => {
      this.#jobs ??= this.#countRuns();
      let looked = 0;
      for (const [uid, known] of this.#jobs) {
        if (pruned.length >= bounds.limit || looked >= jobsMax) break;
        if (isAdhoc(uid)) continue;
        const own = { ...bounds, ...bounds.ofJob?.get(uid) };
        if (known.count <= own.keepLast) continue;
        const isOld = known.oldest < own.olderThan;
        if (known.count <= own.perJob && !isOld) continue;
        looked += 1;
        const room = bounds.limit - pruned.length;
        const excess = this.#excess(uid, own, room);
        for (const id of excess) this.#remove(id);
        pruned.push(...excess);
        if (excess.length < room) this.#jobs.set(uid, this.#lookAt(uid));
      }
      for (const id of excessAdhocRuns(this.#connection, bounds, bounds.limit - pruned.length)) {
        this.#remove(id);
        pruned.push(id);
      }
      pruneAdhocJobs(this.#connection);
      this.#pruneOutcomes(bounds);
    });
    return pruned;
  }

  /** Runs that a person flushes; one that has not ended stays. */
  removeRuns(ids: readonly string[]): void {
    this.#connection.transaction(() => {
      for (const id of ids) {
        const row = this.#connection.get('SELECT ended_at FROM runs WHERE id = ?', id);
        if (row !== undefined && row['ended_at'] !== null) this.#remove(id);
      }
    });
  }

  #excess(uid: string, bounds: Bounds, room: number): string[] {
    const failure = this.#connection.get(newestFailureSql, uid);
    return this.#connection
      .all(
        excessSql,
        uid,
        bounds.keepLast,
        failure === undefined ? null : text(failure, 'id'),
        bounds.olderThan,
        Math.max(0, bounds.perJob - bounds.keepLast),
        room,
      )
      .map((row) => text(row, 'id'));
  }

  /** The ledger row of an admitted occurrence goes with its run; the watermark remembers it. */
  #remove(runId: string): void {
    this.#forget(runId);
    this.#connection.run(
      `DELETE FROM occurrences WHERE (job_uid, nominal_at, epoch) =
         (SELECT job_uid, nominal_at, epoch FROM runs WHERE id = ?1) AND run_id = ?1`,
      runId,
    );
    this.#connection.run('DELETE FROM runs WHERE id = ?', runId);
  }

  /** Rows of their own: one that names a run, admitted or missed after all, goes with the run. */
  #pruneOutcomes(bounds: Bounds): void {
    const own = bounds.ofJob ?? new Map<string, { readonly olderThan: number }>();
    this.#connection.run(
      `DELETE FROM occurrences WHERE rowid IN (
         SELECT rowid FROM occurrences WHERE nominal_at < ?1 AND last_nominal_at < ?1
           AND run_id IS NULL AND job_uid NOT IN (SELECT value FROM json_each(?3))
         ORDER BY nominal_at LIMIT ?2)`,
      bounds.olderThan,
      bounds.limit,
      JSON.stringify([...own.keys()]),
    );
    // Those with an age of their own in turn, a few with each call.
    const uids = [...own.keys()];
    for (let count = 0; count < Math.min(ledgersMax, uids.length); count += 1) {
      const uid = uids[this.#ledgers % uids.length] ?? '';
      this.#ledgers += 1;
      this.#connection.run(
        `DELETE FROM occurrences WHERE rowid IN (
           SELECT rowid FROM occurrences WHERE job_uid = ?3 AND nominal_at < ?1
             AND last_nominal_at < ?1 AND run_id IS NULL ORDER BY nominal_at LIMIT ?2)`,
        own.get(uid)?.olderThan ?? 0,
        bounds.limit,
        uid,
      );
    }
  }

  /** Once per process: a walk over one index, about 0.1 s for a million runs. */
  #countRuns(): Map<string, JobRuns> {
    const rows = this.#connection.all(
      'SELECT job_uid, count(*) AS runs, min(queued_at) AS oldest FROM runs GROUP BY job_uid',
    );
    return new Map(
      rows.map((row) => [
        text(row, 'job_uid'),
        { count: integer(row, 'runs'), oldest: integer(row, 'oldest') },
      ]),
    );
  }

  /** After a job was looked at: how many runs it has, and the oldest of those that may go. */
  #lookAt(uid: string): JobRuns {
    const failure = this.#connection.get(newestFailureSql, uid);
    const counted = this.#connection.get(
      'SELECT count(*) AS runs FROM runs WHERE job_uid = ?',
      uid,
    );
    const count = counted === undefined ? 0 : integer(counted, 'runs');
    const oldest = this.#connection.get(
      `SELECT min(queued_at) AS oldest FROM (
         SELECT id, queued_at FROM runs WHERE job_uid = ?1 ORDER BY queued_at, id LIMIT 2)
       WHERE id IS NOT ?2`,
      uid,
      failure === undefined ? null : text(failure, 'id'),
    );
    const isKnown = oldest !== undefined && oldest['oldest'] !== null;
    return { count, oldest: isKnown ? integer(oldest, 'oldest') : 0 };
  }
}
