// Decides how a store of an earlier version becomes one of this version: numbered
// steps, counted in PRAGMA user_version, each in a transaction. Never downwards.
import { renameSync, rmSync } from 'node:fs';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { sealOldRows } from './audit-chain.ts';
import type { Connection } from './connection.ts';
import { copyStore } from './copy-store.ts';
import { schemaV1 } from './schema-v1.ts';
import { schemaV2 } from './schema-v2.ts';

/** Step n turns version n into n + 1. */
const steps: readonly string[] = [schemaV1, schemaV2];

/** The version this program reads and writes. */
export const schemaVersion = steps.length;

export function readSchemaVersion(connection: Connection): number {
  return Number(connection.get('PRAGMA user_version')?.['user_version']);
}

/** Throws Jm2Error JM2-T102 for a store this program is too old for; touches nothing. */
export function refuseNewerSchema(connection: Connection): void {
  const found = readSchemaVersion(connection);
  if (found <= schemaVersion) return;
  throw operationalError('JM2-T102', {
    detail: `${connection.path} has schema version ${found}; this jm2 knows versions up to ${schemaVersion}. The file was left as it is.`,
  });
}

/**
 * Before an upgrade of the schema the store is copied beside itself, once and for
 * the newest upgrade only: `jm2.db.v1-backup`. A crash leaves it or not; the next
 * start makes it then, as the version has not moved.
 */
export function keepBeforeMigration(connection: Connection): void {
  const { path } = connection;
  const version = readSchemaVersion(connection);
  if (version === 0 || version >= schemaVersion || path === ':memory:') return;
  const draft = `${path}.upgrading`;
  copyStore(path, draft);
  for (let older = 1; older <= version; older += 1)
    rmSync(`${path}.v${older}-backup`, { force: true });
  renameSync(draft, `${path}.v${version}-backup`);
}

/** A crash between two steps leaves the last complete version; the next start goes on from it. */
export function migrate(connection: Connection): void {
  for (let version = readSchemaVersion(connection); version < schemaVersion; version += 1) {
    connection.transaction(() => {
      connection.exec(steps[version] ?? '');
      if (version === 1) sealOldRows(connection);
      connection.exec(`PRAGMA user_version = ${version + 1}`);
    });
  }
}
