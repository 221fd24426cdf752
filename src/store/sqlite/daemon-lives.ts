// What is recorded about the times in which a daemon was there and in which it
// could not admit. What follows from it is decided in core/runs and core/why.
import type { Interruption, InterruptionCause } from '../../core/runs/interruption.ts';
import type { DaemonEnd, DaemonLife, LifeChange } from '../../core/runs/daemon-life.ts';
import type { RecordedInterruption } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SqlRow } from './load-binding.ts';
import { integer, integerOrNull, text, textOrNull } from './rows.ts';

/** Rows beyond these are the oldest and go when a new one comes. */
const daemonsMax = 1_000;
const interruptionsMax = 10_000;

export function beginLife(connection: Connection, life: DaemonLife): void {
  connection.transaction(() => {
    connection.run(
      `INSERT INTO daemons (id, version, pid, boot_id, started_at, seen_at) VALUES (?, ?, ?, ?, ?, ?)`,
      life.id,
      life.version,
      life.pid,
      life.bootId,
      life.startedAt,
      life.seenAt,
    );
    connection.run(
      `DELETE FROM daemons WHERE ended_at IS NOT NULL AND id NOT IN
         (SELECT id FROM daemons ORDER BY started_at DESC, id DESC LIMIT ?)`,
      daemonsMax,
    );
  });
}

/** What is not given stays; an end is written once. */
export function changeLife(connection: Connection, id: string, change: LifeChange): void {
  connection.run(
    `UPDATE daemons SET admitting_from = coalesce(?, admitting_from),
       admitting_until = coalesce(?, admitting_until), seen_at = max(seen_at, coalesce(?, seen_at)),
       ended_at = ?, end = ?
     WHERE id = ? AND end IS NULL`,
    change.admittingFrom ?? null,
    change.admittingUntil ?? null,
    change.seenAt ?? null,
    change.ended?.at ?? null,
    change.ended?.how ?? null,
    id,
  );
}

/** Newest first. */
export function lives(connection: Connection, limit: number): DaemonLife[] {
  return connection
    .all('SELECT * FROM daemons ORDER BY started_at DESC, id DESC LIMIT ?', limit)
    .map(toLife);
}

export function recordInterruption(
  connection: Connection,
  interrupted: Interruption,
  stepMs: number | null,
): void {
  connection.run(
    'INSERT INTO interruptions (from_at, until_at, causes, step_ms) VALUES (?, ?, ?, ?)',
    interrupted.from,
    interrupted.until,
    JSON.stringify(interrupted.causes),
    stepMs,
  );
  connection.run(
    'DELETE FROM interruptions WHERE id <= (SELECT max(id) FROM interruptions) - ?',
    interruptionsMax,
  );
}

/** Those that reach into [since, until], newest first. */
export function interruptions(
  connection: Connection,
  range: { readonly since: number; readonly until: number; readonly limit: number },
): RecordedInterruption[] {
  return connection
    .all(
      `SELECT * FROM interruptions WHERE until_at >= ? AND coalesce(from_at, until_at) <= ?
       ORDER BY until_at DESC, id DESC LIMIT ?`,
      range.since,
      range.until,
      range.limit,
    )
    .map((row) => ({
      causes: JSON.parse(text(row, 'causes')) as InterruptionCause[],
      from: integerOrNull(row, 'from_at'),
      until: integer(row, 'until_at'),
      stepMs: integerOrNull(row, 'step_ms'),
    }));
}

function toLife(row: SqlRow): DaemonLife {
  const endedAt = integerOrNull(row, 'ended_at');
  return {
    id: text(row, 'id'),
    version: text(row, 'version'),
    pid: integer(row, 'pid'),
    bootId: text(row, 'boot_id'),
    startedAt: integer(row, 'started_at'),
    admittingFrom: integerOrNull(row, 'admitting_from'),
    admittingUntil: integerOrNull(row, 'admitting_until'),
    seenAt: integer(row, 'seen_at'),
    ended: endedAt === null ? null : { at: endedAt, how: textOrNull(row, 'end') as DaemonEnd },
  };
}
