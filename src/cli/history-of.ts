// The past of one job, of several, or of all, as one list: asked for job by job,
// as each has an index of its own, and put together by time.
import type { HistoryQuery, ReadService } from '../api/service.ts';
import type { Context } from './context.ts';
import { withNearJobs } from './near-jobs.ts';

type History = Awaited<ReturnType<ReadService['history']>>;

/** Newest first, at most `limit` runs and as many outcomes; null: of all jobs. */
export async function historyOf(
  context: Context,
  jobs: readonly string[] | null,
  query: Omit<HistoryQuery, 'job'>,
): Promise<History> {
  const ask = (job: string | null): Promise<{ readonly value: History }> =>
    withNearJobs(context, job, () =>
      context.read((service) =>
        service.history({ ...query, ...(job === null ? {} : { job, namesakes: true }) }),
      ),
    );
  const [first = null, second] = jobs ?? [];
  if (jobs === null || second === undefined) return (await ask(first)).value;
  const found: History[] = [];
  for (const job of jobs) found.push((await ask(job)).value);
  return {
    runs: newestFirst(
      // One job may be named twice, by its name of now and by a former one.
      [...new Map(found.flatMap(({ runs }) => runs).map((run) => [run.id, run])).values()],
      ({ queuedAt, id }) => queuedAt + id,
    ).slice(0, query.limit),
    outcomes: newestFirst(
      found.flatMap(({ outcomes }) => outcomes),
      ({ nominalTime }) => nominalTime,
    ).slice(0, query.limit),
    prunedUntil: null,
  };
}

function newestFirst<T>(rows: readonly T[], key: (row: T) => string): T[] {
  return rows.toSorted((a, b) => (key(a) === key(b) ? 0 : key(a) < key(b) ? 1 : -1));
}
