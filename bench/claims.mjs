// N jobs due in one second: how long until the last one is claimed, that is its
// occurrence and its run are committed and synced? Counted in the store from
// outside, while the daemon starts commands as fast as its limit of 64 lets it.
// The alternative does nothing but write as many rows just as durably.
import { join } from 'node:path';
import { sleep, withDaemon } from './daemon.mjs';
import { makeFolder } from './folders.mjs';
import { dueIn } from './herd.mjs';
import { processorMs } from './process-figures.mjs';
import { openSqlite } from './store.mjs';

const rowsPerCommit = 64;

export async function jm2Claims(count) {
  const { due, at } = dueIn(6_000 + count * 1.5);
  const manifest = () => {
    const lines = ['version: 1', 'timezone: UTC', 'jobs:'];
    for (let i = 0; i < count; i += 1) {
      lines.push(`  job-${i}: {schedule: at ${at}, command: [/bin/true]}`);
    }
    return `${lines.join('\n')}\n`;
  };
  return withDaemon(manifest, async ({ pid, stateDir, cli }) => {
    const store = openSqlite(join(stateDir, 'jm2.db'), { readOnly: true });
    try {
      const claimed = store.prepare(
        "SELECT count(*) AS n FROM occurrences WHERE disposition = 'admitted'",
      );
      await sleep(Math.max(0, due - Date.now() - 100));
      if (Date.now() > due - 20) throw new Error('the daemon was not ready in time');
      const before = processorMs(pid).own;
      while (claimed.get().n < count) {
        if (Date.now() > due + 60_000) break;
        await sleep(10);
      }
      const lastMs = Date.now() - due;
      const processor = processorMs(pid).own - before;
      const loop = JSON.parse(cli('status', '--json')).data.health.loopDelay;
      const rows = store
        .prepare('SELECT count(*) AS n, count(DISTINCT job_uid) AS jobs FROM runs')
        .get();
      return { lastMs, processor, loop, lost: count - rows.jobs, doubled: rows.n - rows.jobs };
    } finally {
      store.close();
    }
  });
}

/** Three rows per claim: into a ledger, a table of runs and one of attempts. */
export function bareInserts(count) {
  const store = openSqlite(join(makeFolder('inserts'), 'rows.db'));
  store.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
     CREATE TABLE ledger (job TEXT, at INTEGER, run TEXT, UNIQUE (job, at));
     CREATE TABLE runs (id TEXT PRIMARY KEY, job TEXT, at INTEGER);
     CREATE TABLE attempts (run TEXT PRIMARY KEY, at INTEGER)`,
  );
  const ledger = store.prepare('INSERT INTO ledger VALUES (?, ?, ?)');
  const runs = store.prepare('INSERT INTO runs VALUES (?, ?, ?)');
  const attempts = store.prepare('INSERT INTO attempts VALUES (?, ?)');
  const begin = performance.now();
  for (let i = 0; i < count; i += rowsPerCommit) {
    store.exec('BEGIN IMMEDIATE');
    for (let row = i; row < Math.min(count, i + rowsPerCommit); row += 1) {
      ledger.run(`job-${row}`, 1, `run-${row}`);
      runs.run(`run-${row}`, `job-${row}`, 1);
      attempts.run(`run-${row}`, 1);
    }
    store.exec('COMMIT');
  }
  const tookMs = performance.now() - begin;
  store.close();
  return tookMs;
}
