// Decides which SQLite binding is used: the one built into Node where it is
// stable, else the optional package with the same interface. Nobody else knows
// that there are two.
import { createRequire } from 'node:module';
import { operationalError } from '../../core/diagnostics/registry.ts';

/** What a column holds or a parameter takes. Instants and counts are safe integers. */
export type SqlValue = null | number | string | Uint8Array;

export type SqlRow = Readonly<Record<string, unknown>>;

/** The part of a prepared statement that both bindings have. */
export interface BoundStatement {
  all(...parameters: SqlValue[]): SqlRow[];
  get(...parameters: SqlValue[]): SqlRow | undefined;
  run(...parameters: SqlValue[]): { changes: number | bigint };
}

/** The part of a connection that both bindings have. */
export interface BoundDatabase {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): BoundStatement;
  close(): void;
}

interface Binding {
  readonly DatabaseSync: new (path: string, options: { readOnly: boolean }) => BoundDatabase;
}

const replacement = '@photostructure/sqlite';

/** True where node:sqlite loads without a warning about being experimental. */
export function hasBuiltInSqlite(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  // 24.15 and 25.7 are the first of their lines without the warning.
  return major >= 26 || (major === 25 && minor >= 7) || (major === 24 && minor >= 15);
}

/** Throws Jm2Error JM2-T105 when there is neither. */
export function loadBinding(
  nodeVersion: string = process.versions.node,
  require: (name: string) => unknown = createRequire(import.meta.url),
): Binding {
  // Through require, so that a bundler leaves both alone and a missing one is an answer.
  const name = hasBuiltInSqlite(nodeVersion) ? 'node:sqlite' : replacement;
  try {
    return require(name) as Binding;
  } catch (cause) {
    throw operationalError('JM2-T105', {
      detail: `Node ${nodeVersion} on ${process.platform} ${process.arch} needs the package ${replacement}, which could not be loaded: ${firstLine(cause)}`,
      cause,
    });
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
