// Sums of runs per job and UTC day, kept by triggers: whatever writes a run's start or
// end writes them in the same transaction. Part of the second schema.
import { unfinishedTerm } from './schema-v1.ts';

export const dayMs = 86_400_000;

/** Sums of runs as rows of `run_days`, by job and day; `term` chooses the runs. */
export function countedDays(term: string): string {
  return `SELECT day, job_uid,
      count(*) FILTER (WHERE state = 'succeeded') AS succeeded,
      count(*) FILTER (WHERE state = 'failed') AS failed,
      count(*) FILTER (WHERE state = 'timed_out') AS timed_out,
      count(*) FILTER (WHERE state = 'canceled') AS canceled,
      count(*) FILTER (WHERE state = 'lost') AS lost,
      sum(iif(ended_at IS NULL, 0, max(attempts - 1, 0))) AS retries,
      sum(iif(ended_at >= started_at, ended_at - started_at, 0)) AS running_ms,
      max(iif(ended_at >= started_at, ended_at - started_at, NULL)) AS duration_max,
      max(iif(ended_at IS NULL, NULL, max(late_ms, 0))) AS late_max,
      min(started_at) AS first_start, max(started_at) AS last_start, max(gap) AS longest_gap
    FROM (SELECT queued_at / ${dayMs} AS day, job_uid, state, attempts, started_at, ended_at, late_ms,
        started_at - lag(started_at) OVER (
          PARTITION BY job_uid, queued_at / ${dayMs} ORDER BY started_at) AS gap
      FROM runs WHERE ${term})
    GROUP BY day, job_uid`;
}

/** The starts of all jobs together, of each day. */
export function countedStarts(term: string): string {
  return `SELECT day, '' AS job_uid,
      min(started_at) AS first_start, max(started_at) AS last_start, max(gap) AS longest_gap
    FROM (SELECT queued_at / ${dayMs} AS day, started_at,
        started_at - lag(started_at) OVER (
          PARTITION BY queued_at / ${dayMs} ORDER BY started_at) AS gap
      FROM runs WHERE started_at IS NOT NULL AND ${term})
    GROUP BY day`;
}

const begun = '(started_at IS NOT NULL OR ended_at IS NOT NULL)';

/** From the runs alone: what the triggers would have written. */
export const runDaysRebuild = `
DELETE FROM run_days;
INSERT INTO run_days (day, job_uid, succeeded, failed, timed_out, canceled, lost, retries,
    running_ms, duration_max, late_max, first_start, last_start, longest_gap)
  ${countedDays(begun)};
INSERT INTO run_days (day, job_uid, first_start, last_start, longest_gap)
  ${countedStarts('true')};
`;

const sums = [
  'succeeded',
  'failed',
  'timed_out',
  'canceled',
  'lost',
  'retries',
  'running_ms',
  'duration_max',
  'late_max',
  'first_start',
  'last_start',
  'longest_gap',
];

/** Days whose sums are not those of the runs; those that are marked are counted anyhow. */
export const differingDays = `SELECT counted.day, counted.job_uid
  FROM (${countedDays(begun)}) AS counted
  LEFT JOIN run_days AS kept ON kept.day = counted.day AND kept.job_uid = counted.job_uid
  WHERE kept.day IS NULL OR (kept.recount = 0
    AND (${sums.map((column) => `kept.${column} IS NOT counted.${column}`).join(' OR ')}))`;

const dayOf = (row: 'NEW' | 'OLD'): string => `${row}.queued_at / ${dayMs}`;
const greater = (column: string): string =>
  `${column} = max(coalesce(${column}, excluded.${column}), coalesce(excluded.${column}, ${column}))`;
const summed = (...columns: string[]): string =>
  columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ');

