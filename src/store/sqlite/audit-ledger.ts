// Proves what the store promises about occurrences, runs and attempts, over all
// of its rows: what constraints keep out is looked for once more, and what only
// the end of a transaction can show is looked for here alone.
import type { Connection } from './connection.ts';
import type { SqlRow } from './load-binding.ts';
import { dayMs, differingDays } from './run-days-schema.ts';

/** So many violations of one kind are told; the first ones say as much as all. */
const toldMax = 20;

const scheduled = "trigger IN ('schedule', 'catch-up')";
const sameOccurrence = `o.job_uid = r.job_uid AND o.nominal_at = r.nominal_at AND o.epoch = r.epoch`;

/** Each query gives the rows that break one promise; its words say which. */
const auditQueries: readonly {
  readonly sql: string;
  readonly say: (row: SqlRow) => string;
}[] = [
  {
    sql: `SELECT o.job, o.nominal_at, o.run_id FROM occurrences AS o
      LEFT JOIN runs AS r ON r.id = o.run_id
      WHERE o.disposition = 'admitted' AND (r.id IS NULL OR NOT (${sameOccurrence}) OR NOT (r.${scheduled}))`,
    say: (row) =>
      `${occurrence(row)} is admitted, but run ${word(row, 'run_id')} is not in the store as its run`,
  },
  {
    sql: `SELECT r.job, r.nominal_at, r.id FROM runs AS r WHERE r.${scheduled} AND NOT EXISTS
      (SELECT 1 FROM occurrences AS o WHERE ${sameOccurrence} AND o.run_id = r.id)`,
    say: (row) => `run ${word(row, 'id')} of ${occurrence(row)} has no row in the ledger`,
  },
  {
    sql: `SELECT o.job, o.nominal_at, o.disposition, r.id, r.state FROM occurrences AS o
      JOIN runs AS r ON r.id = o.run_id
      WHERE o.disposition <> 'admitted' AND (r.state <> 'canceled' OR r.started_at IS NOT NULL)`,
    say: (row) =>
      `${occurrence(row)} is ${word(row, 'disposition')}, and its run ${word(row, 'id')} is ${word(row, 'state')} as well`,
  },
  {
    sql: `SELECT a.job, a.nominal_at, b.nominal_at AS other FROM occurrences AS a
      JOIN occurrences AS b ON b.job_uid = a.job_uid AND b.epoch = a.epoch
        AND b.nominal_at > a.nominal_at AND b.nominal_at <= a.last_nominal_at
      WHERE a.count > 1`,
    say: (row) => `${occurrence(row)} and its row of several also cover ${time(row, 'other')}`,
  },
  {
    sql: `SELECT o.job, o.nominal_at, j.watermark FROM occurrences AS o JOIN jobs AS j ON j.uid = o.job_uid
      WHERE (o.epoch > j.epoch OR (o.epoch = j.epoch AND o.last_nominal_at > j.watermark))
        -- Made up for before its time, which a change of the schedule took away.
        AND NOT (o.disposition = 'admitted' AND o.recorded_at < o.nominal_at)`,
    say: (row) =>
      `${occurrence(row)} is settled, but the watermark of its job lies before it, at ${time(row, 'watermark')}`,
  },
  {
    sql: `SELECT r.job, r.id, r.exit_code FROM runs AS r WHERE r.state = 'succeeded' AND NOT EXISTS
      (SELECT 1 FROM attempts AS a WHERE a.run_id = r.id AND a.attempt = r.attempts
        AND a.state = 'succeeded' AND a.exit_code = r.exit_code)`,
    say: (row) =>
      `run ${word(row, 'id')} of ${word(row, 'job')} succeeded, but no attempt of it ended with exit code ${word(row, 'exit_code')}`,
  },
  {
    sql: `SELECT r.job, r.id, r.exit_code FROM runs AS r JOIN specs AS s ON s.digest = r.spec_digest
      WHERE r.state = 'succeeded'
        AND r.exit_code NOT IN (SELECT value FROM json_each(s.spec, '$.successCodes'))`,
    say: (row) =>
      `run ${word(row, 'id')} of ${word(row, 'job')} succeeded, but exit code ${word(row, 'exit_code')} is no success of the job`,
  },
  {
    sql: `SELECT r.job, r.id, r.attempts, count(a.attempt) AS found, coalesce(max(a.attempt), 0) AS newest
      FROM runs AS r LEFT JOIN attempts AS a ON a.run_id = r.id GROUP BY r.id
      HAVING found <> r.attempts OR newest <> r.attempts`,
    say: (row) =>
      `run ${word(row, 'id')} of ${word(row, 'job')} counts ${word(row, 'attempts')} attempts, and ${word(row, 'found')} are recorded`,
  },
  {
    sql: `SELECT r.job, r.id, r.state, a.attempt FROM runs AS r JOIN attempts AS a ON a.run_id = r.id
      WHERE a.state IS NULL AND (r.state <> 'running' OR a.attempt <> r.attempts)`,
    say: (row) =>
      `attempt ${word(row, 'attempt')} of run ${word(row, 'id')} of ${word(row, 'job')} is open although the run is ${word(row, 'state')}`,
  },
  {
    sql: `SELECT r.job, r.id FROM runs AS r WHERE r.state = 'running' AND NOT EXISTS
      (SELECT 1 FROM attempts AS a WHERE a.run_id = r.id AND a.attempt = r.attempts AND a.state IS NULL)`,
    say: (row) =>
      `run ${word(row, 'id')} of ${word(row, 'job')} is running without an open attempt`,
  },
  {
    sql: `SELECT a.id, b.id AS other FROM daemons AS a JOIN daemons AS b ON b.id > a.id
      WHERE a.ended_at IS NULL AND b.ended_at IS NULL`,
    say: (row) => `daemons ${word(row, 'id')} and ${word(row, 'other')} are both recorded as alive`,
  },
  {
    sql: differingDays,
    say: (row) =>
      `the sums of job ${word(row, 'job_uid')} on ${new Date(Number(row['day']) * dayMs).toISOString().slice(0, 10)} are not those of its runs`,
  },
];

/** Violations in words; none for a store that keeps its promises. Reads every row. */
export function auditLedger(connection: Connection): string[] {
  return auditQueries.flatMap(({ sql, say }) => connection.all(`${sql} LIMIT ?`, toldMax).map(say));
}

function occurrence(row: SqlRow): string {
  return `${word(row, 'job')}, ${time(row, 'nominal_at')},`;
}

function time(row: SqlRow, column: string): string {
  const value = row[column];
  return typeof value === 'number' ? new Date(value).toISOString() : 'no time';
}

function word(row: SqlRow, column: string): string {
  const value = row[column];
  return value === null || value === undefined ? 'unknown' : String(value as string | number);
}
