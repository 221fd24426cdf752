// The audit as rows: each one sealed with the row before it, in the transaction of
// what it tells. How a seal is made and judged is in core/sync/audit-chain.ts.
import { hostname } from 'node:os';
import {
  auditHeadFact,
  prunedAction,
  sealOf,
  type SealedEntry,
  type UnsealedEntry,
} from '../../core/sync/audit-chain.ts';
import { sha256 } from '../../system/digest.ts';
import type { AuditFilter, Store } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SqlRow } from './load-binding.ts';
import { integer, text, textOrNull } from './rows.ts';

const columns = 'id, at, actor, action, target, detail, facts, prev_hash, hash';
/** Rows that one look holds in memory. */
const pageMax = 1_000;

export function appendAudit(connection: Connection, entry: Parameters<Store['audit']>[0]): void {
  connection.transaction(() => {
    const last = connection.get('SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1');
    const { facts = {}, ...rest } = entry;
    const unsealed: UnsealedEntry = {
      ...rest,
      seq: last === undefined ? 1 : integer(last, 'id') + 1,
      prevHash: last === undefined ? '' : text(last, 'hash'),
      facts: JSON.stringify({ host: hostname(), ...facts }),
    };
    const hash = sealOf(unsealed, sha256);
    connection.run(
      `INSERT INTO audit (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      unsealed.seq,
      unsealed.at,
      unsealed.actor,
      unsealed.action,
      unsealed.target,
      unsealed.detail,
      unsealed.facts,
      unsealed.prevHash,
      hash,
    );
    connection.run(
      'INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      auditHeadFact,
      JSON.stringify({ seq: unsealed.seq, hash }),
    );
  });
}

/** For rows of the first schema, which had no seals; within the migration. */
export function sealOldRows(connection: Connection): void {
  let prevHash = '';
  for (let after = 0; ;) {
    const rows = connection.all(
      `SELECT ${columns} FROM audit WHERE id > ? ORDER BY id LIMIT ?`,
      after,
      pageMax,
    );
    for (const row of rows) {
      after = integer(row, 'id');
      const hash = sealOf({ ...unsealedOf(row), prevHash }, sha256);
      connection.run(
        'UPDATE audit SET prev_hash = ?, hash = ? WHERE id = ?',
        prevHash,
        hash,
        after,
      );
      prevHash = hash;
    }
    if (rows.length < pageMax) return;
  }
}

/** Oldest first, page by page. */
export function* auditChain(connection: Connection): IterableIterator<SealedEntry> {
  for (let after = 0; ;) {
    const rows = connection.all(
      `SELECT ${columns} FROM audit WHERE id > ? ORDER BY id LIMIT ?`,
      after,
      pageMax,
    );
    for (const row of rows) {
      after = integer(row, 'id');
      yield toEntry(row);
    }
    if (rows.length < pageMax) return;
  }
}

/** Newest first. */
export function auditEntries(
  connection: Connection,
  { since, actor, action, jobUid, job, limit }: AuditFilter,
): SealedEntry[] {
  return connection
    .all(
      `SELECT ${columns} FROM audit WHERE at >= ?1 AND (?2 IS NULL OR instr(actor, ?2) > 0)
         AND (?3 IS NULL OR action = ?3 OR action LIKE ?3 || '.%')
         AND (?4 IS NULL OR target IN (?4, ?5)
           OR target IN (SELECT id FROM runs WHERE job_uid = ?4))
       ORDER BY id DESC LIMIT ?6`,
      since ?? 0,
      actor ?? null,
      action ?? null,
      jobUid ?? null,
      job ?? null,
      limit,
    )
    .map(toEntry);
}

/**
 * Removes the oldest entries but `keep`, and leaves an entry that vouches for where
 * the rest begins: both or none. How many went.
 */
export function pruneAudit(
  connection: Connection,
  { keep, olderThan, at }: Parameters<Store['pruneAudit']>[0],
): number {
  return connection.transaction(() => {
    const row = connection.get(
      `SELECT id, hash FROM audit WHERE at < ?1
         AND id <= (SELECT max(id) FROM audit) - ?2 ORDER BY id DESC LIMIT 1`,
      olderThan,
      keep,
    );
    if (row === undefined) return 0;
    const through = integer(row, 'id');
    const detail = JSON.stringify({ through, hash: text(row, 'hash') });
    appendAudit(connection, { at, actor: 'jm2', action: prunedAction, target: null, detail });
    return connection.run('DELETE FROM audit WHERE id <= ?', through);
  });
}

function toEntry(row: SqlRow): SealedEntry {
  return { ...unsealedOf(row), hash: text(row, 'hash') };
}

function unsealedOf(row: SqlRow): UnsealedEntry {
  return {
    seq: integer(row, 'id'),
    prevHash: textOrNull(row, 'prev_hash') ?? '',
    at: integer(row, 'at'),
    actor: text(row, 'actor'),
    action: text(row, 'action'),
    target: textOrNull(row, 'target'),
    detail: textOrNull(row, 'detail'),
    facts: textOrNull(row, 'facts'),
  };
}
