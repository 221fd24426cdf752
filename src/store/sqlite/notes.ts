// What people remark about jobs and runs. A note goes with its run, or when a person
// takes it away; who may write what, and how much, is decided by whoever calls.
import type { Note, NoteFilter, Store, StoreReader } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SqlRow } from './load-binding.ts';
import { integer, text, textOrNull } from './rows.ts';

const columns = `id, job_uid, run_id, at, author, text,
  (SELECT name FROM jobs WHERE uid = job_uid) AS job`;

/** Oldest first; of more than `limit`, the newest. */
export function notes(connection: Connection, { jobUid, about, limit }: NoteFilter): Note[] {
  const own = about === 'job' ? 'AND run_id IS NULL' : '';
  return connection
    .all(
      `SELECT ${columns} FROM notes WHERE (?1 IS NULL OR job_uid = ?1) ${own}
       ORDER BY id DESC LIMIT ?2`,
      jobUid ?? null,
      limit,
    )
    .map(noteOf)
    .toReversed();
}

/** By run; runs without any are not in it. */
export function notesOfRuns(
  connection: Connection,
  runIds: readonly string[],
): ReturnType<StoreReader['notesOfRuns']> {
  const found = new Map<string, Note[]>();
  if (runIds.length === 0) return found;
  const rows = connection.all(
    `SELECT ${columns} FROM notes WHERE run_id IN (SELECT value FROM json_each(?)) ORDER BY id`,
    JSON.stringify(runIds),
  );
  for (const note of rows.map(noteOf)) {
    const id = note.runId ?? '';
    found.set(id, [...(found.get(id) ?? []), note]);
  }
  return found;
}

export function note(connection: Connection, id: number): Note | null {
  const row = connection.get(`SELECT ${columns} FROM notes WHERE id = ?`, id);
  return row === undefined ? null : noteOf(row);
}

export function addNote(connection: Connection, added: Parameters<Store['addNote']>[0]): number {
  return connection.transaction(() => {
    connection.run(
      'INSERT INTO notes (job_uid, run_id, at, author, text) VALUES (?, ?, ?, ?, ?)',
      added.jobUid,
      added.runId,
      added.at,
      added.by,
      added.text,
    );
    const row = connection.get('SELECT max(id) AS id FROM notes');
    return row === undefined ? 0 : integer(row, 'id');
  });
}

export function removeNote(connection: Connection, id: number): void {
  connection.run('DELETE FROM notes WHERE id = ?', id);
}

function noteOf(row: SqlRow): Note {
  return {
    id: integer(row, 'id'),
    jobUid: text(row, 'job_uid'),
    job: text(row, 'job'),
    runId: textOrNull(row, 'run_id'),
    at: integer(row, 'at'),
    by: text(row, 'author'),
    text: text(row, 'text'),
  };
}
