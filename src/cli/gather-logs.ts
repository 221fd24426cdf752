// Lines out of the logs of several runs: of each job the newest run, or those of
// a span of time, all of it or only selected lines. Reads page by page and keeps
// the last lines alone, so a large log costs time and no memory. When lines were
// printed is not recorded: those of different jobs stand in the order of their runs.
import type { LogCursor, LogLine, RunView } from '../api/service.ts';
import { historyPageMax } from '../api/wire.ts';
import type { Context } from './context.ts';
import { readToEnd, startOf } from './follow-logs.ts';
import type { LineFilter } from './line-filter.ts';
import { withNearJobs } from './near-jobs.ts';

/** A run may have waited this long between its queueing, which history knows, and its start. */
const waitedMaxMs = 7 * 86_400_000;

export interface Gathering {
  /** Null: all jobs in force. */
  readonly jobs: readonly string[] | null;
  /** One run instead of jobs. */
  readonly run: string | null;
  readonly attempt: number | null;
  /** Epoch ms; null with `until` null: the newest run of each job. */
  readonly since: number | null;
  readonly until: number | null;
  /** Last lines wanted of each job. */
  readonly lines: number;
  /** Null: every line. */
  readonly filter: LineFilter | null;
}

export interface Gathered {
  readonly lines: readonly LogLine[];
  /** Behind what was read of each job's newest run, for going on. */
  readonly cursors: readonly LogCursor[];
  /** Lines that were left out of the beginning. */
  readonly left: number;
}

export async function gatherLogs(context: Context, asked: Gathering): Promise<Gathered> {
  const jobs =
    asked.run !== null
      ? [null]
      : (asked.jobs ??
        (await context.read((service) => service.list())).value.jobs.map(({ name }) => name));
  const lines: LogLine[] = [];
  const cursors: LogCursor[] = [];
  let left = 0;
  for (const job of jobs) {
    const found =
      asked.filter === null
        ? await lastLines(context, asked, job)
        : await selectedLines(context, asked, job);
    lines.push(...found.lines);
    cursors.push(...found.cursors);
    left += found.left;
  }
  // Ids grow with time; within a run the order stays.
  const sorted = lines.toSorted((a, b) => (a.run === b.run ? 0 : a.run < b.run ? -1 : 1));
  return { lines: sorted, cursors, left };
}

async function lastLines(
  context: Context,
  asked: Gathering,
  job: string | null,
): Promise<Gathered> {
  const query = {
    ...(job === null ? {} : { job }),
    ...(asked.run === null ? {} : { run: asked.run }),
    ...(asked.attempt === null ? {} : { attempt: asked.attempt }),
    lines: asked.lines,
    ...spanOf(asked),
  };
  const { value } = await withNearJobs(context, job, () =>
    context.read((service) => service.logs(query)),
  );
  return { lines: value.lines, cursors: value.cursor === null ? [] : [value.cursor], left: 0 };
}

async function selectedLines(
  context: Context,
  asked: Gathering,
  job: string | null,
): Promise<Gathered> {
  const kept: LogLine[] = [];
  let left = 0;
  const keep = (page: readonly LogLine[]): void => {
    kept.push(...(asked.filter?.(page) ?? []));
    // Not line by line: moving thousands of lines for each one that comes is slow.
    if (kept.length > 2 * asked.lines + 1_000) {
      left += kept.splice(0, kept.length - asked.lines).length;
    }
  };
  let last: LogCursor | null = null;
  for (const run of await runsOf(context, asked, job)) {
    const from = { ...startOf(run), attempt: asked.attempt ?? 1 };
    last = await readToEnd(context, from, keep, asked.attempt !== null);
  }
  left += kept.splice(0, Math.max(0, kept.length - asked.lines)).length;
  return { lines: kept, cursors: last === null ? [] : [last], left };
}

/** Ids, oldest first. */
async function runsOf(
  context: Context,
  asked: Gathering,
  job: string | null,
): Promise<readonly string[]> {
  if (job === null) return asked.run === null ? [] : [asked.run];
  if (asked.since === null && asked.until === null) {
    const { cursors } = await lastLines(context, { ...asked, lines: 0 }, job);
    return cursors.map(({ run }) => run);
  }
  const since = asked.since ?? 0;
  const until = asked.until ?? Number.POSITIVE_INFINITY;
  const query = {
    job,
    limit: historyPageMax,
    since: new Date(Math.max(0, since - waitedMaxMs)).toISOString(),
    ...(asked.until === null ? {} : { until: new Date(asked.until).toISOString() }),
  };
  const { value } = await withNearJobs(context, job, () =>
    context.read((service) => service.history(query)),
  );
  if (value.runs.length === historyPageMax) {
    context.output.note(`Of ${job}, only the newest ${historyPageMax} runs were looked through.`);
  }
  const isWithin = ({ startedAt }: RunView): boolean => {
    const at = startedAt === null ? Number.NaN : Date.parse(startedAt);
    return at >= since && at < until;
  };
  return value.runs
    .filter(isWithin)
    .map(({ id }) => id)
    .toReversed();
}

function spanOf({ since, until }: Gathering): { since?: string; until?: string } {
  return {
    ...(since === null ? {} : { since: new Date(since).toISOString() }),
    ...(until === null ? {} : { until: new Date(until).toISOString() }),
  };
}
