// Shows what jobs printed: the newest run of a job or of several, one run, or all
// as they come; every line, or only those that are looked for.
import type {
  LogCursor,
  LogLine,
  LogsQuery,
  ReadService,
  ReplacedSecret,
} from '../../api/service.ts';
import { logPageMaxLines } from '../../api/wire.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { formerName } from '../former-names.ts';
import { followRun, followRuns, readToEnd, startOf } from '../follow-logs.ts';
import { gatherLogs } from '../gather-logs.ts';
import type { Gathered, Gathering } from '../gather-logs.ts';
import type { Input } from '../input.ts';
import { jobsToLookAt } from '../jobs-to-look-at.ts';
import { runInsteadOfJob } from '../named-runs.ts';
import { withNearJobs } from '../near-jobs.ts';
import { withProgress } from '../progress.ts';
import { wrongArguments, wrongValue } from '../usage-errors.ts';
import { lineFilter } from '../line-filter.ts';
import type { LineFilter } from '../line-filter.ts';
import type { DirectLogs } from '../../daemon/direct-logs.ts';
import { lookedAtTag } from '../select-jobs.ts';
import { oneLine } from '../views/foreign.ts';
import { logBytes, logText } from '../views/log-lines.ts';

const linesDefault = 50;
const nameWidthMax = 24;

type Form = (lines: readonly LogLine[]) => string | Uint8Array;

export const logsCommand: CommandDefinition = {
  name: 'logs',
  summary: 'Show what jobs printed',
  description:
    'Of each job, the end of its newest run; without a job, the last lines of all runs, or with --grep, --regex or --errors the newest run of every job. Lines of several jobs stand in the order of their runs, and with -f as they come. While no daemon runs, the files answer. On a terminal, control characters are shown instead of obeyed.',
  arguments: [
    {
      name: '[job...]',
      description: 'only these jobs; patterns such as "web-*" as well; or one run, by its id',
      offers: 'jobs and runs',
    },
  ],
  options: [
    lookedAtTag,
    { flags: '--run <id>', description: 'one run, by its id or the beginning of it' },
    { flags: '--attempt <number>', description: 'with --run: only this attempt of it' },
    {
      flags: '-n, --lines <number>',
      description:
        'how many of the last lines, of each job that is named (default: 50; a run: all; with --grep and its like: 10000)',
    },
    { flags: '-f, --follow', description: 'go on as lines come, across runs' },
    { flags: '--last', description: 'the newest run alone, as without it', hidden: true },
    { flags: '-g, --grep <text>', description: 'only lines with this text, in any case' },
    {
      flags: '--regex <pattern>',
      description: 'only lines that a regular expression finds; (?i) first: in any case',
    },
    {
      flags: '-e, --errors',
      description: 'only lines that look like errors: error, fatal, failed, denied, exception, …',
    },
    { flags: '--since <time>', description: 'only runs started at or after this time' },
    { flags: '--until <time>', description: 'only runs started before this time' },
    {
      flags: '--timestamps',
      description: 'with -f: when each line was seen, to about half a second',
    },
    { flags: '--no-timestamps', description: 'as without --timestamps', hidden: true },
    { flags: '--raw', description: 'the bytes as they were printed, without names' },
    {
      flags: '--unmasked',
      description: 'also logs with secrets that cannot be read here, and so not be hidden',
    },
  ],
  examples: [
    { command: 'jm2 logs dump-shop', meaning: 'the end of the newest run' },
    { command: 'jm2 logs -f', meaning: 'everything, as it comes' },
    { command: 'jm2 logs "web-*" -n 10 -f', meaning: 'several jobs together' },
    { command: 'jm2 logs --errors --since "2h ago"', meaning: 'errors of two hours, of all jobs' },
    { command: 'jm2 logs 01jq8v3k', meaning: 'one run from its first line' },
    { command: 'jm2 logs --run 01jq8v3k --attempt 2', meaning: 'the log of its second attempt' },
  ],
  run: logs,
};

async function logs(given: Context, input: Input): Promise<Answer | number> {
  const follow = input.flag('follow');
  // What looks through whole logs reads them itself; a page or two the daemon tells sooner.
  const looksThrough = ['grep', 'regex', 'run'].some((name) => input.text(name) !== null);
  const direct = !follow && (looksThrough || input.flag('errors')) ? await directLogs(given) : null;
  try {
    return await shownLogs(
      withSecretsInMind(given, input.flag('unmasked'), direct, input.text('grep')),
      input,
    );
  } finally {
    direct?.close();
  }
}

