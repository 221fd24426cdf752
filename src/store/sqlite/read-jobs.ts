// Questions about revisions and recorded jobs.
import { archivedForMs } from '../../core/overrides/pause.ts';
import type { JobChange, JobRecord, Revision, RevisionDetail, RevisionHead } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SqlRow } from './load-binding.ts';
import {
  integerOrNull,
  text,
  toJobChange,
  toJobRecord,
  toRevision,
  toRevisionDetail,
  toRevisionHead,
} from './rows.ts';
import type { SpecCache } from './spec-cache.ts';

export const revisionColumns = `number, digest, source_digest, applied_at, applied_by, git_commit,
  manifest_path, created, updated, renamed, deleted`;

const jobQuery = `SELECT j.uid, j.name, j.spec_digest, j.revision, j.watermark, j.scheduled_since, j.epoch, j.fault,
    j.removed_at, s.spec, o.actor AS pause_by, o.reason AS pause_reason,
    o.created_at AS pause_since, o.expires_at AS pause_until, o.skipped AS pause_skipped,
    (SELECT json_group_array(a.name)
       FROM (SELECT name FROM job_aliases WHERE job_uid = j.uid ORDER BY position) AS a) AS aliases
  FROM jobs AS j JOIN specs AS s ON s.digest = j.spec_digest
    LEFT JOIN overrides AS o ON o.job_uid = j.uid AND o.kind = 'pause'`;

export function latestRevision(connection: Connection): RevisionDetail | null {
  const row = connection.get('SELECT * FROM revisions ORDER BY number DESC LIMIT 1');
  return row === undefined ? null : toRevisionDetail(row);
}

/** The source is the last column, whose pages are not read. */
export function latestRevisionHead(connection: Connection): RevisionHead | null {
  const row = connection.get(
    `SELECT ${revisionColumns}, timezone, concurrency_max, queue_limit, groups FROM revisions
     ORDER BY number DESC LIMIT 1`,
  );
  return row === undefined ? null : toRevisionHead(row);
}

export function revision(connection: Connection, number: number): RevisionDetail | null {
  const row = connection.get('SELECT * FROM revisions WHERE number = ?', number);
  return row === undefined ? null : toRevisionDetail(row);
}

export function revisions(connection: Connection, limit: number): Revision[] {
  return connection
    .all(`SELECT ${revisionColumns} FROM revisions ORDER BY number DESC LIMIT ?`, limit)
    .map(toRevision);
}

export function jobsInForce(connection: Connection, specs: SpecCache): JobRecord[] {
  return connection
    .all(`${jobQuery} WHERE j.removed_at IS NULL ORDER BY j.name COLLATE NOCASE`)
    .map((row) => recordOf(row, specs));
}

export function jobInForce(
  connection: Connection,
  specs: SpecCache,
  uid: string,
): JobRecord | null {
  const row = connection.get(`${jobQuery} WHERE j.uid = ? AND j.removed_at IS NULL`, uid);
  return row === undefined ? null : recordOf(row, specs);
}

export function pausedJobs(connection: Connection, specs: SpecCache): JobRecord[] {
  return connection
    .all(
      `${jobQuery} WHERE j.removed_at IS NULL
         AND j.uid IN (SELECT job_uid FROM overrides WHERE kind = 'pause')
       ORDER BY j.name COLLATE NOCASE`,
    )
    .map((row) => recordOf(row, specs));
}

/** Each answer beats the next: name in force, alias of one in force, removed, alias of a removed. */
export function findJob(connection: Connection, specs: SpecCache, name: string): JobRecord | null {
  const row =
    connection.get(`${jobQuery} WHERE j.name = ? COLLATE NOCASE AND j.removed_at IS NULL`, name) ??
    connection.get(
      `${jobQuery} JOIN job_aliases AS alias ON alias.job_uid = j.uid
       WHERE alias.name = ? AND j.removed_at IS NULL ORDER BY alias.position DESC LIMIT 1`,
      name,
    ) ??
    connection.get(
      `${jobQuery} WHERE j.name = ? AND j.removed_at IS NOT NULL
       ORDER BY j.removed_at DESC LIMIT 1`,
      name,
    ) ??
    connection.get(
      `${jobQuery} JOIN job_aliases AS alias ON alias.job_uid = j.uid
       WHERE alias.name = ? AND j.removed_at IS NOT NULL ORDER BY alias.position DESC LIMIT 1`,
      name,
    );
  return row === undefined ? null : recordOf(row, specs);
}

