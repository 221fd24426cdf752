// Deletes what retention no longer keeps, in slices, oldest excess of each job
// by count and by age. The last runs and the last failure of a job always stay.
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';
import { integer, text } from './rows.ts';
import { unfinishedTerm } from './schema-v1.ts';

type Bounds = Parameters<Store['prune']>[0];

/** What is known of one job's runs without asking again. A hint: it may overcount, never under. */
interface JobRuns {
  count: number;
  oldest: number;
}

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
  #jobs: Map<string, JobRuns> | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
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
      for (const [uid, known] of this.#jobs) {
        if (pruned.length >= bounds.limit) break;
        if (known.count <= bounds.keepLast) continue;
        if (known.count <= bounds.perJob && known.oldest >= bounds.olderThan) continue;
        const room = bounds.limit - pruned.length;
        const excess = this.#excess(uid, bounds, room);
        for (const id of excess) this.#remove(id);
        pruned.push(...excess);
        if (excess.length < room) this.#jobs.set(uid, this.#countRunsOf(uid));
      }
      this.#pruneOutcomes(bounds);
    });
    return pruned;
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
    this.#connection.run(
      `DELETE FROM occurrences WHERE (job_uid, nominal_at, epoch) =
         (SELECT job_uid, nominal_at, epoch FROM runs WHERE id = ?1) AND run_id = ?1`,
      runId,
    );
    this.#connection.run('DELETE FROM runs WHERE id = ?', runId);
  }

  #pruneOutcomes(bounds: Bounds): void {
    this.#connection.run(
      `DELETE FROM occurrences WHERE rowid IN (
         SELECT rowid FROM occurrences WHERE nominal_at < ?1 AND last_nominal_at < ?1
           AND disposition <> 'admitted' ORDER BY nominal_at LIMIT ?2)`,
      bounds.olderThan,
      bounds.limit,
    );
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

  #countRunsOf(uid: string): JobRuns {
    const row = this.#connection.get(
      'SELECT count(*) AS runs, coalesce(min(queued_at), 0) AS oldest FROM runs WHERE job_uid = ?',
      uid,
    );
    return row === undefined
      ? { count: 0, oldest: 0 }
      : { count: integer(row, 'runs'), oldest: integer(row, 'oldest') };
  }
}
