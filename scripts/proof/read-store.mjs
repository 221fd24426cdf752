// Reads the store from outside, beside the daemon or without one: rows as they
// are, so that a proof does not trust the program's own view of them.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const require = createRequire(import.meta.url);
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** The binding that jm2 itself uses, or the one of a newer Node. */
export function openDatabase(path, options = {}) {
  let binding;
  try {
    binding = require('@photostructure/sqlite');
  } catch {
    binding = require('node:sqlite');
  }
  return new binding.DatabaseSync(path, options);
}

/** `{jobs, revisions, occurrences, runs, attempts, audit, changes}`; null while there is no store. */
export function readStore(stateDir) {
  let database;
  try {
    database = openDatabase(join(stateDir, 'jm2.db'), { readOnly: true });
    database.exec('PRAGMA busy_timeout = 5000');
    database.exec('BEGIN');
    const rows = (sql) => database.prepare(sql).all();
    const read = {
      jobs: rows('SELECT uid, name, watermark, epoch, fault, removed_at FROM jobs'),
      revisions: rows('SELECT number, applied_at, applied_by, source FROM revisions ORDER BY 1'),
      occurrences: rows('SELECT * FROM occurrences ORDER BY job_uid, nominal_at'),
      runs: rows('SELECT * FROM runs ORDER BY queued_at, id'),
      attempts: rows('SELECT * FROM attempts ORDER BY run_id, attempt'),
      audit: rows('SELECT action, actor, target FROM audit ORDER BY id'),
      // A store of the first schema does not know them.
      changes: rows("SELECT 1 FROM sqlite_schema WHERE name = 'job_changes'").flatMap(() =>
        rows('SELECT * FROM job_changes ORDER BY job_uid, revision'),
      ),
    };
    // Until its statements are collected a closed connection lives on: without this,
    // its snapshot would keep the daemon's last checkpoint waiting.
    database.exec('COMMIT');
    return read;
  } catch (error) {
    if (/no such table|unable to open/.test(String(error))) return null;
    throw error;
  } finally {
    database?.close();
    // And without this, its hold on the shared index would let that outlive a daemon
    // that was killed, which no real crash does: the next one reads the log anew.
    collectGarbage();
  }
}
