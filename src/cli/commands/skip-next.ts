// Skips the next occurrence of jobs and nothing else: a pause that ends by itself.
import type { CommandDefinition } from '../command.ts';
import { inPieces, pauseReason } from '../pauses.ts';
import { skippingText } from '../views/overrides.ts';

export const skipNextCommand: CommandDefinition = {
  name: 'skip-next',
  summary: 'Skip the next run of jobs, once',
  description:
    'The same as jm2 pause JOB --until next-run: what comes due next is skipped and counted, then the schedule goes on. jm2 resume takes it back.',
  arguments: [{ name: '<job...>', description: 'names of jobs' }],
  options: [{ flags: '-r, --reason <text>', description: 'why, for whoever finds it paused' }],
  examples: [
    { command: 'jm2 skip-next dump-shop', meaning: 'not tonight' },
    { command: 'jm2 skip-next report --reason "data are late"', meaning: 'and say why' },
  ],
  async run(context, input) {
    const reason = pauseReason(input);
    const by = context.actor;
    const jobs = await inPieces(context, [...new Set(input.list(0))], (daemon, names) =>
      daemon.pause({ jobs: names, by, reason, until: 'next_run', cancel: false }),
    );
    return {
      data: { jobs },
      confirmation: true,
      text: (terminal) => skippingText(jobs, terminal),
    };
  },
};