export const runDaysSchema = `
CREATE TABLE run_days (
  -- Days of UTC since 1970, of when the runs were queued.
  day INTEGER NOT NULL,
  -- '': the starts of all jobs together.
  job_uid TEXT NOT NULL,
  -- Runs that have ended.
  succeeded INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  timed_out INTEGER NOT NULL DEFAULT 0,
  canceled INTEGER NOT NULL DEFAULT 0,
  lost INTEGER NOT NULL DEFAULT 0,
  retries INTEGER NOT NULL DEFAULT 0,
  running_ms INTEGER NOT NULL DEFAULT 0,
  duration_max INTEGER,
  late_max INTEGER,
  -- Of all that began.
  first_start INTEGER,
  last_start INTEGER,
  longest_gap INTEGER,
  -- The runs themselves must be asked: some went, or came in another order.
  recount INTEGER NOT NULL DEFAULT 0 CHECK (recount IN (0, 1)),
  PRIMARY KEY (day, job_uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_days_by_job ON run_days (job_uid, day);

CREATE TRIGGER run_days_begin AFTER UPDATE OF started_at ON runs
WHEN OLD.started_at IS NULL AND NEW.started_at IS NOT NULL
BEGIN
  INSERT INTO run_days (day, job_uid, first_start, last_start)
  VALUES (${dayOf('NEW')}, NEW.job_uid, NEW.started_at, NEW.started_at),
    (${dayOf('NEW')}, '', NEW.started_at, NEW.started_at)
  ON CONFLICT DO UPDATE SET
    recount = max(recount, coalesce(excluded.last_start < last_start, 0)),
    longest_gap = coalesce(max(coalesce(longest_gap, 0), excluded.last_start - last_start), longest_gap),
    first_start = min(coalesce(first_start, excluded.first_start), excluded.first_start),
    last_start = max(coalesce(last_start, excluded.last_start), excluded.last_start);
END;
CREATE TRIGGER run_days_end AFTER UPDATE OF ended_at ON runs
WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
BEGIN
  INSERT INTO run_days (day, job_uid, succeeded, failed, timed_out, canceled, lost, retries,
    running_ms, duration_max, late_max)
  VALUES (${dayOf('NEW')}, NEW.job_uid, NEW.state = 'succeeded', NEW.state = 'failed',
    NEW.state = 'timed_out', NEW.state = 'canceled', NEW.state = 'lost', max(NEW.attempts - 1, 0),
    iif(NEW.ended_at >= NEW.started_at, NEW.ended_at - NEW.started_at, 0),
    iif(NEW.ended_at >= NEW.started_at, NEW.ended_at - NEW.started_at, NULL), max(NEW.late_ms, 0))
  ON CONFLICT DO UPDATE SET
    ${summed('succeeded', 'failed', 'timed_out', 'canceled', 'lost', 'retries', 'running_ms')},
    ${greater('duration_max')}, ${greater('late_max')};
END;
-- Not how this program records a run; another may.
CREATE TRIGGER run_days_insert AFTER INSERT ON runs
WHEN NEW.started_at IS NOT NULL OR NOT (${unfinishedTerm.replace('state', 'NEW.state')})
BEGIN
  INSERT INTO run_days (day, job_uid, recount)
  VALUES (${dayOf('NEW')}, NEW.job_uid, 1), (${dayOf('NEW')}, '', 1)
  ON CONFLICT DO UPDATE SET recount = 1;
END;
-- What retention and a flush take is no longer counted, but for when anything began.
CREATE TRIGGER run_days_delete AFTER DELETE ON runs
BEGIN
  UPDATE run_days SET recount = 1 WHERE day = ${dayOf('OLD')} AND job_uid = OLD.job_uid;
  DELETE FROM run_days WHERE day = ${dayOf('OLD')} AND job_uid = OLD.job_uid
    AND NOT EXISTS (SELECT 1 FROM runs WHERE job_uid = OLD.job_uid
      AND queued_at >= ${dayOf('OLD')} * ${dayMs} AND queued_at < (${dayOf('OLD')} + 1) * ${dayMs});
  DELETE FROM run_days WHERE day = ${dayOf('OLD')} AND job_uid = ''
    AND NOT EXISTS (SELECT 1 FROM run_days WHERE day = ${dayOf('OLD')} AND job_uid > '');
END;
${runDaysRebuild}`;
