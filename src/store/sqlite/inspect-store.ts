// Looks a store through and says in one word how it is, whatever it is. Writes
// nothing; a running daemon may go on with it meanwhile.
import { accessSync, constants, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { Jm2Error } from '../../core/diagnostics/jm2-error.ts';
import type { Connection } from './connection.ts';
import { connectTo } from './copy-store.ts';
import { loadBinding } from './load-binding.ts';
import { readSchemaVersion, schemaVersion } from './migrations.ts';
import { hasWalResetFix, openDatabaseForReading } from './open-database.ts';
import { integerOrNull } from './rows.ts';

export interface StoreInspection {
  /** `empty`: the file has no content, or no store has been made in it yet. */
  readonly state: 'missing' | 'empty' | 'damaged' | 'unreadable' | 'newer' | 'older' | 'sound';
  /** In words; nothing for a sound one. */
  readonly problems: readonly string[];
}

/** What the check of SQLite itself tells at most. */
const problemsMax = 20;

export function inspectStore(path: string): StoreInspection {
  const found = statOf(path);
  if (found === null) return { state: 'missing', problems: [] };
  if (!found.isFile()) return { state: 'unreadable', problems: [`${path} is no file`] };
  if (found.size === 0) return { state: 'empty', problems: [`${path} is empty`] };
  try {
    accessSync(path, constants.R_OK);
  } catch {
    return { state: 'unreadable', problems: [`${path} may not be read by this account`] };
  }
  try {
    const connection = openDatabaseForReading(path);
    if (connection === null) return { state: 'empty', problems: [`${path} holds no store`] };
    return looked(connection, 'sound');
  } catch (error) {
    const isNewer = error instanceof Jm2Error && error.code === 'JM2-T102';
    if (isNewer) return { state: 'newer', problems: [error.detail] };
    return olderOrDamaged(path, wordsOf(error));
  }
}

/** Newest revision of a store that an earlier jm2 wrote, 0 for none; null for any other store. */
export function revisionOfOlder(path: string): number | null {
  if (inspectStore(path).state !== 'older') return null;
  const connection = connectTo(path, true);
  try {
    const row = connection.get('SELECT max(number) AS newest FROM revisions');
    return row === undefined ? 0 : (integerOrNull(row, 'newest') ?? 0);
  } finally {
    connection.close();
  }
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Whatever SQLite says of a damaged file: not every answer to one is foreseen. */
function wordsOf(error: unknown): string {
  if (error instanceof Jm2Error) return error.detail;
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

export function sqliteRelease(): { readonly version: string; readonly isSound: boolean } {
  const { DatabaseSync } = loadBinding();
  const database = new DatabaseSync(':memory:', { readOnly: false });
  try {
    const row = database.prepare('SELECT sqlite_version() AS version').get();
    const version = String(row?.['version']);
    return { version, isSound: hasWalResetFix(version) };
  } finally {
    database.close();
  }
}

function looked(connection: Connection, state: 'sound' | 'older'): StoreInspection {
  try {
    const rows = connection.all(`PRAGMA quick_check(${problemsMax})`);
    const problems = rows.map((row) => String(row['quick_check'])).filter((word) => word !== 'ok');
    return problems.length === 0 ? { state, problems } : { state: 'damaged', problems };
  } finally {
    connection.close();
  }
}

function olderOrDamaged(path: string, refusal: string): StoreInspection {
  const damaged = { state: 'damaged', problems: [refusal] } as const;
  try {
    const connection = connectTo(path, true);
    const version = readSchemaVersion(connection);
    if (version > 0 && version < schemaVersion) {
      const { state, problems } = looked(connection, 'older');
      const words = `schema version ${version}, and ${schemaVersion} is wanted`;
      return { state, problems: state === 'older' ? [words] : problems };
    }
    connection.close();
    return damaged;
  } catch {
    return damaged;
  }
}
