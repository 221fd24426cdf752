// What people change at runtime. Rows hang on the identity of the job: they
// follow a rename, and stay where they are when the job leaves the manifest.
import { archivedForMs, type Pause } from '../../core/overrides/pause.ts';
import type { Connection } from './connection.ts';
import { integer, integerOrNull, text, textOrNull } from './rows.ts';

export function setPause(connection: Connection, jobUid: string, pause: Pause | null): void {
  if (pause === null) {
    connection.run("DELETE FROM overrides WHERE job_uid = ? AND kind = 'pause'", jobUid);
    return;
  }
  connection.run(
    `INSERT INTO overrides (job_uid, kind, actor, reason, created_at, expires_at, skipped)
     VALUES (?, 'pause', ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET actor = excluded.actor, reason = excluded.reason,
       created_at = excluded.created_at, expires_at = excluded.expires_at,
       skipped = excluded.skipped`,
    jobUid,
    pause.by,
    pause.reason,
    pause.since,
    pause.until,
    pause.skipped,
  );
}

/** Pauses that still hold, of the jobs that left last under their names and not long ago. */
const archived = `FROM overrides AS o JOIN jobs AS j ON j.uid = o.job_uid
  WHERE o.kind = 'pause' AND j.removed_at > ?1 AND (o.expires_at IS NULL OR o.expires_at > ?2)
    AND NOT EXISTS (SELECT 1 FROM jobs AS later
      WHERE later.name = j.name AND later.removed_at > j.removed_at)`;

/** By the name of the job. */
export function archivedPauses(connection: Connection, now: number): Map<string, Pause> {
  const rows = connection.all(
    `SELECT j.name, o.actor, o.reason, o.created_at, o.expires_at ${archived}`,
    now - archivedForMs,
    now,
  );
  return new Map(
    rows.map((row) => [
      text(row, 'name'),
      {
        by: text(row, 'actor'),
        reason: textOrNull(row, 'reason'),
        since: integer(row, 'created_at'),
        until: integerOrNull(row, 'expires_at'),
        skipped: 0,
      },
    ]),
  );
}

/** Of a job that comes back under its identity: its pause counts anew, if it still holds. */
export function resumeCounting(connection: Connection, jobUid: string, now: number): void {
  connection.run(
    "DELETE FROM overrides WHERE job_uid = ? AND kind = 'pause' AND expires_at <= ?",
    jobUid,
    now,
  );
  connection.run("UPDATE overrides SET skipped = 0 WHERE job_uid = ? AND kind = 'pause'", jobUid);
}

/** A job that comes back, as from a branch or by a rollback, is still paused; it counts anew. */
export function restorePause(
  connection: Connection,
  job: { readonly uid: string; readonly name: string },
  now: number,
): void {
  connection.run(
    `INSERT INTO overrides (job_uid, kind, actor, reason, created_at, expires_at)
     SELECT ?3, 'pause', o.actor, o.reason, o.created_at, o.expires_at ${archived} AND j.name = ?4`,
    now - archivedForMs,
    now,
    job.uid,
    job.name,
  );
}
