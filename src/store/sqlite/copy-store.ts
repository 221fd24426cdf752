// Copies a store as it is at one moment, also while others write it, and makes
// copies durable. What copies are for is decided elsewhere.
import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { Connection } from './connection.ts';
import { loadBinding } from './load-binding.ts';

/** A consistent copy of a database that others may be writing, for the owner alone. */
export function copyStore(from: string, to: string): void {
  rmSync(to, { force: true });
  // Made by us first, because SQLite would make it readable for others.
  closeSync(openSync(to, 'wx', 0o600));
  const source = connectTo(from, true);
  try {
    source.exec('PRAGMA busy_timeout = 5000');
    source.run('VACUUM INTO ?', to);
  } finally {
    source.close();
  }
}

export function connectTo(path: string, readOnly: boolean): Connection {
  const { DatabaseSync } = loadBinding();
  try {
    return new Connection(new DatabaseSync(path, { readOnly }), path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw operationalError('JM2-T101', { detail: why, cause });
  }
}

export function makeDurable(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