async function directLogs(context: Context): Promise<DirectLogs | null> {
  const place = await context.locations();
  const { openDirectLogs } = await import('../../daemon/direct-logs.ts');
  return openDirectLogs(place);
}

async function shownLogs(context: Context, input: Input): Promise<Answer | number> {
  const { output, terminal } = context;
  const tags = input.texts('tag');
  const named =
    input.text('run') === null && tags.length === 0 ? await onlyRun(context, input) : null;
  const run = named ?? input.text('run');
  const names = named === null ? input.list(0) : [];
  const follow = input.flag('follow');
  if (run !== null && names.length + tags.length > 0) {
    throw wrongArguments('A run belongs to one job already.', 'Leave out the job or --run.');
  }
  if (input.flag('last') && (input.text('since') ?? input.text('until')) !== null) {
    throw wrongArguments('--last is the newest run alone.', 'Leave out --since and --until.');
  }
  const timed = input.flag('timestamps');
  if (timed && !follow) {
    throw wrongArguments(
      'When a line was printed is known only while it is followed.',
      'Add --follow; when attempts began and ended is in jm2 history --run RUN.',
    );
  }
  const filter = filterOf(input);
  const attempt = await attemptOf(context, input, run);
  const jobs = run === null ? await jobsToLookAt(context, { names, tags }) : null;
  const job = jobs?.length === 1 ? (jobs[0] ?? null) : null;
  const form = {
    named: job === null && run === null,
    nameWidth: Math.min(nameWidthMax, Math.max(0, ...(jobs ?? []).map(({ length }) => length))),
    timed,
  };
  const formed: Form = input.flag('raw') ? logBytes : (lines) => logText(lines, form, terminal);
  const show = (lines: readonly LogLine[]): void => {
    if (output.json) for (const line of lines) output.jsonLine(line);
    else if (lines.length > 0) output.raw(formed(lines));
  };
  /** What comes from now on. */
  const showNew = (lines: readonly LogLine[]): void => {
    const wanted = filter?.(lines) ?? lines;
    const time = timed ? new Date().toISOString() : null;
    show(time === null ? wanted : wanted.map((line) => ({ ...line, time })));
  };
  const asked = job !== null && names.length === 1 && !output.json ? job : null;
  if (run !== null && (input.text('lines') === null || (follow && filter !== null))) {
    const { value } = await context.read((service) => service.getRun(run));
    if (follow) await followRun(context, value.id, startOf(value.id), showNew);
    else if (filter === null) return wholeRun(context, { id: value.id, attempt }, formed);
    if (follow) return ExitCode.ok;
  }
  const query = queryOf(context, input, job, run);
  const isOnePage = filter === null && (jobs === null || job !== null);
  const page = isOnePage
    ? await onePage(context, job, { ...query, ...(attempt === null ? {} : { attempt }) })
    : await gathered(context, {
        jobs,
        run: run === null ? null : (await context.read((service) => service.getRun(run))).value.id,
        attempt,
        since: query.since === undefined ? null : Date.parse(query.since),
        until: query.until === undefined ? null : Date.parse(query.until),
        lines: linesOf(input) ?? (filter === null ? linesDefault : logPageMaxLines),
        filter,
      });
  if (page.left > 0 && input.text('lines') === null) {
    output.note(`${page.left} earlier lines are left out; --until, or one job, shows them.`);
  }
  if (!follow) {
    if (page.lines.length === 0) {
      if (asked !== null && page.cursors.length === 0 && filter === null) {
        const { note, onlyRun } = await formerName(context, asked);
        if (onlyRun !== null && input.text('since') === null && input.text('until') === null) {
          output.note(`${note}`);
          return wholeRun(context, { id: onlyRun.id, attempt: null }, formed);
        }
      }
      if (filter === null) await sayWhyNothing(context, input, { jobs, cursors: page.cursors });
      else if (!output.json) output.note('No line matches.');
    }
    if (output.json) return { data: { lines: page.lines }, text: () => '' };
    output.raw(formed(page.lines));
    if (asked !== null) await sayFormerName(context, asked);
    return ExitCode.ok;
  }
  if (asked !== null) await sayFormerName(context, asked);
  show(page.lines);
  const { live } = await context.read((service) => service.history({ limit: 1 }));
  if (!live) output.note('The daemon is not running: nothing will come until jm2 start.');
  if (run === null) return followRuns(context, { jobs, from: page.cursors }, showNew);
  const [cursor = null] = page.cursors;
  await followRun(context, cursor?.run ?? run, cursor, showNew);
  return ExitCode.ok;
}

