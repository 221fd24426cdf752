// Runs a job for the occurrences of a past range.
import { backfillMax } from '../../api/wire.ts';
import type { BackfillInput } from '../../api/service.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import { confirmed } from '../confirm.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { withNearJobs } from '../near-jobs.ts';
import { withProgress } from '../progress.ts';
import { requestKey } from '../request-key.ts';
import { wrongArguments } from '../usage-errors.ts';
import { backfillText } from '../views/backfill.ts';
import { oneLine } from '../views/foreign.ts';

/** More than this is started only when it was asked for. */
const unaskedMax = 100;

export const backfillCommand: CommandDefinition = {
  name: 'backfill',
  summary: 'Run a job for the occurrences of a past range',
  description:
    "By the schedule in force, oldest first. Each run gets its occurrence's time as JM2_NOMINAL_TIME and waits for the one before, unless the job's concurrency is allow. An occurrence for which a run succeeded or is under way is left out, unless --all is given. More than 100 runs are asked about, unless --limit says how many. While they go on, the job's policy holds for what its schedule brings: forbid skips it.",
  arguments: [{ name: '<job>', description: 'name of the job' }],
  options: [
    { flags: '--from <time>', description: 'first nominal time' },
    { flags: '--to <time>', description: 'end of the range, itself not included (default: now)' },
    { flags: '-l, --limit <number>', description: 'at most so many runs, 1 to 1000' },
    { flags: '-a, --all', description: 'also what succeeded or is under way' },
    { flags: '--dry-run', description: 'show what would be run and start nothing' },
    {
      flags: '--request-id <key>',
      description: 'a key of your own: sent again, it starts nothing twice',
    },
    { flags: '-y, --yes', description: 'do not ask' },
  ],
  examples: [
    {
      command: 'jm2 backfill report --from 2026-03-01 --to 2026-03-08 --dry-run',
      meaning: 'what a week would be',
    },
    { command: 'jm2 backfill report --from -3d', meaning: 'the last three days' },
  ],
  run: backfill,
};

async function backfill(context: Context, input: Input): Promise<Answer> {
  const job = input.needed(0);
  const { from, to } = readRange(context, input);
  const limit = input.count('limit', { min: 1, max: backfillMax });
  const requestId = requestKey(input);
  const isDryRun = input.flag('dryRun');
  const daemon = await context.daemon();
  const wanted: BackfillInput = {
    job,
    by: context.actor,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    limit: limit ?? backfillMax,
    all: input.flag('all'),
    dryRun: true,
    ...(requestId === null ? {} : { requestId }),
  };
  const shown = await withProgress(context, 'looking through the range', () =>
    withNearJobs(context, job, () => daemon.backfill(wanted)),
  );
  const count = shown.occurrences.filter(({ decision }) => decision === 'run').length;
  if (!isDryRun && limit === null && count > unaskedMax && !input.flag('yes')) {
    await confirmed(context, `Start ${count} runs of ${oneLine(job)}?`, shown);
  }
  const view = isDryRun
    ? shown
    : await withProgress(context, 'starting', () => daemon.backfill({ ...wanted, dryRun: false }));
  return { data: view, text: (terminal) => backfillText(view, isDryRun, terminal) };
}

function readRange(context: Context, input: Input): { from: number; to: number } {
  const { zone, now } = context.terminal;
  const from = input.past('from', { zone, now });
  const to = input.past('to', { zone, now }) ?? now;
  if (from === null) {
    throw wrongArguments('A backfill needs the beginning of its range.', 'Give --from TIME.');
  }
  if (to > now) {
    throw wrongArguments(
      '--to lies in the future, which is the schedule’s to run.',
      'Leave out --to, or give a time in the past.',
    );
  }
  if (from >= to) {
    throw wrongArguments('The range is empty: --from is not before --to.', 'Exchange them.');
  }
  return { from, to };
}
