// Shows one job in full.
import type { CommandDefinition } from '../command.ts';
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
    const { value } = await context.read((service) => service.show(input.needed(0)));
    return { data: value, text: (terminal) => jobDetail(value, terminal) };
  },
};
