// Lists past runs and, on request, occurrences that never became one.
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { RunState, Trigger } from '../../core/runs/run.ts';
import type { HistoryQuery, NamesakeView } from '../../api/service.ts';
import { tenureWords } from '../../core/why/tenures.ts';
import { historyPageMax } from '../../api/wire.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { historyOf } from '../history-of.ts';
import type { Input } from '../input.ts';
import { jobsToLookAt } from '../jobs-to-look-at.ts';
import type { Terminal } from '../terminal.ts';
import { withNearJobs } from '../near-jobs.ts';
import { oneRun } from '../one-run.ts';
import { wrongArguments, wrongValue } from '../usage-errors.ts';
import { isFailure, runbookOf } from '../runbooks.ts';
import { lookedAtJobs, lookedAtTag } from '../select-jobs.ts';
import { oneLine } from '../views/foreign.ts';
import { historyTable } from '../views/history-table.ts';
import { isMarked, namesakeMark } from '../views/namesake.ts';
import { noteLines } from '../views/notes.ts';
import { resultStrips, stripWidth } from '../views/result-strip.ts';
import type { JobRuns } from '../views/result-strip.ts';
import { runTable } from '../views/run-table.ts';
import { localTime } from '../views/times.ts';

const states: readonly RunState[] = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'timed_out',
  'canceled',
  'lost',
];
const triggers: readonly Trigger[] = [
  'schedule',
  'catch-up',
  'manual',
  'rerun',
  'backfill',
  'restart',
];
const failures: readonly RunState[] = ['failed', 'timed_out', 'lost'];

const limits = { min: 1, max: historyPageMax };

export const historyCommand: CommandDefinition = {
  name: 'history',
  summary: 'List past runs and what became of occurrences',
  description: 'Newest first. While no daemon runs, the store answers.',
  arguments: [lookedAtJobs],
  options: [
    lookedAtTag,
    { flags: '--adhoc', description: 'only ad-hoc runs' },
    { flags: '-l, --limit <number>', description: 'how many runs (default: 20)' },
    { flags: '-f, --failed', description: 'only failed, timed out and lost runs' },
    {
      flags: '--state <state>',
      description: 'only runs in this state; may be repeated',
      offers: states,
      repeat: true,
    },
    { flags: '-s, --success', description: 'only runs that succeeded' },
    { flags: '--trigger <trigger>', description: 'only runs begun by this', choices: triggers },
    { flags: '--longer <duration>', description: 'only runs that took at least this long' },
    { flags: '--shorter <duration>', description: 'only runs that took at most this long' },
    { flags: '--since <time>', description: 'only runs queued at or after this time' },
    { flags: '--until <time>', description: 'only runs queued before this time' },
    { flags: '--run <id>', description: 'one run with each of its attempts' },
    { flags: '-a, --all', description: 'skipped and missed occurrences as well' },
    { flags: '--spark', description: 'one line per job: its last results and how long they took' },
  ],
  examples: [
    { command: 'jm2 history', meaning: 'the newest twenty runs' },
    { command: 'jm2 history dump-shop --failed --since -7d', meaning: 'failures of a week' },
    { command: 'jm2 history "web-*" --tag nightly', meaning: 'of several jobs' },
    { command: 'jm2 history --spark', meaning: 'the last results of every job' },
    { command: 'jm2 history --longer 10m --trigger schedule', meaning: 'slow runs of schedules' },
    { command: 'jm2 history heartbeat --all', meaning: 'what was skipped or missed, too' },
    { command: 'jm2 history --run 01jq8v3k', meaning: 'the attempts of one run' },
  ],
  async run(context, input) {
    const id = input.text('run');
    if (id !== null) {
      const filters = ['all', 'failed', 'success', 'spark', 'adhoc'].some((name) =>
        input.flag(name),
      );
      if (input.list(0).length + input.texts('tag').length > 0 || filters) {
        throw wrongArguments('--run names one run already.', 'Leave out the job and the filters.');
      }
      return oneRun(context, id);
    }
    const reading = { zone: context.terminal.zone, now: context.terminal.now };
    const since = input.past('since', reading);
    const until = input.past('until', reading);
    const wanted = wantedStates(input);
    const adhoc = input.flag('adhoc');
    if (adhoc && input.list(0).length + input.texts('tag').length > 0) {
      throw wrongArguments(
        '--adhoc is about runs of no job.',
        'Leave it out and name one: jm2 history adhoc/NAME.',
      );
    }
    const jobs = await jobsToLookAt(context, { names: input.list(0), tags: input.texts('tag') });
    const job = jobs?.length === 1 ? (jobs[0] ?? null) : null;
    const trigger = triggers.find((known) => known === input.text('trigger'));
    const tookMinMs = input.duration('longer');
    const tookMaxMs = input.duration('shorter');
    if (tookMinMs !== null && tookMaxMs !== null && tookMaxMs < tookMinMs) {
      throw wrongArguments('No run took longer and shorter than that.', 'Leave one of them out.');
    }
    if (since !== null && until !== null && until <= since) {
      throw wrongValue(
        '--until is not after --since.',
        'jm2 history --since "2d ago" --until "1d ago"',
      );
    }
    const filter = {
      ...(adhoc ? { adhoc } : {}),
      ...(trigger === undefined ? {} : { triggers: [trigger] }),
      ...(tookMinMs === null ? {} : { tookMinMs }),
      ...(tookMaxMs === null ? {} : { tookMaxMs }),
      ...(wanted === null ? {} : { states: wanted }),
      ...(since === null ? {} : { since: new Date(since).toISOString() }),
      ...(until === null ? {} : { until: new Date(until).toISOString() }),
    };
    if (input.flag('spark')) return sparks(context, input, jobs, filter);
    const query: HistoryQuery = {
      ...filter,
      limit: input.count('limit', limits) ?? 20,
      ...(input.flag('all') ? { all: true } : {}),
    };
    if (adhoc && input.flag('all')) {
      throw wrongArguments('An ad-hoc run has no occurrences.', 'Leave out --all.');
    }
    const value = await historyOf(context, jobs, query);
    const { runs, outcomes, prunedUntil, personNotes } = value;
    const isAll = input.flag('all');
    const data = {
      runs,
      ...(isAll ? { outcomes } : {}),
      ...(job === null ? {} : { prunedUntil }),
      ...(personNotes === undefined ? {} : { personNotes }),
    };
    const hasFailed = job !== null && runs.some((run) => isFailure(run.state));
    const runbook = hasFailed && !context.output.json ? await runbookOf(context, job) : null;
    const isShort = runs.length + (isAll ? outcomes.length : 0) < query.limit;
    return {
      data,
      exitCode: ExitCode.ok,
      text: (terminal) => {
        const table = isAll
          ? runs.length + outcomes.length === 0
            ? 'No runs, and nothing was skipped or missed.'
            : historyTable(value, query.limit, terminal)
          : runs.length === 0
            ? 'No runs.'
            : runTable(runs, terminal);
        return [
          table,
          ...(job === null ? [] : namesakeLines(job, [...runs, ...outcomes], terminal)),
          ...(personNotes === undefined ? [] : [noteLines(personNotes, terminal, 'bare')]),
          ...(runbook === null ? [] : [`runbook  ${runbook}`]),
          ...(isShort && prunedUntil !== null ? [pruned(prunedUntil, terminal)] : []),
        ].join('\n\n');
      },
    };
  },
};

