// Tells how runs went, in figures, per job and in all.
import type { CommandDefinition } from '../command.ts';
import { jobsToLookAt } from '../jobs-to-look-at.ts';
import { withNearJobs } from '../near-jobs.ts';
import { lookedAtJobs, lookedAtTag } from '../select-jobs.ts';
import { wrongValue } from '../usage-errors.ts';
import { statsTable } from '../views/stats-table.ts';

const day = 86_400_000;
const daysDefault = 30;

export const statsCommand: CommandDefinition = {
  name: 'stats',
  summary: 'Tell how runs went, in figures',
  description:
    'Per job and in all: runs, how many succeeded (canceled ones count for neither side), how long they took (median, 95th percentile), how late they began, retries, time spent running, the newest runs that ended alike, the longest time between two starts. Of more than two thousand runs, medians and percentiles rest on the newest ones. While no daemon runs, the store answers.',
  arguments: [lookedAtJobs],
  options: [
    lookedAtTag,
    {
      flags: '--since <time>',
      description: 'only runs queued at or after this time (default: 30d ago)',
    },
    { flags: '--until <time>', description: 'only runs queued before this time' },
    { flags: '-a, --all', description: 'all runs that are kept, however old' },
  ],
  examples: [
    { command: 'jm2 stats', meaning: 'thirty days, all jobs' },
    { command: 'jm2 stats dump-shop --since "7d ago"', meaning: 'a week of one job' },
    { command: 'jm2 stats --tag backup --all --json', meaning: 'everything, for a report' },
  ],
  async run(context, input) {
    const reading = { zone: context.terminal.zone, now: context.terminal.now };
    const all = input.flag('all');
    const since = input.past('since', reading);
    const until = input.past('until', reading);
    if (all && since !== null) {
      throw wrongValue('--all and --since say two things.', 'Leave one of them out.');
    }
    const from = all ? null : (since ?? (until ?? reading.now) - daysDefault * day);
    if (from !== null && from >= (until ?? reading.now)) {
      throw wrongValue(
        until === null ? '--since is in the future.' : '--until is not after --since.',
        'jm2 stats --since "7d ago" --until "1d ago"',
      );
    }
    const names = input.list(0);
    const jobs = await jobsToLookAt(context, { names, tags: input.texts('tag') });
    const { value } = await withNearJobs(
      context,
      names.length === 1 ? (names[0] ?? null) : null,
      () =>
        context.read((service) =>
          service.stats({
            jobs,
            since: from === null ? null : new Date(from).toISOString(),
            until: until === null ? null : new Date(until).toISOString(),
          }),
        ),
    );
    return {
      data: value,
      text: (terminal) => (value.jobs.length === 0 ? 'No jobs.' : statsTable(value, terminal)),
    };
  },
};
