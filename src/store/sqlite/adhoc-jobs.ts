// The jobs that stand for ad-hoc runs: a row per name that no manifest has, never in
// force, which goes with the last of its runs. Their runs are kept as those of one
// job together, since each may have a name of its own.
import { InternalError } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { JobRecord, Store } from '../store.ts';
import { ofAdhoc } from './adhoc-terms.ts';
import type { Connection } from './connection.ts';
import { findJob } from './read-jobs.ts';
import { integerOrNull, text } from './rows.ts';
import { unfinishedTerm } from './schema-v1.ts';
import type { SpecCache } from './spec-cache.ts';

export function recordAdhoc(
  connection: Connection,
  specs: SpecCache,
  { job, digest, at }: Parameters<Store['recordAdhoc']>[0],
): JobRecord {
  const newest = connection.get('SELECT max(number) AS number FROM revisions');
  const revision = newest === undefined ? null : integerOrNull(newest, 'number');
  if (revision === null) {
    throw operationalError('JM2-R127', { detail: 'Nothing was started.' });
  }
  specs.record(digest, job);
  connection.run(
    `INSERT INTO jobs (uid, name, spec_digest, revision, watermark, removed_at)
     VALUES (?1, ?1, ?2, ?3, ?4, ?4)
     ON CONFLICT (uid) DO UPDATE SET spec_digest = ?2, revision = ?3, removed_at = ?4`,
    job.name,
    digest,
    revision,
    at,
  );
  const record = findJob(connection, specs, job.name);
  if (record === null) throw new InternalError(`the job ${job.name} was not recorded`);
  return record;
}

/** Ended ad-hoc runs beyond count and age, oldest first: nothing of them is kept longer. */
export function excessAdhocRuns(
  connection: Connection,
  { perJob, olderThan }: { readonly perJob: number; readonly olderThan: number },
  limit: number,
): string[] {
  return connection
    .all(
      `SELECT id FROM (
         SELECT id, state, queued_at, row_number() OVER (ORDER BY queued_at DESC, id DESC) AS place
         FROM runs WHERE ${ofAdhoc})
       WHERE NOT (${unfinishedTerm}) AND (queued_at < ?1 OR place > ?2)
       ORDER BY place DESC LIMIT ?3`,
      olderThan,
      perJob,
      Math.max(0, limit),
    )
    .map((row) => text(row, 'id'));
}

/** Names and specs that no run is left of. */
export function pruneAdhocJobs(connection: Connection): void {
  connection.run(
    `DELETE FROM jobs WHERE uid >= 'adhoc/' AND uid < 'adhoc0'
       AND NOT EXISTS (SELECT 1 FROM runs WHERE job_uid = uid)`,
  );
  connection.run(
    `DELETE FROM specs WHERE digest >= 'adhoc:' AND digest < 'adhoc;'
       AND digest NOT IN (SELECT spec_digest FROM runs WHERE ${ofAdhoc})
       AND digest NOT IN (SELECT spec_digest FROM jobs WHERE uid >= 'adhoc/' AND uid < 'adhoc0')`,
  );
}
