// How a time went: per job and in all, against the same time before it.
import type { ReadService } from '../../api/service.ts';
import { missedPageMax } from '../../api/wire.ts';
import { reportOf, type PeriodFacts } from '../../core/runs/report.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { textFormatOption, wantedTextFormat, type TextFormat } from '../formats/text-format.ts';
import type { Input } from '../input.ts';
import { jobsToLookAt } from '../jobs-to-look-at.ts';
import { withNearJobs } from '../near-jobs.ts';
import { lookedAtJobs, lookedAtTag } from '../select-jobs.ts';
import { wrongArguments, wrongValue } from '../usage-errors.ts';
import { reportText, type ShownReport } from '../views/report.ts';

const day = 86_400_000;
const daysDefault = 7;

export const reportCommand: CommandDefinition = {
  name: 'report',
  summary: 'Tell how a time went, against the time before',
  description:
    'Per job and in all: runs, failures, success rate, how long they took (median, 95th percentile), missed occurrences that nothing made up for, the longest time between two starts, and whether all that is better or worse than in the same time before. Below it the slowest jobs, those that fail now and then, those that waited longest, and the share of retries. Needs no daemon; as a job, it is a report that comes by itself.',
  arguments: [lookedAtJobs],
  options: [
    lookedAtTag,
    { flags: '--since <time>', description: 'from then on (default: 7d ago)' },
    { flags: '--until <time>', description: 'up to then (default: now)' },
    { flags: '-a, --all', description: 'a line for each project of this home' },
    textFormatOption(['human', 'markdown', 'csv', 'html']),
  ],
  examples: [
    { command: 'jm2 report', meaning: 'the last seven days against the seven before' },
    { command: 'jm2 report --tag backup --since "30d ago" --format md', meaning: 'for a page' },
    { command: 'jm2 report --all --since today', meaning: 'all projects of this home' },
  ],
  run: report,
};

interface Period {
  readonly since: number;
  readonly until: number;
}

async function report(context: Context, input: Input): Promise<Answer> {
  const format = wantedTextFormat(context, input);
  const period = periodFrom(context, input);
  const before = { since: 2 * period.since - period.until, until: period.since };
  const names = input.list(0);
  const tags = input.texts('tag');
  const times = {
    since: iso(period.since),
    until: iso(period.until),
    before: { since: iso(before.since), until: iso(before.until) },
  };
  if (input.flag('all')) {
    if (names.length + tags.length > 0) {
      throw wrongArguments('--all has one line for each project.', 'Leave the jobs out.');
    }
    return ofProjects(context, { period, before, times, format });
  }
  const jobs = await jobsToLookAt(context, { names, tags });
  const { value } = await withNearJobs(
    context,
    names.length === 1 ? (names[0] ?? null) : null,
    () =>
      context.read(async (service) => ({
        now: await factsOf(service, jobs, period),
        before: await factsOf(service, jobs, before),
      })),
  );
  const { jobs: rows, ...rest } = reportOf(value.now, value.before);
  const truncated = value.now.truncated || value.before.truncated;
  const data = { ...times, jobs: rows, ...rest, truncated };
  const shown = {
    ...times,
    ...rest,
    rows: rows.map((row) => ({ ...row, name: row.job })),
    truncated,
  };
  return told(context, format, data, { ...shown, of: 'JOB', faults: [] });
}

/** Rendered beforehand, so that only one form is loaded. */
async function told(
  context: Context,
  format: TextFormat,
  data: unknown,
  shown: ShownReport,
): Promise<Answer> {
  if (format === 'human') return { data, text: (terminal) => reportText(shown, terminal) };
  const { zone } = context.terminal;
  const page = (await import('../formats/report-pages.ts')).reportPage(format, shown, zone);
  return { data, text: () => page };
}

function periodFrom(context: Context, input: Input): Period {
  const reading = { zone: context.terminal.zone, now: context.terminal.now };
  const until = input.past('until', reading) ?? reading.now;
  const since = input.past('since', reading) ?? until - daysDefault * day;
  if (since < until) return { since, until };
  throw wrongValue(
    input.text('until') === null ? '--since is in the future.' : '--until is not after --since.',
    'jm2 report --since "14d ago" --until "7d ago"',
  );
}

async function factsOf(
  service: ReadService,
  jobs: readonly string[] | null,
  { since, until }: Period,
): Promise<PeriodFacts & { readonly truncated: boolean }> {
  const range = { since: iso(since), until: iso(until) };
  const stats = await service.stats({ jobs, ...range });
  const { missed, more } = await service.missed({
    jobs,
    ...range,
    all: false,
    limit: missedPageMax,
  });
  const counts = new Map<string, number>();
  for (const { job, count, madeUpFor } of missed) {
    counts.set(job, (counts.get(job) ?? 0) + count - madeUpFor);
  }
  return { jobs: stats.jobs, overall: stats.overall, missed: counts, truncated: more };
}

async function ofProjects(
  context: Context,
  asked: {
    readonly period: Period;
    readonly before: Period;
    readonly times: Pick<ShownReport, 'since' | 'until' | 'before'>;
    readonly format: TextFormat;
  },
): Promise<Answer> {
  const { askAll } = await import('../all-projects.ts');
  const answers = await askAll((await context.settings()).settings, async (service) =>
    reportOf(
      await factsOf(service, null, asked.period),
      await factsOf(service, null, asked.before),
    ),
  );
  const projects = answers.map(({ manifest, stateDir, answer, fault }) => {
    return { manifest, stateDir, overall: answer?.value.overall ?? null, fault };
  });
  const shown: ShownReport = {
    ...asked.times,
    of: 'MANIFEST',
    rows: projects.flatMap(({ manifest, stateDir, overall }) =>
      overall === null ? [] : [{ name: manifest ?? stateDir, ...overall }],
    ),
    overall: null,
    retryShare: null,
    slowest: [],
    flakiest: [],
    longestWaits: [],
    truncated: false,
    faults: projects.flatMap(({ stateDir, fault }) =>
      fault === null ? [] : [`${stateDir}: ${fault}`],
    ),
  };
  return told(context, asked.format, { ...asked.times, projects }, shown);
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