/** `logs RUN` for `logs --run RUN`; null when jobs are named. */
async function onlyRun(context: Context, input: Input): Promise<string | null> {
  const [word, ...others] = input.list(0);
  if (word === undefined || others.length > 0) return null;
  const { value } = await context.read((service) => runInsteadOfJob(service, word));
  return value?.id ?? null;
}

/** Behind the lines, which are what was asked for. */
async function sayFormerName(context: Context, job: string): Promise<void> {
  const { note } = await formerName(context, job);
  if (note !== null) context.output.note(note);
}

/** Asks with --unmasked where it is given, and says once what the answers cannot hide. */
function withSecretsInMind(
  context: Context,
  unmasked: boolean,
  direct: DirectLogs | null,
  /** Null: more than lines with one text is wanted. */
  text: string | null,
): Context {
  const asked = unmasked ? { unmasked } : {};
  const said = new Set<string>();
  const say = <T extends { readonly replaced?: readonly ReplacedSecret[] }>(answer: T): T => {
    for (const { run, name } of answer.replaced ?? []) {
      const note = `${oneLine(name)} was changed after run ${run}; its former value is not hidden.`;
      if (!said.has(note)) context.output.note(note);
      said.add(note);
    }
    return answer;
  };
  const asking = (service: ReadService): ReadService => ({
    ...service,
    logs: async (query) => say(await service.logs({ ...query, ...asked })),
    logsFrom: async (position) => {
      const wanted = { ...position, ...asked };
      return say(await (direct?.logsFrom(wanted, text) ?? service.logsFrom(wanted)));
    },
  });
  return { ...context, read: (ask) => context.read((service) => ask(asking(service))) };
}

interface Found {
  readonly lines: readonly LogLine[];
  readonly cursors: readonly LogCursor[];
  readonly left: number;
}

async function onePage(context: Context, job: string | null, query: LogsQuery): Promise<Found> {
  const { value } = await withNearJobs(context, job, () =>
    context.read((service) => service.logs(query)),
  );
  return { lines: value.lines, cursors: value.cursor === null ? [] : [value.cursor], left: 0 };
}

function filterOf(input: Input): LineFilter | null {
  const grep = input.text('grep');
  if (grep === '') throw wrongValue('--grep names no text.', 'jm2 logs --grep "disk full"');
  return lineFilter({ grep, errors: input.flag('errors'), regex: input.text('regex') });
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
  found: { readonly jobs: readonly string[] | null; readonly cursors: readonly LogCursor[] },
): Promise<void> {
  if (context.output.json || input.text('lines') === '0') return;
  const { jobs } = found;
  const ofJob = jobs === null ? '' : ` of ${oneLine(jobs.slice(0, 5).join(', '))}`;
  const inTime = input.text('since') !== null || input.text('until') !== null;
  const [cursor] = found.cursors;
  context.output.note(
    cursor !== undefined
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

function linesOf(input: Input): number | null {
  return input.count('lines', { min: 0, max: logPageMaxLines });
}

function queryOf(
  context: Context,
  input: Input,
  job: string | null,
  run: string | null,
): LogsQuery {
  const reading = { zone: context.terminal.zone, now: context.terminal.now };
  const since = input.past('since', reading);
  const until = input.past('until', reading);
  if (since !== null && until !== null && until <= since) {
    throw wrongValue('--until is not after --since.', 'jm2 logs --since "2h ago" --until "1h ago"');
  }
  const lines = linesOf(input) ?? (run === null ? linesDefault : null);
  // Without a job the last lines of all, whichever runs printed them.
  const isOfAll = job === null && run === null && !input.flag('follow');
  const begin = since ?? (isOfAll && until === null ? 0 : null);
  return {
    ...(job === null ? {} : { job }),
    ...(run === null ? {} : { run }),
    ...(lines === null ? {} : { lines }),
    ...(begin === null ? {} : { since: new Date(begin).toISOString() }),
    ...(until === null ? {} : { until: new Date(until).toISOString() }),
  };
}

function gathered(context: Context, asked: Gathering): Promise<Gathered> {
  return withProgress(context, 'looking through the logs', () => gatherLogs(context, asked));
}
