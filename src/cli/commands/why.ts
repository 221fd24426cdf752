// Explains what became of an occurrence or a run, and what comes next.
import type { WhyQuery } from '../../api/service.ts';
import { askedTime } from '../../core/why/asked-time.ts';
import type { CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { withNearJobs } from '../near-jobs.ts';
import { isFailure, runbookOf } from '../runbooks.ts';
import { wrongArguments, wrongValue } from '../usage-errors.ts';
import { whyText } from '../views/why.ts';

export const whyCommand: CommandDefinition = {
  name: 'why',
  summary: 'Explain what became of an occurrence, with evidence',
  description:
    "Without a time: the last settled occurrence and the next one, with what stands in the way now. A time without an offset is read in the job's zone; one to the minute means that minute, a date that day; today, yesterday, 14:30, 2h (two hours ago) and times as jm2 prints them are understood. Removed jobs and former names are known. While no daemon runs, the store answers.",
  arguments: [
    { name: '[job]', description: 'name of the job' },
    { name: '[time]', description: 'when the occurrence was due' },
  ],
  options: [{ flags: '--run <id>', description: 'one run, by its id or the beginning of it' }],
  examples: [
    { command: 'jm2 why dump-shop', meaning: 'the last occurrence and the next one' },
    { command: 'jm2 why dump-shop 2026-03-29T02:30', meaning: 'what became of that one' },
    { command: 'jm2 why dump-shop yesterday', meaning: 'what became of those of a day' },
    { command: 'jm2 why --run 01jq8v3k', meaning: 'why this run ended as it did' },
  ],
  async run(context, input) {
    const query = queryOf(context, input);
    const { value } = await withNearJobs(context, query.job ?? null, () =>
      context.read((service) => service.why(query)),
    );
    const hasFailed = value.explanations.some(({ verdict }) => isFailure(verdict));
    const runbook = hasFailed && !context.output.json ? await runbookOf(context, value.job) : null;
    return {
      data: value,
      text: (terminal) =>
        whyText(value, terminal) + (runbook === null ? '' : `\n\nrunbook  ${runbook}`),
    };
  },
};

function queryOf(context: Context, input: Input): WhyQuery {
  const job = input.argument(0);
  const time = input.argument(1);
  const run = input.text('run');
  if (run !== null) {
    if (job === null) return { run };
    throw wrongArguments('A run belongs to one job already.', 'Leave out the job or --run.');
  }
  if (job === null) {
    throw wrongArguments('Nothing to explain was named.', 'Name a job, or a run with --run.');
  }
  if (time === null) return { job };
  // The zone is the job's and known where the answer is made; the form is checked here.
  if (askedTime(time, 'UTC', context.terminal.now) === null) {
    throw wrongValue(
      `The time "${time}" is not one that jm2 can read.`,
      'Write 2026-12-31T23:59, 2026-12-31, 14:30, yesterday, yesterday 14:30 or 2h (ago).',
    );
  }
  return { job, time };
}
