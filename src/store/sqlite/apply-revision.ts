// Records a revision and what it does to the jobs. What it should do was
// decided by the plan; here it is only written, all or nothing.
import { InternalError } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Job } from '../../core/manifest/job.ts';
import type { JobRecord, JobWrite, Revision, Store } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SpecCache } from './spec-cache.ts';
import { archivedPauses, restorePause, resumeCounting } from './overrides.ts';
import type { RecordedJobs } from './recorded-jobs.ts';
import { revisionColumns } from './read-jobs.ts';
import { integer, namedSpec, noAliases, toRevision } from './rows.ts';

type ApplyInput = Parameters<Store['applyRevision']>[0];

export function applyRevision(
  connection: Connection,
  { specs, jobs }: { readonly specs: SpecCache; readonly jobs: RecordedJobs },
  input: ApplyInput,
): Revision {
  return connection.transaction(() => {
    const row = connection.get('SELECT coalesce(max(number), 0) AS latest FROM revisions');
    const latest = row === undefined ? 0 : integer(row, 'latest');
    if (latest !== input.expectedRevision) {
      throw operationalError('JM2-P201', {
        detail: `The plan was made against revision ${input.expectedRevision}, but revision ${latest} is in force. Nothing was applied.`,
      });
    }
    const number = latest + 1;
    const inserted = connection.get(
      `INSERT INTO revisions (number, digest, source_digest, applied_at, applied_by, git_commit,
         manifest_path, created, updated, renamed, deleted, timezone, concurrency_max, queue_limit, groups,
         source)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ${revisionColumns}`,
      number,
      input.digest,
      input.sourceDigest,
      input.appliedAt,
      input.appliedBy,
      input.gitCommit,
      input.manifestPath,
      input.summary.create,
      input.summary.update,
      input.summary.rename,
      input.summary.delete,
      input.timezone,
      input.limits.concurrencyMax,
      input.limits.queueLimit,
      JSON.stringify(input.limits.groups),
      input.source,
    );
    if (inserted === undefined) throw new InternalError('a revision was not recorded');
    const created = writeJobs(connection, specs, number, input.writes);
    insertCreated(connection, created, input.appliedAt);
    for (const record of created) jobs.created(record);
    for (const write of input.writes) {
      if (write.kind === 'create') continue;
      jobs.written(write.uid);
      if (write.kind === 'restore') resumeCounting(connection, write.uid, input.appliedAt);
      recordChange(connection, number, input.appliedAt, write);
    }
    for (const uid of restorePauses(connection, input)) jobs.written(uid);
    return toRevision(inserted);
  });
}

/** Uids of the new jobs that find a pause again. */
function restorePauses(connection: Connection, { writes, appliedAt }: ApplyInput): string[] {
  if (!writes.some(({ kind }) => kind === 'create')) return [];
  const archived = archivedPauses(connection, appliedAt);
  if (archived.size === 0) return [];
  return writes.flatMap((write) => {
    if (write.kind !== 'create' || !archived.has(write.job.name)) return [];
    restorePause(connection, { uid: write.uid, name: write.job.name }, appliedAt);
    return [write.uid];
  });
}

/**
 * Answers the new jobs as they are now recorded.
 * Names are unique among the jobs in force, also half way through: first the
 * leaving jobs give their names up, then the renamed ones, which swaps need.
 */
function writeJobs(
  connection: Connection,
  specs: SpecCache,
  revision: number,
  writes: readonly JobWrite[],
): JobRecord[] {
  const created: JobRecord[] = [];
  const held = new Map<string, Job>();
  for (const write of writes) {
    if (write.kind === 'delete') {
      one(
        write.uid,
        connection.run(
          'UPDATE jobs SET removed_at = ?, revision = ? WHERE uid = ? AND removed_at IS NULL',
          write.at,
          revision,
          write.uid,
        ),
      );
      continue;
    }
    held.set(write.digest, specs.recordOnce(write.digest, write.job));
    if (write.kind === 'update') {
      // No manifest name contains a slash, so a parked name meets no other.
      connection.run(
        "UPDATE jobs SET name = '/' || uid WHERE uid = ? AND name <> ?",
        write.uid,
        write.job.name,
      );
    }
  }
  for (const write of writes) {
    if (write.kind === 'update') update(connection, revision, write);
    if (write.kind === 'restore') restore(connection, revision, write);
    if (write.kind !== 'create') continue;
    created.push(recordOf(write, held.get(write.digest) ?? write.job, revision));
  }
  return created;
}

