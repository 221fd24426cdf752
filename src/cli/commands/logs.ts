// Shows what jobs printed: the newest run of a job, one run, or all as they come.
import type { LogCursor, LogLine, LogsQuery } from '../../api/service.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { followRun, followRuns, readToEnd, startOf } from '../follow-logs.ts';
import type { Input } from '../input.ts';
import { withNearJobs } from '../near-jobs.ts';
import { wrongArguments, wrongValue } from '../usage-errors.ts';
import { oneLine } from '../views/foreign.ts';
import { logBytes, logText } from '../views/log-lines.ts';

const linesDefault = 50;

type Form = (lines: readonly LogLine[]) => string | Uint8Array;

export const logsCommand: CommandDefinition = {
  name: 'logs',
  summary: 'Show what jobs printed',
  description:
    'Of a job, the end of its newest run; without a job, of the newest run of all. While no daemon runs, the files answer. On a terminal, control characters are shown instead of obeyed.',
  arguments: [{ name: '[job]', description: 'only this job' }],
  options: [
    { flags: '--run <id>', description: 'one run, by its id or the beginning of it' },
    { flags: '--attempt <number>', description: 'with --run: only this attempt of it' },
    {
      flags: '-n, --lines <number>',
      description: 'how many of the last lines (default: 50; a run: all)',
    },
    { flags: '-f, --follow', description: 'go on as lines come, across runs' },
    { flags: '--since <time>', description: 'only runs started at or after this time' },
    { flags: '--until <time>', description: 'only runs started before this time' },
    { flags: '--raw', description: 'the bytes as they were printed, without names' },
  ],
  examples: [
    { command: 'jm2 logs dump-shop', meaning: 'the end of the newest run' },
    { command: 'jm2 logs -f', meaning: 'everything, as it comes' },
    { command: 'jm2 logs --run 01jq8v3k', meaning: 'one run from its first line' },
    { command: 'jm2 logs --run 01jq8v3k --attempt 2', meaning: 'the log of its second attempt' },
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
  const attempt = await attemptOf(context, input, run);
  const form = { named: job === null && run === null };
  const formed: Form = input.flag('raw') ? logBytes : (lines) => logText(lines, form, terminal);
  const show = (lines: readonly LogLine[]): void => {
    if (output.json) for (const line of lines) output.jsonLine(line);
    else if (lines.length > 0) output.raw(formed(lines));
  };
  if (run !== null && input.text('lines') === null) {
    const { value } = await context.read((service) => service.getRun(run));
    if (follow) await followRun(context, value.id, startOf(value.id), show);
    else return wholeRun(context, { id: value.id, attempt }, formed);
    return ExitCode.ok;
  }
  const query: LogsQuery = {
    ...queryOf(context, input, job, run),
    ...(attempt === null ? {} : { attempt }),
  };
  const { value: page } = await withNearJobs(context, job, () =>
    context.read((service) => service.logs(query)),
  );
  if (!follow) {
    if (page.lines.length === 0) await sayWhyNothing(context, input, page.cursor);
    if (output.json) return { data: { lines: page.lines }, text: () => '' };
    output.raw(formed(page.lines));
    return ExitCode.ok;
  }
  show(page.lines);
  if (run === null) return followRuns(context, { job, from: page.cursor }, show);
  await followRun(context, page.cursor?.run ?? run, page.cursor, show);
  return ExitCode.ok;
}

/** For people page by page as it is read: a run log may be large. */
async function wholeRun(
  context: Context,
  { id, attempt }: { readonly id: string; readonly attempt: number | null },
  formed: Form,
): Promise<Answer | number> {
  const { output } = context;
  const lines: LogLine[] = [];
  let isEmpty = true;
  const show = (page: readonly LogLine[]): void => {
    isEmpty &&= page.length === 0;
    if (output.json) lines.push(...page);
    else output.raw(formed(page));
  };
  const from = { ...startOf(id), attempt: attempt ?? 1 };
  await readToEnd(context, from, show, attempt !== null);
  if (output.json) return { data: { lines }, text: () => '' };
  const removal = isEmpty ? await removalOf(context, id) : null;
  if (removal !== null) output.note(removal);
  return ExitCode.ok;
}

/** Null for all of them. Throws for an attempt that was not made. */
async function attemptOf(
  context: Context,
  input: Input,
  run: string | null,
): Promise<number | null> {
  const attempt = input.count('attempt', { min: 1, max: 1_000_000 });
  if (attempt === null) return null;
  if (run === null) {
    throw wrongArguments('An attempt belongs to a run.', 'Name the run with --run.');
  }
  if (input.flag('follow')) {
    throw wrongArguments('--follow goes on through all attempts.', 'Leave out one of them.');
  }
  const { value } = await context.read((service) => service.getRun(run));
  if (attempt <= value.attempts) return attempt;
  const made = value.attempts === 1 ? 'one attempt' : `${value.attempts} attempts`;
  throw wrongValue(`Run ${value.id} has made ${made} so far.`, `jm2 history --run ${value.id}`);
}

/** Silence alone would not tell whether there was a run at all. */
async function sayWhyNothing(
  context: Context,
  input: Input,
  cursor: LogCursor | null,
): Promise<void> {
  if (context.output.json || input.text('lines') === '0') return;
  const job = input.argument(0);
  const ofJob = job === null ? '' : ` of ${oneLine(job)}`;
  const inTime = input.text('since') !== null || input.text('until') !== null;
  context.output.note(
    cursor !== null
      ? ((await removalOf(context, cursor.run)) ?? `Run ${cursor.run} has printed nothing.`)
      : inTime
        ? `No run${ofJob} started in that time.`
        : `No run${ofJob} has started yet.`,
  );
}

/** What retention says of a run whose log it removed; null for any other. */
async function removalOf(context: Context, run: string): Promise<string | null> {
  const { value } = await context.read((service) => service.getRun(run));
  // A daemon of 0.1, asked right after an upgrade, tells no notes.
  const note = (value.notes ?? []).find(({ code }) => code === 'log_removed');
  return note === undefined ? null : `Run ${run}: ${oneLine(note.text)}.`;
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
