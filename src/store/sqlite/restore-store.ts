// Puts a backup in the place of the store while no daemon runs. What may have
// happened after the backup is not known, so nothing that could start twice is
// left open: waiting runs are closed here, occurrences by the next daemon, which
// finds the fact `store.restored`. Whether to restore is decided by the caller.
import { existsSync, linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { restoredFact, type Restored } from '../restored.ts';
import { backupMadeFact, factOf, type LogPiece } from './backup-file.ts';
import type { Connection } from './connection.ts';
import { connectTo, copyStore, makeDurable, syncDirectory } from './copy-store.ts';
import { integer, text } from './rows.ts';
import { unfinishedTerm } from './schema-v1.ts';
import { endAttempt, endRun } from './write-runs.ts';

const draftSuffix = '.restoring';

export interface RestoreResult {
  /** The store that was there before; null for none. */
  readonly replaced: string | null;
  /** Runs that were waiting or unknown and were closed. */
  readonly closed: number;
}

export interface RestoreInput {
  readonly backup: string;
  readonly database: string;
  readonly at: number;
  /** Whether an attempt's start token is there: then recovery knows more than the backup. */
  readonly hasBegun: (runId: string, attempt: number) => boolean;
  /** Given the log pieces of the backup, in order. */
  readonly putLog: (piece: LogPiece) => void;
  readonly logsEnd: () => void;
}

/**
 * Everything is prepared in a file of its own and takes the store's place by one
 * rename: a crash leaves the old store or the new one, whole. Throws JM2-T103 while
 * another process keeps the old one from being folded into one file; nothing is
 * changed then.
 */
export function restoreStore(input: RestoreInput): RestoreResult {
  const { database } = input;
  const draft = `${database}${draftSuffix}`;
  removeDraft(draft);
  // Before anything is written, and again when it counts.
  foldWal(database);
  copyStore(input.backup, draft);
  const closed = prepare(draft, input);
  makeDurable(draft);
  const replaced = setAside(database, draft, input.at);
  renameSync(draft, database);
  syncDirectory(dirname(database));
  return { replaced, closed };
}

/** Lineage of the store that is to be replaced; null when there is none that can be read. */
export function lineageInPlace(
  database: string,
): { readonly lineage: string; readonly beganAnew: boolean } | null {
  if (!existsSync(database)) return null;
  try {
    const connection = connectTo(database, true);
    try {
      const lineage = factOf(connection, 'store.lineage');
      const beganAnew = factOf(connection, 'store.recovered') !== null;
      return lineage === null ? null : { lineage, beganAnew };
    } finally {
      connection.close();
    }
  } catch {
    // Damaged, which is a reason to restore.
    return null;
  }
}

function prepare(draft: string, input: RestoreInput): number {
  const connection = connectTo(draft, false);
  try {
    const logs = connection.get("SELECT 1 AS n FROM sqlite_schema WHERE name = 'backup_logs'");
    if (logs !== undefined) {
      putLogs(connection, input.putLog);
      input.logsEnd();
      connection.exec('DROP TABLE backup_logs; VACUUM');
    }
    return connection.transaction(() => {
      const madeAt = Number(factOf(connection, backupMadeFact) ?? Number.NaN);
      const restored: Restored = {
        at: input.at,
        madeAt: Number.isSafeInteger(madeAt) ? madeAt : null,
        onPurpose: true,
      };
      connection.run('DELETE FROM facts WHERE key = ?', backupMadeFact);
      connection.run(
        'INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
        restoredFact,
        JSON.stringify(restored),
      );
      return closeUnfinished(connection, input);
    });
  } finally {
    connection.close();
  }
}

/** One row after the other: all pieces at once may be more than memory holds. */
function putLogs(connection: Connection, putLog: (piece: LogPiece) => void): void {
  const first = { run: '', attempt: -1, file: '', piece: -1 };
  for (let last = first; ;) {
    const row = connection.get(
      `SELECT run, attempt, file, piece, bytes FROM backup_logs
       WHERE (run, attempt, file, piece) > (?, ?, ?, ?)
       ORDER BY run, attempt, file, piece LIMIT 1`,
      last.run,
      last.attempt,
      last.file,
      last.piece,
    );
    if (row === undefined) return;
    last = {
      run: text(row, 'run'),
      attempt: integer(row, 'attempt'),
      file: text(row, 'file'),
      piece: integer(row, 'piece'),
    };
    putLog({ ...last, bytes: row['bytes'] as Uint8Array });
  }
}

/**
 * A run that waited when the backup was made may have run since: it is not started
 * again. One that ran is left to recovery when its start token is there.
 */
function closeUnfinished(connection: Connection, { at, hasBegun }: RestoreInput): number {
  const rows = connection.all(`SELECT id, state, attempts FROM runs WHERE ${unfinishedTerm}`);
  let closed = 0;
  for (const row of rows) {
    const [id, attempt] = [text(row, 'id'), integer(row, 'attempts')];
    const isRunning = text(row, 'state') === 'running';
    if (isRunning && hasBegun(id, attempt)) continue;
    const end = { endedAt: at, exitCode: null, signal: null };
    if (isRunning) {
      const lost = { ...end, state: 'lost', reason: 'restored from a backup made while it ran' };
      endAttempt(connection, id, attempt, lost as Parameters<typeof endAttempt>[3]);
      endRun(connection, id, lost as Parameters<typeof endRun>[2]);
    } else {
      const reason = 'restored from a backup made while it waited; it may have run since';
      endRun(connection, id, { ...end, state: 'canceled', reason });
    }
    closed += 1;
  }
  return closed;
}

/**
 * The old store stays under another name, whole: with its WAL folded into it, or,
 * when it is too damaged for that, with its WAL beside it. Under the old name no
 * WAL may stay, because it would be replayed into the new store. A crash after
 * that leaves a damaged store without the last of its commits there; under the
 * new name it has them.
 */
function setAside(database: string, draft: string, at: number): string | null {
  if (!existsSync(database)) {
    removeWal(database);
    return null;
  }
  try {
    foldWal(database);
  } catch (error) {
    removeDraft(draft);
    throw error;
  }
  const stamp = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const target = freeName(`${database}.before-restore-${stamp}`);
  // Second names, so that there is a store at every moment, here and there.
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(database + suffix)) linkSync(database + suffix, target + suffix);
  }
  syncDirectory(dirname(database));
  removeWal(database);
  return target;
}

