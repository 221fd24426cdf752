// Sums of runs per job and day are kept by triggers; from the runs alone they are the same.
import { expect, it } from 'vitest';
import { auditLedger } from '../../src/store/sqlite/audit-ledger.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { loadBinding } from '../../src/store/sqlite/load-binding.ts';
import { migrate } from '../../src/store/sqlite/migrations.ts';
import { runDaysRebuild } from '../../src/store/sqlite/run-days-schema.ts';
import { insertRun } from '../../src/store/sqlite/write-runs.ts';
import { attemptStarted, beginAttempt, endRun } from '../../src/store/sqlite/write-runs.ts';
import { aRun, noon } from '../support/store-records.ts';

const { DatabaseSync } = loadBinding();

function aConnection(): Connection {
  const connection = new Connection(new DatabaseSync(':memory:', { readOnly: false }), ':memory:');
  migrate(connection);
  connection.exec('PRAGMA foreign_keys = OFF');
  return connection;
}

function begin(connection: Connection, id: string, queuedAt: number, startedAt: number): void {
  insertRun(connection, aRun('a', id, { queuedAt }));
  beginAttempt(connection, { runId: id, attempt: 1, intendedAt: startedAt, bootId: 'boot' });
  const start = { runId: id, attempt: 1, startedAt, lateMs: 4 };
  attemptStarted(connection, { ...start, pid: 1, processStart: null });
}

function end(connection: Connection, id: string, endedAt: number): void {
  const how = { state: 'failed', exitCode: 1, signal: null, reason: null } as const;
  endRun(connection, id, { ...how, endedAt });
}

const rows = (connection: Connection) =>
  connection.all('SELECT * FROM run_days ORDER BY day, job_uid').map((row) => ({ ...row }));

it('writes with each start and end what the runs themselves tell', () => {
  const connection = aConnection();
  begin(connection, 'r1', noon, noon + 5);
  begin(connection, 'r2', noon + 60_000, noon + 60_002);
  end(connection, 'r2', noon + 61_000);
  end(connection, 'r1', noon + 90_000);
  begin(connection, 'r3', noon + 86_400_000, noon + 86_400_001);
  const kept = rows(connection);
  connection.exec(runDaysRebuild);
  expect(rows(connection)).toEqual(kept);
  expect(kept).toMatchObject([
    { job_uid: '', longest_gap: 59_997 },
    { job_uid: 'uid-a', failed: 2, running_ms: 90_993, duration_max: 89_995, late_max: 4 },
    { job_uid: '', longest_gap: null },
    { job_uid: 'uid-a', failed: 0, first_start: noon + 86_400_001 },
  ]);
});

it('marks a day on which a clock was set back, or a run came from elsewhere', () => {
  const connection = aConnection();
  begin(connection, 'r1', noon, noon + 5_000);
  begin(connection, 'r2', noon + 1, noon + 2);
  insertRun(
    connection,
    aRun('b', 'r3', { state: 'lost', queuedAt: noon, startedAt: noon, endedAt: noon + 1 }),
  );
  const marked = connection.all('SELECT job_uid FROM run_days WHERE recount = 1');
  expect(marked.map((row) => row['job_uid'])).toEqual(['', 'uid-a', 'uid-b']);
});

it('is looked through by the audit of the store', () => {
  const connection = aConnection();
  begin(connection, 'r1', noon, noon + 5);
  const found = () => auditLedger(connection).filter((line) => line.includes('sums'));
  expect(found()).toEqual([]);
  connection.run('UPDATE run_days SET longest_gap = 7, retries = 1');
  expect(found()).toEqual(['the sums of job uid-a on 2026-03-02 are not those of its runs']);
  connection.run('DELETE FROM run_days');
  expect(found()).toHaveLength(1);
});

it('keeps nothing of a day whose runs have all gone', () => {
  const connection = aConnection();
  begin(connection, 'r1', noon, noon + 5);
  end(connection, 'r1', noon + 10);
  connection.run("DELETE FROM runs WHERE id = 'r1'");
  expect(rows(connection)).toEqual([]);
});
