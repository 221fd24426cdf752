// Keeps what comes due of jobs from running, until a time or until somebody
// resumes them. The manifest is not touched, and no apply ends a pause.
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { confirmSweep, inPieces, pauseEnd, pauseReason } from '../pauses.ts';
import { selectedJobs, selectionOptions } from '../select-jobs.ts';
import { pausedText } from '../views/overrides.ts';

export const pauseCommand: CommandDefinition = {
  name: 'pause',
  summary: 'Keep jobs from running by schedule',
  description:
    'What comes due meanwhile is skipped, counted and never made up for. A pause lasts until its time, or without --for and --until until jm2 resume; it survives applies and restarts, follows a rename, and is not written to the manifest. Runs that were admitted before go on, waiting ones and retries as well, unless --cancel is given; jm2 run starts a paused job by hand. Somebody else’s pause can be made longer, not shorter.',
  arguments: [{ name: '[job...]', description: 'names of jobs, or patterns such as "web-*"' }],
  options: [
    { flags: '-r, --reason <text>', description: 'why, for whoever finds it paused' },
    { flags: '--for <duration>', description: 'how long: 90m, 2h, 3d' },
    {
      flags: '-u, --until <time>',
      description: 'until when: 18:00, "tomorrow 08:00", 2026-12-31, next-run, forever',
    },
    ...selectionOptions,
    { flags: '--cancel', description: 'end their runs as well, running and waiting' },
    { flags: '-y, --yes', description: 'do not ask before more than ten jobs' },
  ],
  examples: [
    { command: 'jm2 pause dump-shop --for 2h --reason "disk swap"', meaning: 'for two hours' },
    { command: 'jm2 pause --tag backup --until "tomorrow 08:00"', meaning: 'all with a tag' },
    { command: 'jm2 pause --all --cancel --yes', meaning: 'everything, at once' },
  ],
  run: pause,
};

async function pause(context: Context, input: Input): Promise<Answer> {
  const until = pauseEnd(context, input);
  const reason = pauseReason(input);
  const selected = await selectedJobs(context, input);
  await confirmSweep(context, input, selected);
  const by = context.actor;
  const jobs = await inPieces(context, selected.names, (daemon, names) =>
    daemon.pause({ jobs: names, by, reason, until, cancel: input.flag('cancel') }),
  );
  return {
    data: { jobs },
    confirmation: true,
    text: (terminal) => pausedText(jobs, terminal),
  };
}
