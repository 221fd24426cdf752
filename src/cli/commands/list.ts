// Lists jobs with state, next and last run.
import type { JobState, JobView } from '../../api/service.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Input } from '../input.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { selectJobs } from '../../core/selection/select-jobs.ts';
import { didYouMean, nearest, wrongValue } from '../usage-errors.ts';
import { ensureUserManifest } from '../user-manifest.ts';
import { pausedNotes } from '../views/overrides.ts';
import { isFailing } from '../failing-jobs.ts';
import { lookedAtJobs, lookedAtTag } from '../select-jobs.ts';
import { jobTable } from '../views/job-table.ts';
import { jobStates } from '../views/states.ts';
import { oneLine } from '../views/foreign.ts';
import { renderTable } from '../views/table.ts';

const types = ['cron', 'every', 'at', 'manual'] as const;
const sortKeys = ['name', 'next', 'last', 'duration', 'state'] as const;
/** What wants a look comes first. */
const sortedStates: readonly JobState[] = [
  'invalid',
  'failed',
  'running',
  'paused',
  'suspended',
  'scheduled',
  'manual',
  'completed',
];

export const listCommand: CommandDefinition = {
  name: 'list',
  summary: 'List jobs with state, next and last run',
  description: 'While no daemon runs, the store answers.',
  arguments: [lookedAtJobs],
  options: [
    lookedAtTag,
    { flags: '-s, --state <state>', description: 'only jobs in this state', choices: jobStates },
    {
      flags: '--status <state>',
      description: 'the same as --state',
      choices: jobStates,
      hidden: true,
    },
    {
      flags: '--type <type>',
      description: 'only jobs with such a schedule; manual: with none',
      choices: types,
    },
    { flags: '-a, --all', description: 'also one-shots that were flushed' },
    {
      flags: '-f, --failed',
      description: 'only jobs whose last run went wrong, or whose only time was missed',
    },
    {
      flags: '-g, --grep <text>',
      description: 'only jobs with this text in name, description or tags',
    },
    {
      flags: '--sort <key>',
      description: 'by name (default), next start, last run, its duration, or state',
      choices: sortKeys,
    },
    { flags: '-v', description: 'also what each job is for, and whose it is; as --verbose' },
    { flags: '--tags', description: 'the tags of these jobs instead, with how many have each' },
  ],
  examples: [
    { command: 'jm2 list', meaning: 'all jobs' },
    { command: 'jm2 list --tag backup --failed', meaning: 'backups that went wrong' },
    { command: 'jm2 list --sort next', meaning: 'what comes first' },
    { command: 'jm2 list "web-*" --sort duration', meaning: 'the slowest first' },
  ],
  async run(context, input) {
    await ensureUserManifest(context);
    const { value, live } = await context.read((service) => service.list());
    const found = sorted(selected(value.jobs, input), input.text('sort'));
    // Whoever names a job means it, flushed or not.
    const isShown = input.flag('all') || input.list(0).length > 0;
    const explained = context.verbose || input.flag('v');
    const jobs = isShown ? found : found.filter(({ flushed }) => !flushed);
    const hidden = found.length - jobs.length;
    if (!live)
      context.output.note('The daemon is not running: nothing will start until jm2 start.');
    if (input.flag('tags')) return tagsOf(jobs);
    return {
      data: { jobs },
      text: (terminal) =>
        jobs.length > 0
          ? jobTable(jobs, terminal, { explained }) + pausedNotes(jobs, terminal)
          : value.jobs.length === 0
            ? 'No jobs are in force.'
            : hidden > 0
              ? 'All of them were flushed: jm2 list --all'
              : input.text('state') === 'failed' && value.jobs.some(isFailing)
                ? 'No job matches. Jobs whose last run went wrong: jm2 list --failed'
                : 'No job matches.',
    };
  },
};

/** By name. Those of more jobs first would move with every job that comes. */
function tagsOf(jobs: readonly JobView[]): Answer {
  const counts = new Map<string, number>();
  for (const tag of jobs.flatMap((job) => job.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const tags = [...counts].map(([tag, count]) => ({ tag, jobs: count }));
  tags.sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return {
    data: { tags },
    text: (terminal) =>
      tags.length === 0
        ? 'No job has a tag.'
        : renderTable(
            [
              { header: 'TAG', cell: ({ tag }) => oneLine(tag), rank: 0 },
              { header: 'JOBS', cell: (row) => String(row.jobs), rank: 0, align: 'right' },
            ],
            tags,
            terminal,
          ),
  };
}

/** A job with several schedules is of each of their types. */
function isOfType({ schedule }: JobView, type: string | null): boolean {
  if (type === null) return true;
  if (schedule === null) return type === 'manual';
  return schedule.split(', ').some((one) => {
    const word = /^(every|at) /.exec(one)?.[1];
    return (word ?? 'cron') === type;
  });
}

function selected(jobs: readonly JobView[], input: Input): readonly JobView[] {
  const grep = input.text('grep');
  if (grep === '') throw wrongValue('--grep names no text.', 'jm2 list --grep backup');
  const { names, unknown, idle } = selectJobs(jobs, { names: input.list(0), tags: [], grep });
  const [missing] = [...unknown, ...idle];
  if (missing !== undefined) {
    const near = nearest(
      missing,
      jobs.map(({ name }) => name),
    );
    throw operationalError('JM2-R101', {
      detail: `No job ${unknown.length > 0 ? 'is called' : 'matches'} "${missing}".`,
      hint: didYouMean(near) ?? 'jm2 list',
    });
  }
  const wanted = new Set(names);
  return jobs.filter((job) => wanted.has(job.name) && isWanted(job, input));
}

/** Jobs that have no such value come last; equal ones stay in the order of their names. */
function sorted(jobs: readonly JobView[], key: string | null): readonly JobView[] {
  const rank = rankOf(key);
  return rank === null ? jobs : jobs.toSorted((a, b) => compare(rank(a), rank(b)));
}

/** Without subtraction: two jobs without a value are equal, not NaN apart. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Smaller comes first. */
function rankOf(key: string | null): ((job: JobView) => number) | null {
  const none = Number.POSITIVE_INFINITY;
  const at = (time: string | null | undefined): number => (time == null ? none : Date.parse(time));
  switch (key ?? 'name') {
    case 'next':
      return (job) => at(job.nextRun);
    case 'last':
      return ({ lastRun }) => (lastRun === null ? none : -at(lastRun.startedAt ?? lastRun.endedAt));
    case 'duration':
      return ({ lastRun }) => -(lastRun?.durationMs ?? -none);
    case 'state':
      return ({ state }) => sortedStates.indexOf(state);
    default:
      return null;
  }
}

function isWanted(job: JobView, input: Input): boolean {
  const state = input.text('state') ?? input.text('status');
  if (!isOfType(job, input.text('type'))) return false;
  if (!input.texts('tag').every((tag) => job.tags.includes(tag))) return false;
  if (state !== null && job.state !== state) return false;
  return !input.flag('failed') || isFailing(job);
}