function removeWal(database: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(database + suffix, { force: true });
}

function removeDraft(draft: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(draft + suffix, { force: true });
}

/** Momentary readers, such as a command, are gone sooner. */
const readersGoneWithinMs = 1_000;

/** Throws JM2-T103 when a reader stands in the way; a damaged store is left as it is. */
function foldWal(database: string): void {
  if (!existsSync(database)) return;
  try {
    const connection = connectTo(database, false);
    try {
      connection.exec(`PRAGMA busy_timeout = ${readersGoneWithinMs}`);
      // Answers that it was kept from its work instead of failing.
      const answer = connection.get('PRAGMA wal_checkpoint(TRUNCATE)');
      if (answer?.['busy'] !== 0) throw isRead(database);
    } finally {
      // The last one to close removes the WAL.
      connection.close();
    }
  } catch (error) {
    if (error instanceof Jm2Error && error.code === 'JM2-T103') throw isRead(database);
    // Damaged: kept as it is.
  }
}

function isRead(database: string): Jm2Error {
  return operationalError('JM2-T103', {
    detail: `Another process has ${database} open and reads it, so its last commits cannot be kept. Nothing was restored.`,
    hint: `Find it with \`fuser -v ${database}\`, let it end, then restore again.`,
  });
}

function freeName(wanted: string): string {
  const taken = new Set(readdirSync(dirname(wanted)));
  for (let again = 1; again < 1_000; again += 1) {
    const name = again === 1 ? wanted : `${wanted}-${again}`;
    if (!taken.has(basename(name))) return join(dirname(wanted), basename(name));
  }
  return wanted;
}