/** A removed job can come back for as long as its pause is kept. */
export function tombstone(
  connection: Connection,
  specs: SpecCache,
  name: string,
  now: number,
): JobRecord | null {
  const row = connection.get(
    `${jobQuery} WHERE j.name = ? AND j.removed_at IS NOT NULL AND j.removed_at > ?
     ORDER BY j.removed_at DESC LIMIT 1`,
    name,
    now - archivedForMs,
  );
  return row === undefined ? null : recordOf(row, specs);
}

export function tombstoneNames(connection: Connection, now: number): Set<string> {
  const rows = connection.all(
    'SELECT name FROM jobs WHERE removed_at IS NOT NULL AND removed_at > ? AND uid <> name',
    now - archivedForMs,
  );
  return new Set(rows.map((row) => text(row, 'name')));
}

export function tombstones(
  connection: Connection,
  specs: SpecCache,
  now: number,
  limit: number,
): JobRecord[] {
  return connection
    .all(
      `${jobQuery} WHERE j.removed_at > ?1 AND j.uid <> j.name
         AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.name = j.name COLLATE NOCASE
           AND (other.removed_at IS NULL OR other.removed_at > j.removed_at))
       ORDER BY j.removed_at DESC, j.name LIMIT ?2`,
      now - archivedForMs,
      limit,
    )
    .map((row) => recordOf(row, specs));
}

/** In force first, then by the time they left. */
export function namesakes(
  connection: Connection,
  specs: SpecCache,
  name: string,
  limit: number,
): JobRecord[] {
  return connection
    .all(
      `${jobQuery} WHERE j.uid IN (
         SELECT uid FROM jobs WHERE name = ?1 COLLATE NOCASE AND removed_at IS NULL
         UNION SELECT uid FROM jobs WHERE name = ?1 AND removed_at IS NOT NULL
         UNION SELECT job_uid FROM job_aliases WHERE name = ?1)
       ORDER BY j.removed_at IS NOT NULL, j.removed_at DESC LIMIT ?2`,
      name,
      limit,
    )
    .map((row) => recordOf(row, specs));
}

export function jobChanges(connection: Connection, jobUid: string): JobChange[] {
  return connection
    .all(
      `SELECT c.*, r.applied_by FROM job_changes AS c
         LEFT JOIN revisions AS r ON r.number = c.revision
       WHERE c.job_uid = ? ORDER BY c.revision`,
      jobUid,
    )
    .map(toJobChange);
}

/** The last change up to a revision, of each job that was in force then. */
const inForceThen = `FROM job_changes AS c WHERE c.action <> 'delete'
   AND c.revision = (SELECT max(revision) FROM job_changes
     WHERE job_uid = c.job_uid AND revision <= ?1)`;

/**
 * A job without a change so far back, but with later ones, either came later, which its
 * oldest change tells, or its older changes are not kept.
 */
export function jobsOfRevision(
  connection: Connection,
  revision: number,
): ReadonlyMap<string, string> | null {
  const forgotten = connection.get(
    `SELECT 1 AS found FROM job_changes AS c WHERE c.revision > ?1 AND c.action <> 'create'
       AND NOT EXISTS (SELECT 1 FROM job_changes WHERE job_uid = c.job_uid AND revision < c.revision)`,
    revision,
  );
  if (forgotten !== undefined) return null;
  const rows = connection.all(`SELECT c.name, c.spec_digest ${inForceThen}`, revision);
  return new Map(rows.map((row) => [text(row, 'name'), text(row, 'spec_digest')]));
}

export function uidsOfRevision(
  connection: Connection,
  revision: number,
): ReadonlyMap<string, string> {
  const rows = connection.all(`SELECT c.name, c.job_uid ${inForceThen}`, revision);
  return new Map(rows.map((row) => [text(row, 'name'), text(row, 'job_uid')]));
}

export function prunedUntil(connection: Connection, jobUid: string): number | null {
  const row = connection.get('SELECT pruned_until FROM jobs WHERE uid = ?', jobUid);
  return row === undefined ? null : integerOrNull(row, 'pruned_until');
}

function recordOf(row: SqlRow, specs: SpecCache): JobRecord {
  return toJobRecord(row, specs.parse(text(row, 'spec_digest'), text(row, 'spec')));
}
