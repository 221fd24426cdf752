// What schedules and policies will do: never, too often, all at once, without bound.
import type { Job, RetryPolicy } from '../manifest/job.ts';
import { formatDuration } from '../schedule/parse-duration.ts';
import { check } from './check.ts';
import type { JobFact, JobsFacts } from './facts.ts';
import { gapsOf } from './gaps.ts';
import { plural, some, type Saying } from './finding.ts';

const hour = 3_600_000;
const oftenBelowMs = 10_000;
/** Beyond a day and an hour's change of the clocks. */
const dailyFromMs = 20 * hour;
/** So many starts in one second are a crowd on any machine. */
const crowdMin = 100;
const retriesMax = 1_000;

export const scheduleChecks = [
  check('never-starts', 'schedules', 'every schedule has a start to come', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ job, fault, starts }) => {
        const isOver = job.schedules.every((schedule) => schedule.kind === 'at');
        return fault === null && !isOver && starts.length === 0
          ? job.schedules.map(({ written }) => written).join(', ')
          : null;
      },
      (count) => ({
        severity: 'major',
        summary: `${plural(count, 'job')} will never start again`,
        remedy: 'jm2 explain-schedule EXPR; jm2 remove JOB',
      }),
    ),
  ),
  check('too-often', 'schedules', 'no job starts every few seconds', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ starts }) => {
        const gap = gapsOf(starts)?.least;
        return gap !== undefined && gap < oftenBelowMs ? `every ${formatDuration(gap)}` : null;
      },
      (count) => ({
        severity: 'minor',
        summary: `${plural(count, 'job')} start${count === 1 ? 's' : ''} every few seconds; a service may suit better`,
        remedy: 'jm2 edit JOB --schedule "every 1m"',
      }),
    ),
  ),
  check(
    'crowd',
    'schedules',
    'jobs do not all start at once',
    'jobs',
    ({ crowd, concurrencyMax }) => {
      if (crowd === null || (crowd.starts <= concurrencyMax && crowd.starts < crowdMin)) return [];
      const waits = crowd.starts > concurrencyMax;
      return [
        {
          severity: 'minor',
          summary: `${crowd.starts} jobs start in one second${waits ? `, and ${concurrencyMax} may run at once` : ''}`,
          detail: `first at ${new Date(crowd.at).toISOString()}`,
          remedy:
            'Spread them: `H` in place of a number in the minute field, or `jitter`; jm2 preview --overlaps',
        },
      ];
    },
  ),
  check('retry-pointless', 'schedules', 'every retry can happen', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ job }) => (canRetry(job) ? null : 'retries on timeout alone, and has no timeout'),
      (count) => ({
        severity: 'minor',
        summary: `${plural(count, 'job')} can never retry`,
        remedy: 'jm2 edit JOB --timeout 10m',
      }),
    ),
  ),
  check('retry-long', 'schedules', 'retries end before the next start', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ job, starts }) => {
        const gap = gapsOf(starts)?.least;
        const wait = delaysOf(job.retry);
        return gap === undefined || wait < gap || job.concurrency === 'allow'
          ? null
          : `waits up to ${formatDuration(rounded(wait))} between attempts, and is due every ${formatDuration(gap)}`;
      },
      (count) => ({
        severity: 'minor',
        summary: `${plural(count, 'job')} may still retry when the next start is due, which ${count === 1 ? 'its' : 'their'} concurrency policy then decides about`,
        remedy: 'Lower retry.limit or retry.max_delay',
      }),
    ),
  ),
  check('no-timeout', 'schedules', 'jobs that start often have a timeout', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ job, starts }) => {
        const gap = gapsOf(starts)?.least;
        return gap !== undefined &&
          gap <= hour &&
          job.timeoutMs === null &&
          job.concurrency !== 'replace'
          ? `every ${formatDuration(gap)}`
          : null;
      },
      (count) => ({
        severity: 'minor',
        summary: `${plural(count, 'job')} start${count === 1 ? 's' : ''} often and ${count === 1 ? 'has' : 'have'} no timeout: one that hangs keeps all later ones from starting`,
        remedy: 'Set `defaults: {timeout: 1h}`, or: jm2 edit JOB --timeout 10m',
      }),
    ),
  ),
  check('no-catch-up', 'schedules', 'rare jobs are caught up after a downtime', 'jobs', (facts) =>
    aboutJobs(
      facts,
      ({ job, starts }) => {
        const gap = gapsOf(starts)?.least;
        return job.catchUp.policy === 'none' && gap !== undefined && gap >= dailyFromMs
          ? `every ${formatDuration(gap)}`
          : null;
      },
      (count) => ({
        severity: 'minor',
        summary: `${plural(count, 'job')} of once a day or less ${count === 1 ? 'is' : 'are'} not caught up when this host was down`,
        remedy: 'Leave catch_up out: latest is the default',
      }),
    ),
  ),
];

/** One finding about all jobs of which there is something to say. Suspended ones do nothing. */
export function aboutJobs(
  { jobs }: JobsFacts,
  wordsOf: (fact: JobFact) => string | null,
  say: (count: number) => Omit<Saying, 'detail' | 'jobs'>,
): Saying[] {
  const told: { name: string; words: string }[] = [];
  for (const fact of jobs) {
    if (fact.job.suspend) continue;
    const words = wordsOf(fact);
    if (words !== null) told.push({ name: fact.job.name, words });
  }
  const [first] = told;
  if (first === undefined) return [];
  const saying = say(told.length);
  return [
    {
      ...saying,
      // A line to copy names a job that is there.
      remedy: saying.remedy?.replaceAll('JOB', first.name) ?? null,
      detail: some(told.map(({ name, words }) => `${name}: ${words}`)),
      jobs: told.map(({ name }) => name),
    },
  ];
}

function canRetry({ retry, timeoutMs }: Job): boolean {
  return retry.limit === 0 || timeoutMs !== null || !retry.on.every((cause) => cause === 'timeout');
}

/** All waits between attempts together, without jitter. */
function delaysOf({ limit, delayMs, backoff, factor, maxDelayMs }: RetryPolicy): number {
  let sum = 0;
  for (let retry = 0; retry < Math.min(limit, retriesMax); retry += 1) {
    const grown = backoff === 'constant' ? delayMs : delayMs * factor ** retry;
    sum += Math.min(grown, maxDelayMs);
  }
  return sum;
}

function rounded(ms: number): number {
  return Math.max(1000, Math.round(ms / 1000) * 1000);
}
