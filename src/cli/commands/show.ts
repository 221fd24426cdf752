// Shows one job in full.
import type { CommandDefinition } from '../command.ts';
import { withNearJobs } from '../near-jobs.ts';
import { jobDetail } from '../views/job-detail.ts';

export const showCommand: CommandDefinition = {
  name: 'show',
  summary: 'Show one job in full',
  description:
    'Its settings with all defaults filled in, the next five starts and the newest runs. While no daemon runs, the store answers.',
  arguments: [{ name: '<job>', description: 'name of the job' }],
  options: [],
  examples: [{ command: 'jm2 show dump-shop', meaning: 'everything about one job' }],
  async run(context, input) {
    const name = input.needed(0);
    const { value } = await withNearJobs(context, name, () =>
      context.read((service) => service.show(name)),
    );
    return { data: value, text: (terminal) => jobDetail(value, terminal) };
  },
};
