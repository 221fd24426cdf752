// Reads the sums of runs per job and day, and counts the runs themselves where a day is
// asked for in part, or its sums are marked. Each run is counted once.
import type { DaySum, StartSum } from '../../core/runs/statistics-of-days.ts';
import type { RunDaysFilter, StoreReader } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SqlRow } from './load-binding.ts';
import { integer, integerOrNull, text } from './rows.ts';
import { countedDays, countedStarts, dayMs } from './run-days-schema.ts';

type RunDays = ReturnType<StoreReader['runDays']>;

const furthest = Number.MAX_SAFE_INTEGER;
const wholeDays = 'SELECT * FROM run_days WHERE day >= ?1 AND day < ?2';
export const daysOfAllSql = `${wholeDays} ORDER BY day`;
export const daysOfJobSql = `${wholeDays} AND job_uid = ?3 ORDER BY day`;
const queued = 'queued_at >= ?1 AND queued_at < ?2';
export const countOfAllSql = countedDays(queued);
export const countOfJobSql = countedDays(`job_uid = ?3 AND ${queued}`);
export const startsOfAllSql = countedStarts(queued);

export function runDays(connection: Connection, filter: RunDaysFilter): RunDays {
  const { jobUid } = filter;
  const since = filter.since ?? 0;
  const until = filter.until ?? furthest;
  const from = Math.ceil(since / dayMs);
  const to = Math.max(from, Math.floor(until / dayMs));
  const days = new Map<string, DaySum[]>();
  const starts: (StartSum & { readonly day: number })[] = [];
  const addCounted = (begin: number, end: number, uid: string | undefined): void => {
    if (begin >= end) return;
    const rows =
      uid === undefined
        ? connection.all(countOfAllSql, begin, end)
        : connection.all(countOfJobSql, begin, end, uid);
    for (const row of rows) add(days, row);
  };
  const addStarts = (begin: number, end: number): void => {
    if (jobUid !== undefined || begin >= end) return;
    for (const row of connection.all(startsOfAllSql, begin, end)) pushStarts(starts, row);
  };
  const edges =
    from * dayMs >= until
      ? [[since, until] as const]
      : [[since, from * dayMs] as const, [to * dayMs, until] as const];
  for (const [begin, end] of edges) {
    addCounted(begin, end, jobUid);
    addStarts(begin, end);
  }
  const whole =
    jobUid === undefined
      ? connection.all(daysOfAllSql, from, to)
      : connection.all(daysOfJobSql, from, to, jobUid);
  for (const row of whole) {
    const uid = text(row, 'job_uid');
    const begin = integer(row, 'day') * dayMs;
    const isMarked = integer(row, 'recount') === 1;
    if (uid !== '' && !isMarked) add(days, row);
    else if (uid !== '') addCounted(begin, begin + dayMs, uid);
    else if (isMarked) addStarts(begin, begin + dayMs);
    else pushStarts(starts, row);
  }
  for (const list of days.values()) list.sort((a, b) => a.day - b.day);
  starts.sort((a, b) => a.day - b.day);
  return { byJob: days, starts };
}

function add(days: Map<string, DaySum[]>, row: SqlRow): void {
  const uid = text(row, 'job_uid');
  const list = days.get(uid) ?? [];
  if (list.length === 0) days.set(uid, list);
  list.push({
    day: integer(row, 'day'),
    states: {
      succeeded: integer(row, 'succeeded'),
      failed: integer(row, 'failed'),
      timed_out: integer(row, 'timed_out'),
      canceled: integer(row, 'canceled'),
      lost: integer(row, 'lost'),
    },
    retries: integer(row, 'retries'),
    runningMs: integer(row, 'running_ms'),
    durationMaxMs: integerOrNull(row, 'duration_max'),
    lateMaxMs: integerOrNull(row, 'late_max'),
    starts: startsOf(row),
  });
}

function pushStarts(starts: (StartSum & { readonly day: number })[], row: SqlRow): void {
  const found = startsOf(row);
  if (found !== null) starts.push({ day: integer(row, 'day'), ...found });
}

function startsOf(row: SqlRow): StartSum | null {
  const first = integerOrNull(row, 'first_start');
  const last = integerOrNull(row, 'last_start');
  if (first === null || last === null) return null;
  return { first, last, longestGapMs: integerOrNull(row, 'longest_gap') };
}
