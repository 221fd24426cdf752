// A screen of all jobs that stays, with the log of the one that is selected.
import type { CommandDefinition } from '../command.ts';
import { wrongArguments } from '../usage-errors.ts';

export const topCommand: CommandDefinition = {
  name: 'top',
  summary: 'Watch jobs, runs and logs on a full screen, and act on them',
  description:
    'Jobs with their next and last runs, what waits, and the log of the selected job as it comes. Keys run, cancel, pause and resume; ? lists them all. While no daemon runs, the store is shown, and the daemon is noticed when it comes back.',
  arguments: [],
  options: [],
  examples: [
    { command: 'jm2 top', meaning: 'everything at a glance; q quits' },
    { command: 'jm2 top --no-color', meaning: 'the same without colour' },
  ],
  async run(context) {
    const { output, terminal } = context;
    if (output.json) {
      throw wrongArguments('top draws a screen and has no JSON.', 'jm2 status --json');
    }
    if (!terminal.canAnimate || !process.stdin.isTTY) {
      throw wrongArguments('top needs a terminal to draw on and to read keys from.', 'jm2 status');
    }
    const { runTop } = await import('../top/run-top.ts');
    return runTop(context);
  },
};
