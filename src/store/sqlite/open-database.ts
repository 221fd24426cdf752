// Opens the database file: pragmas, version and health. A damaged file is set
// aside by the writer and only reported to a reader.
import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs';
import type { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { recoveredFact } from '../recovered.ts';
import { restoredFact, settledRestoreFact } from '../restored.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { loadBinding, type BoundDatabase } from './load-binding.ts';
import {
  keepBeforeMigration,
  migrate,
  readSchemaVersion,
  refuseNewerSchema,
  schemaVersion,
} from './migrations.ts';
import { isCannotOpen, isCorruption, mapSqliteError } from './sqlite-errors.ts';

/** How long opening and reading wait for somebody else who writes. */
const busyTimeoutMs = 5000;
/**
 * How long a write of the daemon waits. Waiting blocks its event loop, so it is
 * short; the scheduler and the API try again later instead.
 */
const writerBusyTimeoutMs = 100;
/** The WAL file is cut back to this after a checkpoint. */
const journalSizeLimitBytes = 64 * 1024 * 1024;

const writerPragmas = `PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
  PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = ${journalSizeLimitBytes}`;

/** A damaged store that was moved out of the way. */
export interface SetAside {
  /** Null when there was no file any more. */
  readonly path: string | null;
  readonly reason: string;
}

export interface OpenedDatabase {
  readonly connection: Connection;
  readonly setAside: SetAside | null;
  /** In words, for the daemon log. */
  readonly warnings: readonly string[];
}

export interface OpenOptions {
  /** Names a file that is set aside, and the copy of one that is migrated. */
  readonly now: number;
  readonly onFault?: (error: Jm2Error) => unknown;
  /** Other files tell that there was a store: one that is missing or empty was lost. */
  readonly expectsHistory?: boolean;
  /** There are directories of runs, which no store makes before its first revision. */
  readonly expectsRevision?: boolean;
}

/** For the one writing process. */
export function openDatabase(path: string, options: OpenOptions): OpenedDatabase {
  const { now } = options;
  let setAside = options.expectsHistory === true ? moveEmptyAside(path, now) : null;
  let connection = openHealthy(path, options, setAside === null);
  if (!(connection instanceof Connection)) {
    // Before the close, which would delete the WAL of the damaged file, or write
    // it into that file: both are evidence.
    setAside = moveAside(path, now, connection.damage);
    connection.close();
    connection = openHealthy(path, options, false);
    if (!(connection instanceof Connection)) {
      connection.close();
      throw operationalError('JM2-T101', { detail: `${path}: ${connection.damage}` });
    }
  }
  return { connection, setAside, warnings: warningsOf(connection) };
}

/**
 * For commands while no daemon runs: reads, creates no store, needs no write
 * access. Null when there is no store yet. Throws JM2-T101 for a damaged one.
 */
export function openDatabaseForReading(path: string): Connection | null {
  if (!existsSync(path) || statSync(path).size === 0) return null;
  let connection = connect(path, path, true);
  try {
    connection.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    // The first read opens the WAL's index, which needs to write beside the file.
    readVersionOrThrow(connection);
  } catch (error) {
    connection.close();
    if (!isCannotOpen(causeOf(error)) || hasContent(`${path}-wal`)) throw error;
    // A read-only directory and nothing in the WAL: the file alone is the whole truth.
    connection = connect(`file:${encodeURI(path)}?immutable=1`, path, true);
  }
  try {
    refuseNewerSchema(connection);
    const version = readSchemaVersion(connection);
    if (version === schemaVersion) return connection;
    if (version > 0) {
      throw operationalError('JM2-T101', {
        detail: `${path} has schema version ${version}, this jm2 reads version ${schemaVersion}.`,
        hint: 'Start the daemon once (`jm2 start`): it brings the store up to date.',
      });
    }
  } catch (error) {
    connection.close();
    throw error;
  }
  connection.close();
  return null;
}

function connect(
  location: string,
  path: string,
  readOnly: boolean,
  options: ConnectionOptions = {},
): Connection {
  const { DatabaseSync } = loadBinding();
  try {
    return new Connection(new DatabaseSync(location, { readOnly }), path, options);
  } catch (error) {
    throw mapSqliteError(error, path);
  }
}

/** A damaged file, still open: `close` when it is out of the way. */
interface Damaged {
  readonly damage: string;
  close(): void;
}

function openHealthy(
  path: string,
  options: OpenOptions,
  mayHaveHistory: boolean,
): Connection | Damaged {
  const { onFault } = options;
  // Made by us first, so that the database and its -wal and -shm are the owner's alone.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const connection = connect(path, path, false, {
    ...(path === ':memory:' ? {} : { reopen: () => openAgain(path) }),
    ...(onFault === undefined ? {} : { onFault }),
  });
  try {
    connection.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    // Before anything that could write: a newer store is left untouched.
    refuseNewerSchema(connection);
    connection.get('PRAGMA journal_mode = WAL');
    connection.exec(writerPragmas);
    const answer = connection.get('PRAGMA quick_check(1)')?.['quick_check'];
    if (answer !== 'ok') {
      return { damage: String(answer), close: () => connection.close() };
    }
    if (mayHaveHistory && hasForgotten(connection, options)) {
      const damage = 'the file knows nothing of what was there before';
      return { damage, close: () => connection.close() };
    }
    keepBeforeMigration(connection);
    migrate(connection);
    connection.exec(`PRAGMA busy_timeout = ${writerBusyTimeoutMs}`);
    return connection;
  } catch (error) {
    const cause = causeOf(error);
    if (isCorruption(cause)) {
      const damage = cause instanceof Error ? cause.message : '';
      return { damage, close: () => connection.close() };
    }
    connection.close();
    throw error;
  }
}

