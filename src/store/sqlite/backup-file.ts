// A backup is one SQLite file: the store as it was at one moment and, when asked
// for, the run logs in pieces. Written by a reader beside the daemon, which goes on
// meanwhile. Where it is put back is decided in restore-store.ts.
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { processStart } from '../../system/process-identity.ts';
import { draftNameOf, whyNoDatabase, writerOfDraft } from './backup-candidate.ts';
import type { Connection } from './connection.ts';
import { connectTo, copyStore, makeDurable, syncDirectory } from './copy-store.ts';
import { readSchemaVersion, schemaVersion } from './migrations.ts';
import { integer, text } from './rows.ts';

/** Fact in a backup: when it was made (epoch ms). */
export const backupMadeFact = 'backup.made';

/** One piece of a file of a run directory. */
export interface LogPiece {
  readonly run: string;
  readonly attempt: number;
  readonly file: string;
  /** From 0. */
  readonly piece: number;
  readonly bytes: Uint8Array;
}

export const backupLogsSchema = `CREATE TABLE backup_logs (
  run TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  file TEXT NOT NULL,
  piece INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (run, attempt, file, piece)
) STRICT`;

export interface BackupFacts {
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly lineage: string;
  /** Null for a plain copy of a store. */
  readonly madeAt: number | null;
  /** Newest revision; 0 for none. */
  readonly revision: number;
  readonly jobs: number;
  readonly runs: number;
  /** Null when it holds none. */
  readonly logs: { readonly files: number; readonly bytes: number } | null;
}

/**
 * Writes the backup and checks it before it gets its name: whatever stands there
 * is whole. `logsOf` is asked for the log pieces of each run that the backup holds.
 * Throws what the disk says; nothing is left behind then.
 */
export function writeBackup(input: {
  readonly database: string;
  readonly file: string;
  readonly madeAt: number;
  readonly logsOf: ((runId: string) => Iterable<LogPiece>) | null;
}): BackupFacts {
  const { database, file } = input;
  const draft = draftNameOf(file, process.pid);
  removeLeftDrafts(file);
  try {
    copyStore(database, draft);
    const copy = connectTo(draft, false);
    try {
      copy.transaction(() => {
        copy.run(
          'INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
          backupMadeFact,
          String(input.madeAt),
        );
        if (input.logsOf !== null) addLogs(copy, input.logsOf);
      });
    } finally {
      copy.close();
    }
    const facts = inspectBackup(draft);
    makeDurable(draft);
    renameSync(draft, file);
    syncDirectory(dirname(file));
    return facts;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Drafts that a killed backup to the same file has left. */
function removeLeftDrafts(file: string): void {
  for (const name of readdirSync(dirname(file))) {
    const pid = writerOfDraft(name);
    if (pid === null || name !== draftNameOf(basename(file), pid)) continue;
    if (processStart(pid) === null) rmSync(join(dirname(file), name), { force: true });
  }
}

function addLogs(copy: Connection, logsOf: (runId: string) => Iterable<LogPiece>): void {
  copy.exec(backupLogsSchema);
  for (const row of copy.all('SELECT id FROM runs WHERE attempts > 0 ORDER BY id')) {
    for (const { run, attempt, file, piece, bytes } of logsOf(text(row, 'id'))) {
      copy.run('INSERT INTO backup_logs VALUES (?, ?, ?, ?, ?)', run, attempt, file, piece, bytes);
    }
  }
}

/**
 * Looks through the whole file. Throws Jm2Error JM2-T112 when it is not a store of
 * jm2 or is damaged, JM2-T102 when it comes from a newer version.
 */
export function inspectBackup(file: string): BackupFacts {
  const why = whyNoDatabase(file);
  if (why !== null) throw noBackup(file, why);
  try {
    const connection = connectTo(file, true);
    try {
      return lookThrough(connection, file);
    } finally {
      connection.close();
    }
  } catch (error) {
    // What the store's codes advise is for the store, and this file is another one.
    if (!(error instanceof Jm2Error) || error.code === 'JM2-T102' || error.code === 'JM2-T112')
      throw error;
    const { cause } = error;
    const said = cause instanceof Error ? cause.message : error.detail;
    throw noBackup(file, `it cannot be read as a database: ${said}`, error);
  }
}

function lookThrough(connection: Connection, file: string): BackupFacts {
  const version = readSchemaVersion(connection);
  if (version > schemaVersion) {
    throw operationalError('JM2-T102', {
      detail: `The backup ${file} has schema version ${version}; this jm2 knows versions up to ${schemaVersion}.`,
      hint: 'Use the jm2 that made it or a newer one, or an earlier backup.',
    });
  }
  const problem = problemOf(connection);
  if (problem !== null) throw noBackup(file, problem);
  const madeAt = numberOrNull(factOf(connection, backupMadeFact));
  if (madeAt === null && writerOfDraft(file) !== null) {
    throw noBackup(file, 'it is a draft: jm2 backup is still writing it, or was cut off');
  }
  const one = (sql: string): number => integer(connection.get(sql) ?? {}, 'n');
  return {
    bytes: statSync(file).size,
    schemaVersion: version,
    lineage: factOf(connection, 'store.lineage') ?? '',
    madeAt,
    revision: one('SELECT coalesce(max(number), 0) AS n FROM revisions'),
    jobs: one('SELECT count(*) AS n FROM jobs WHERE removed_at IS NULL'),
    runs: one('SELECT count(*) AS n FROM runs'),
    logs: logFacts(connection),
  };
}

function problemOf(connection: Connection): string | null {
  const tables = connection.all(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('facts', 'revisions', 'jobs', 'runs')",
  );
  if (tables.length < 4 || readSchemaVersion(connection) === 0) {
    return 'it is a database, but not a store of jm2';
  }
  if (factOf(connection, 'store.lineage') === null) return 'it does not say whose store it is';
  const check = connection.get('PRAGMA integrity_check(1)')?.['integrity_check'];
  if (check !== 'ok') return `it is damaged: ${String(check)}`;
  const dangling = connection.all('PRAGMA foreign_key_check').length;
  return dangling === 0 ? null : `it is damaged: ${dangling} rows refer to rows that are missing`;
}

function logFacts(connection: Connection): BackupFacts['logs'] {
  const table = "SELECT 1 AS n FROM sqlite_schema WHERE name = 'backup_logs'";
  if (connection.get(table) === undefined) return null;
  const files = 'SELECT count(*) AS n FROM (SELECT DISTINCT run, attempt, file FROM backup_logs)';
  const bytes = 'SELECT coalesce(sum(length(bytes)), 0) AS n FROM backup_logs';
  return {
    files: integer(connection.get(files) ?? {}, 'n'),
    bytes: integer(connection.get(bytes) ?? {}, 'n'),
  };
}

export function factOf(connection: Connection, key: string): string | null {
  const row = connection.get('SELECT value FROM facts WHERE key = ?', key);
  return row === undefined ? null : text(row, 'value');
}

function numberOrNull(value: string | null): number | null {
  const number = Number(value ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : null;
}

function noBackup(file: string, why: string, cause?: unknown): Jm2Error {
  return operationalError('JM2-T112', { detail: `${file}: ${why}`, cause });
}
