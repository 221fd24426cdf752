import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { loadBinding, type SqlValue } from '../../src/store/sqlite/load-binding.ts';
import { migrate } from '../../src/store/sqlite/migrations.ts';
import {
  laterRunsSql,
  logsOfAllSql,
  logsOfJobSql,
  unmeasuredSql,
} from '../../src/store/sqlite/log-ledger.ts';
import { endedRunsSql, settledSql } from '../../src/store/sqlite/flushing.ts';
import { excessSql, newestFailureSql } from '../../src/store/sqlite/prune.ts';
import {
  countOfAllSql,
  countOfJobSql,
  daysOfAllSql,
  daysOfJobSql,
  startsOfAllSql,
} from '../../src/store/sqlite/read-run-days.ts';
import {
  lastRunsSql,
  admittedTimesSql,
  outcomesSql,
  runFactsQuery,
  runsQuery,
  unfinishedRunsSql,
} from '../../src/store/sqlite/read-runs.ts';

const { DatabaseSync } = loadBinding();
const connection = new Connection(new DatabaseSync(':memory:', { readOnly: false }), ':memory:');
migrate(connection);

/** What SQLite does for a query, one line per step; small temporary lists are left out. */
function steps(sql: string, parameters: readonly SqlValue[] = []): string[] {
  return connection
    .all(`EXPLAIN QUERY PLAN ${sql}`, ...parameters)
    .map((row) => String(row['detail']));
}

const filters = {
  'all history': { limit: 20 },
  'history of one job': { jobUid: 'u', limit: 20 },
  'history of one job under one name': { jobUid: 'u', named: 'a', limit: 20 },
  failures: { states: ['failed'], limit: 20 },
  'failures of one job': { jobUid: 'u', states: ['failed', 'lost'], limit: 20 },
  'what waits': { states: ['queued'], limit: 20 },
  'a range': { since: 1, until: 2, limit: 20 },
  'a range of one job': { jobUid: 'u', since: 1, until: 2, limit: 20 },
  'triggers of one job': { jobUid: 'u', triggers: ['manual'], limit: 20 },
} as const;

describe('with a million runs, no query reads them all or sorts them', () => {
  it.each(Object.entries(filters))('%s', (_, filter) => {
    const { sql, parameters } = runsQuery(filter);
    const plan = steps(sql, parameters);
    expect(plan.join('\n')).toContain('INDEX runs_');
    expect(plan.join('\n')).not.toContain('TEMP B-TREE');
  });

  it.each([
    ['of all', { before: null }],
    ['of all, further on', { before: { queuedAt: 5, id: 'a' } }],
    ['of one job, further on', { jobUid: 'u', before: { queuedAt: 5, id: 'a' } }],
  ])('pages for statistics %s', (_, filter) => {
    const { sql, parameters } = runFactsQuery({ ...filter, since: 1, until: 9, limit: 20 });
    const plan = steps(sql, parameters).join('\n');
    expect(plan).toContain('SEARCH runs USING');
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it.each([
    ['sums of all', daysOfAllSql, 'SEARCH run_days USING PRIMARY KEY', [1, 9]],
    ['sums of one job', daysOfJobSql, 'SEARCH run_days USING INDEX run_days_by_job', [1, 9, 'u']],
    ['counts of a part of a day', countOfAllSql, 'SEARCH runs USING INDEX runs_by_time', [1, 9]],
    ['the same of one job', countOfJobSql, 'SEARCH runs USING INDEX runs_by_job', [1, 9, 'u']],
    ['starts of a part of a day', startsOfAllSql, 'SEARCH runs USING INDEX runs_by_time', [1, 9]],
  ])('%s', (_, sql, step, parameters) => {
    expect(steps(sql, parameters).join('\n')).toContain(step);
  });

  it('uses the small indices of failures and of unfinished runs', () => {
    const index = (filter: Parameters<typeof runsQuery>[0]) => {
      const { sql, parameters } = runsQuery(filter);
      return /INDEX (runs_\w+)/.exec(steps(sql, parameters).join('\n'))?.[1];
    };
    expect(index(filters.failures)).toBe('runs_failed');
    expect(index(filters['failures of one job'])).toBe('runs_failed_by_job');
    expect(index(filters['what waits'])).toBe('runs_unfinished');
  });

  it.each([
    ['unfinished runs', unfinishedRunsSql, []],
    ['last runs', lastRunsSql, ['["u"]']],
    ['the newest failure', newestFailureSql, ['u']],
    ['excess runs of one job', excessSql, ['u', 10, null, 5, 990, 100]],
    ['outcomes of all', outcomesSql(false), [null, 1, 2, 9]],
    ['times of one job', admittedTimesSql, ['u', 1, 2, 3, 9]],
    ['outcomes of one job', outcomesSql(true), ['u', 1, 2, 9]],
    ['ended runs', endedRunsSql, [1_700_000_000_000, 0, '', 200]],
    ['settled rows', settledSql, [1_700_000_000_000, 2_000]],
    ['unmeasured logs', unmeasuredSql, ['r', 500]],
    ['logs of all, oldest first', logsOfAllSql, [0, '', 500]],
    ['logs of one job, oldest first', logsOfJobSql, [0, '', 500, 'u']],
    ['later runs of a job', laterRunsSql, ['u', 'r', 10]],
    ['one run', 'SELECT * FROM runs WHERE id = ?', ['r']],
    [
      'runs by prefix',
      'SELECT * FROM runs WHERE id >= ? AND id < ? ORDER BY id LIMIT 5',
      ['a', 'b'],
    ],
    ['attempts', 'SELECT * FROM attempts WHERE run_id = ?', ['r']],
    ['deleting a run', 'DELETE FROM runs WHERE id = ?', ['r']],
  ])('%s', (_, sql, parameters) => {
    const scans = steps(sql, parameters).filter((step) =>
      /^SCAN (runs|occurrences|attempts|r)\b(?!.*USING (COVERING )?INDEX)/.test(step),
    );
    expect(scans).toEqual([]);
  });
});