/** Rows that one statement inserts: bounds what it is given as one text. */
const rowsMax = 1_000;

/**
 * New jobs, each with the first of its changes. As one text for many of them: of ten
 * thousand jobs it takes two thirds of the time that a statement for each takes.
 */
function insertCreated(connection: Connection, created: readonly JobRecord[], at: number): void {
  for (let from = 0; from < created.length; from += rowsMax) {
    const rows = JSON.stringify(
      created
        .slice(from, from + rowsMax)
        .map(({ uid, name, digest, revision, watermark }) => [
          uid,
          name,
          digest,
          revision,
          watermark,
        ]),
    );
    connection.run(
      `INSERT INTO jobs (uid, name, spec_digest, revision, watermark, scheduled_since)
       SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>4 FROM json_each(?)`,
      rows,
    );
    connection.run(
      `INSERT INTO job_changes (job_uid, revision, at, action, name, spec_digest)
       SELECT value->>0, value->>3, ?, 'create', value->>1, value->>2 FROM json_each(?)`,
      at,
      rows,
    );
  }
}

function recordOf(
  { uid, job: { name }, digest, watermark }: Extract<JobWrite, { kind: 'create' }>,
  spec: Job,
  revision: number,
): JobRecord {
  return {
    uid,
    name,
    job: namedSpec(spec, name),
    digest,
    revision,
    watermark,
    scheduledSince: watermark,
    epoch: 0,
    aliases: noAliases,
    fault: null,
    removedAt: null,
    pause: null,
  };
}

/** A job that changes with every revision keeps the newest of its changes. */
const changesKept = 100;

function recordChange(
  connection: Connection,
  revision: number,
  at: number,
  { kind, uid }: Exclude<JobWrite, { kind: 'create' }>,
): void {
  connection.run(
    `INSERT INTO job_changes (job_uid, revision, at, action, name, spec_digest)
     SELECT uid, ?, ?, ?, name, spec_digest FROM jobs WHERE uid = ?`,
    revision,
    at,
    // What a job was before stands in the rows before.
    kind === 'restore' ? 'create' : kind,
    uid,
  );
  connection.run(
    `DELETE FROM job_changes WHERE job_uid = ?1 AND revision <= (
       SELECT revision FROM job_changes WHERE job_uid = ?1 ORDER BY revision DESC LIMIT 1 OFFSET ?2)`,
    uid,
    changesKept,
  );
}

function update(
  connection: Connection,
  revision: number,
  write: Extract<JobWrite, { kind: 'update' }>,
): void {
  one(
    write.uid,
    connection.run(
      'UPDATE jobs SET name = ?, spec_digest = ?, revision = ? WHERE uid = ? AND removed_at IS NULL',
      write.job.name,
      write.digest,
      revision,
      write.uid,
    ),
  );
  if (write.watermark !== null) {
    // A wall clock that was set back must not reopen what is settled; a changed
    // schedule deserves a new try after an engine fault.
    connection.run(
      `UPDATE jobs SET watermark = max(watermark, ?1), scheduled_since = ?1, fault = NULL
       WHERE uid = ?2`,
      write.watermark,
      write.uid,
    );
  }
  addAliases(connection, write);
}

function restore(
  connection: Connection,
  revision: number,
  write: Extract<JobWrite, { kind: 'restore' }>,
): void {
  const restored = connection.run(
    `UPDATE jobs SET name = ?1, spec_digest = ?2, revision = ?3, removed_at = NULL,
       watermark = max(watermark, ?4), scheduled_since = ?4, fault = NULL, flushed_at = NULL
     WHERE uid = ?5 AND removed_at IS NOT NULL`,
    write.job.name,
    write.digest,
    revision,
    write.watermark,
    write.uid,
  );
  if (restored !== 1) throw new InternalError(`no removed job has the uid ${write.uid}`);
  addAliases(connection, write);
}

function addAliases(
  connection: Connection,
  { uid, aliases }: { readonly uid: string; readonly aliases: readonly string[] },
): void {
  for (const alias of aliases) {
    connection.run(
      'INSERT INTO job_aliases (job_uid, name) VALUES (?, ?) ON CONFLICT DO NOTHING',
      uid,
      alias,
    );
  }
}

function one(uid: string, changes: number): void {
  if (changes !== 1) throw new InternalError(`no job in force has the uid ${uid}`);
}
