// Shows what jobs printed: the newest run of a job, one run, or all as they come.
import type { LogLine, LogsQuery } from '../../api/service.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { followRun, followRuns, readToEnd, startOf } from '../follow-logs.ts';
import type { Input } from '../input.ts';
import { withNearJobs } from '../near-jobs.ts';
import { wrongArguments } from '../usage-errors.ts';
import { logText } from '../views/log-lines.ts';
import type { LogForm } from '../views/log-lines.ts';

const linesDefault = 50;

export const logsCommand: CommandDefinition = {
  name: 'logs',
  summary: 'Show what jobs printed',
  description:
    'Of a job, the end of its newest run; without a job, of the newest run of all. While no daemon runs, the files answer. On a terminal, control characters are shown instead of obeyed.',
  arguments: [{ name: '[job]', description: 'only this job' }],
  options: [
    { flags: '--run <id>', description: 'one run, by its id or the beginning of it' },
    {
      flags: '-n, --lines <number>',
      description: 'how many of the last lines (default: 50; a run: all)',
    },
    { flags: '-f, --follow', description: 'go on as lines come, across runs' },
    { flags: '--since <time>', description: 'only runs started at or after this time' },
    { flags: '--until <time>', description: 'only runs started before this time' },
    { flags: '--raw', description: 'leave control characters alone' },
  ],
  examples: [
    { command: 'jm2 logs dump-shop', meaning: 'the end of the newest run' },
    { command: 'jm2 logs -f', meaning: 'everything, as it comes' },
    { command: 'jm2 logs --run 01jq8v3k', meaning: 'one run from its first line' },
  ],
  run: logs,
};

async function logs(context: Context, input: Input): Promise<Answer | number> {
  const { output, terminal } = context;
  const job = input.argument(0);
  const run = input.text('run');
  const follow = input.flag('follow');
  if (job !== null && run !== null) {
    throw wrongArguments('A run belongs to one job already.', 'Leave out the job or --run.');
  }
  const form = { named: job === null && run === null, raw: input.flag('raw') };
  const show = (lines: readonly LogLine[]): void => {
    if (output.json) for (const line of lines) output.jsonLine(line);
    else if (lines.length > 0) output.raw(logText(lines, form, terminal));
  };
  if (run !== null && input.text('lines') === null) {
    const { value } = await context.read((service) => service.getRun(run));
    if (follow) await followRun(context, value.id, startOf(value.id), show);
    else return wholeRun(context, value.id, form);
    return ExitCode.ok;
  }
  const query = queryOf(context, input, job, run);
  const { value: page } = await withNearJobs(context, job, () =>
    context.read((service) => service.logs(query)),
  );
  if (!follow) {
    return { data: { lines: page.lines }, text: () => logText(page.lines, form, terminal) };
  }
  show(page.lines);
  if (run === null) return followRuns(context, { job, from: page.cursor }, show);
  await followRun(context, page.cursor?.run ?? run, page.cursor, show);
  return ExitCode.ok;
}

/** For people page by page as it is read: a run log may be large. */
async function wholeRun(context: Context, id: string, form: LogForm): Promise<Answer | number> {
  const { output, terminal } = context;
  const lines: LogLine[] = [];
  await readToEnd(context, startOf(id), (page) => {
    if (output.json) lines.push(...page);
    else output.raw(logText(page, form, terminal));
  });
  return output.json ? { data: { lines }, text: () => '' } : ExitCode.ok;
}

function queryOf(
  context: Context,
  input: Input,
  job: string | null,
  run: string | null,
): LogsQuery {
  const reading = { zone: context.terminal.zone, now: context.terminal.now };
  const since = input.instant('since', reading);
  const until = input.instant('until', reading);
  const lines =
    input.count('lines', { min: 0, max: 10_000 }) ?? (run === null ? linesDefault : null);
  return {
    ...(job === null ? {} : { job }),
    ...(run === null ? {} : { run }),
    ...(lines === null ? {} : { lines }),
    ...(since === null ? {} : { since: new Date(since).toISOString() }),
    ...(until === null ? {} : { until: new Date(until).toISOString() }),
  };
}