/** What the marks of rows mean that are of other jobs. */
function namesakeLines(
  name: string,
  rows: readonly { readonly namesake?: NamesakeView }[],
  terminal: Terminal,
): string[] {
  const known = rows.flatMap(({ namesake }) => (namesake === undefined ? [] : [namesake]));
  const others = new Map(known.filter(isMarked).map((one) => [namesakeMark(one), one]));
  if (others.size === 0) return [];
  const lines = [...others.values()].map((one) => {
    const now = one.name.toLowerCase() === name.toLowerCase() ? '' : `, which is now ${one.name}`;
    return `${namesakeMark(one)}: of the job that had this name ${tenureWords(one) ?? 'once'}${now}.`;
  });
  return [terminal.style('dim', lines.map(oneLine).join('\n'))];
}

/** The last results of a job, or of each job in force. */
async function sparks(
  context: Context,
  input: Input,
  jobs: readonly string[] | null,
  filter: Omit<HistoryQuery, 'limit'>,
): Promise<Answer> {
  if (input.flag('all')) {
    throw wrongArguments('--spark shows runs alone.', 'Leave out --all.');
  }
  if (input.flag('adhoc')) {
    throw wrongArguments('--spark is about jobs.', 'Leave out --adhoc.');
  }
  const names =
    jobs ?? (await context.read((service) => service.list())).value.jobs.map(({ name }) => name);
  const limit = input.count('limit', limits) ?? stripWidth(context.terminal, names);
  const strips: JobRuns[] = [];
  for (const name of names) {
    const { value } = await withNearJobs(context, name, () =>
      context.read((service) => service.history({ ...filter, job: name, limit })),
    );
    strips.push({ job: name, runs: value.runs });
  }
  return {
    data: { runs: strips.flatMap(({ runs }) => runs) },
    text: (terminal) =>
      strips.length === 0 ? 'No jobs are in force.' : resultStrips(strips, terminal),
  };
}

function pruned(until: string, terminal: Terminal): string {
  const time = localTime(Date.parse(until), terminal.zone);
  return terminal.style('dim', `Up to ${time}, records were pruned by retention.`);
}

function wantedStates(input: Input): readonly RunState[] | null {
  const named = input.texts('state');
  const said = [
    ...(input.flag('failed') ? ['--failed'] : []),
    ...(input.flag('success') ? ['--success'] : []),
    ...(named.length > 0 ? ['--state'] : []),
  ];
  if (said.length > 1) {
    throw wrongArguments(`${said.join(' and ')} say two things.`, 'Leave one of them out.');
  }
  if (input.flag('failed')) return failures;
  if (input.flag('success')) return ['succeeded'];
  if (named.length === 0) return null;
  return named.map((name) => {
    const state = states.find((known) => known === name.replace('-', '_'));
    if (state === undefined) {
      throw wrongArguments(`--state knows no "${name}".`, `The states are ${states.join(', ')}.`);
    }
    return state;
  });
}