/**
 * What a young store knows may be in its WAL alone: without that file it looks new.
 * One that began anew, or was put back, says so itself and is not taken for it.
 */
function hasForgotten(
  connection: Connection,
  { expectsHistory = false, expectsRevision = false }: OpenOptions,
): boolean {
  if (!expectsHistory && !expectsRevision) return false;
  const version = readSchemaVersion(connection);
  if (version !== schemaVersion) return version === 0;
  const known = connection.get(
    `SELECT EXISTS (SELECT 1 FROM revisions) AS revision, EXISTS (SELECT 1 FROM daemons) AS life,
       EXISTS (SELECT 1 FROM facts WHERE key IN (?, ?, ?)) AS word`,
    recoveredFact,
    restoredFact,
    settledRestoreFact,
  );
  if (known?.['revision'] === 1 || known?.['word'] === 1) return false;
  return expectsRevision || known?.['life'] !== 1;
}

/** The same file once more after a fault. Throws while it cannot be written, or is not ours any more. */
function openAgain(path: string): BoundDatabase {
  const { DatabaseSync } = loadBinding();
  if (!hasContent(path)) {
    const detail = `${path} was removed while the daemon ran.`;
    throw operationalError('JM2-T101', { detail, hint: 'Restart the daemon: `jm2 restart`.' });
  }
  const database = new DatabaseSync(path, { readOnly: false });
  try {
    database.exec(`PRAGMA busy_timeout = ${writerBusyTimeoutMs}; ${writerPragmas}`);
    // Proves that it can be written: SQLite opens what is read-only without a word.
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * The database first: a crash after it leaves a -wal without its database,
 * whose salt does not match the next one and which SQLite then discards.
 */
function moveAside(path: string, now: number, reason: string): SetAside {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  let target = `${path}.corrupt-${stamp}`;
  for (let again = 2; existsSync(target) && again < 1000; again += 1) {
    target = `${path}.corrupt-${stamp}-${again}`;
  }
  const isThere = existsSync(path);
  if (isThere) renameSync(path, target);
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return { path: isThere ? target : null, reason };
}

/** SQLite takes an empty file for a new database, and begins one where there is none. */
function moveEmptyAside(path: string, now: number): SetAside | null {
  if (hasContent(path)) return null;
  return moveAside(path, now, existsSync(path) ? 'the file was empty' : 'the file was missing');
}

function warningsOf(connection: Connection): string[] {
  const warnings: string[] = [];
  const version = String(connection.get('SELECT sqlite_version() AS version')?.['version']);
  if (!hasWalResetFix(version)) {
    warnings.push(
      `SQLite ${version} lacks a fix for a rare corruption of databases in WAL mode (3.51.3 has it); update Node.`,
    );
  }
  const mode = String(connection.get('PRAGMA journal_mode')?.['journal_mode']);
  if (mode !== 'wal' && mode !== 'memory') {
    warnings.push(
      `${connection.path} could not be put into WAL mode (it is in "${mode}"); is it on a network file system? Commands may make the daemon wait.`,
    );
  }
  return warnings;
}

/** 3.52.0 was withdrawn; later ones carry the fix again. */
export function hasWalResetFix(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== 3) return major > 3;
  if (minor === 51) return patch >= 3;
  return minor > 52 || (minor === 52 && patch > 0);
}

function readVersionOrThrow(connection: Connection): void {
  readSchemaVersion(connection);
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

function hasContent(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0;
}
