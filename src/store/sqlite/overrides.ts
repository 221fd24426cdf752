// What people change at runtime. Rows hang on the identity of the job: they
// follow a rename, and stay where they are when the job leaves the manifest.
import type { Pause } from '../../core/overrides/pause.ts';
import type { Connection } from './connection.ts';

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
