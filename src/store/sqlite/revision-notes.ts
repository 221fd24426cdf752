// Why a revision came, what it brings back, and the names that people gave it.
// Few revisions have any of it, so it stands in tables of its own.
import type { RevisionNote, Store } from '../store.ts';
import type { Connection } from './connection.ts';
import { integer, integerOrNull, text, textOrNull } from './rows.ts';

export function revisionNotes(connection: Connection): Map<number, RevisionNote> {
  const notes = new Map<number, RevisionNote & { tags: string[] }>();
  for (const row of connection.all('SELECT number, reason, restores FROM revision_notes')) {
    notes.set(integer(row, 'number'), {
      reason: textOrNull(row, 'reason'),
      restores: integerOrNull(row, 'restores'),
      tags: [],
    });
  }
  for (const row of connection.all('SELECT number, name FROM revision_tags ORDER BY name')) {
    const number = integer(row, 'number');
    const note = notes.get(number) ?? { reason: null, restores: null, tags: [] };
    note.tags.push(text(row, 'name'));
    notes.set(number, note);
  }
  return notes;
}

/** The first reason stands; one that comes later fills its place where there is none. */
export function noteRevision(
  connection: Connection,
  number: number,
  { reason, restores }: Parameters<Store['noteRevision']>[1],
): void {
  connection.run(
    `INSERT INTO revision_notes (number, reason, restores) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET reason = coalesce(reason, excluded.reason)`,
    number,
    reason,
    restores,
  );
}

export function tagRevision(
  connection: Connection,
  ...[name, number, { at, by }]: Parameters<Store['tagRevision']>
): void {
  connection.transaction(() => {
    connection.run('DELETE FROM revision_tags WHERE name = ?', name);
    if (number === null) return;
    connection.run(
      'INSERT INTO revision_tags (name, number, at, tagged_by) VALUES (?, ?, ?, ?)',
      name,
      number,
      at,
      by,
    );
  });
}

const expendable = `SELECT number FROM revisions AS r
  WHERE number <= (SELECT max(number) FROM revisions) - ?1 AND applied_at < ?2
    AND NOT EXISTS (SELECT 1 FROM revision_tags AS t WHERE t.number = r.number)
    AND NOT EXISTS (SELECT 1 FROM jobs AS j WHERE j.revision = r.number)`;

export function pruneRevisions(
  connection: Connection,
  { keep, olderThan }: Parameters<Store['pruneRevisions']>[0],
): number {
  return connection.transaction(() => {
    connection.run(`DELETE FROM revision_notes WHERE number IN (${expendable})`, keep, olderThan);
    return connection.run(`DELETE FROM revisions WHERE number IN (${expendable})`, keep, olderThan);
  });
}
