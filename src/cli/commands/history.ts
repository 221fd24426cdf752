// Lists past runs and, on request, occurrences that never became one.
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { RunState } from '../../core/runs/run.ts';
import type { HistoryQuery } from '../../api/service.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Terminal } from '../terminal.ts';
import { withNearJobs } from '../near-jobs.ts';
import { wrongArguments } from '../usage-errors.ts';
import { attemptTable } from '../views/attempt-table.ts';
import { historyTable } from '../views/history-table.ts';
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
const failures: readonly RunState[] = ['failed', 'timed_out', 'lost'];

export const historyCommand: CommandDefinition = {
  name: 'history',
  summary: 'List past runs and what became of occurrences',
  description: 'Newest first. While no daemon runs, the store answers.',
  arguments: [{ name: '[job]', description: 'only this job' }],
  options: [
    { flags: '-l, --limit <number>', description: 'how many runs (default: 20)' },
    { flags: '-f, --failed', description: 'only failed, timed out and lost runs' },
    {
      flags: '--state <state>',
      description: 'only runs in this state; may be repeated',
      repeat: true,
    },
    { flags: '--since <time>', description: 'only runs queued at or after this time' },
    { flags: '--until <time>', description: 'only runs queued before this time' },
    { flags: '--run <id>', description: 'one run with each of its attempts' },
    { flags: '-a, --all', description: 'skipped and missed occurrences as well' },
  ],
  examples: [
    { command: 'jm2 history', meaning: 'the newest twenty runs' },
    { command: 'jm2 history dump-shop --failed --since -7d', meaning: 'failures of a week' },
    { command: 'jm2 history heartbeat --all', meaning: 'what was skipped or missed, too' },
    { command: 'jm2 history --run 01jq8v3k', meaning: 'the attempts of one run' },
  ],
  async run(context, input) {
    const id = input.text('run');
    if (id !== null) {
      if (input.argument(0) !== null || input.flag('all') || input.flag('failed')) {
        throw wrongArguments('--run names one run already.', 'Leave out the job and the filters.');
      }
      return oneRun(context, id);
    }
    const reading = { zone: context.terminal.zone, now: context.terminal.now };
    const since = input.instant('since', reading);
    const until = input.instant('until', reading);
    const wanted = wantedStates(input.texts('state'), input.flag('failed'));
    const job = input.argument(0);
    const query: HistoryQuery = {
      limit: input.count('limit', { min: 1, max: 500 }) ?? 20,
      ...(job === null ? {} : { job }),
      ...(wanted === null ? {} : { states: wanted }),
      ...(since === null ? {} : { since: new Date(since).toISOString() }),
      ...(until === null ? {} : { until: new Date(until).toISOString() }),
      ...(input.flag('all') ? { all: true } : {}),
    };
    const { value } = await withNearJobs(context, job, () =>
      context.read((service) => service.history(query)),
    );
    const { runs, outcomes, prunedUntil } = value;
    const isAll = input.flag('all');
    const data = {
      runs,
      ...(isAll ? { outcomes } : {}),
      ...(job === null ? {} : { prunedUntil }),
    };
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
        return isShort && prunedUntil !== null
          ? `${table}\n\n${pruned(prunedUntil, terminal)}`
          : table;
      },
    };
  },
};

/** Each attempt of one run, with the run's own line above them. */
async function oneRun(context: Context, id: string): Promise<Answer> {
  const { value } = await context.read(async (service) => {
    const run = await service.getRun(id);
    return { run, attempts: await service.attempts(run.id) };
  });
  const { run, attempts } = value;
  return {
    data: { runs: [run], attempts },
    exitCode: ExitCode.ok,
    text: (terminal) =>
      [
        runTable([run], terminal),
        attempts.length === 0 ? 'No attempt yet.' : attemptTable(attempts, terminal),
        terminal.style('dim', `jm2 why --run ${run.id}\njm2 logs --run ${run.id} --attempt N`),
      ].join('\n\n'),
  };
}

function pruned(until: string, terminal: Terminal): string {
  const time = localTime(Date.parse(until), terminal.zone);
  return terminal.style('dim', `Up to ${time}, records were pruned by retention.`);
}

function wantedStates(named: readonly string[], failed: boolean): readonly RunState[] | null {
  if (failed && named.length > 0) {
    throw wrongArguments('--failed and --state say two things.', 'Leave one of them out.');
  }
  if (failed) return failures;
  if (named.length === 0) return null;
  return named.map((name) => {
    const state = states.find((known) => known === name.replace('-', '_'));
    if (state === undefined) {
      throw wrongArguments(`--state knows no "${name}".`, `The states are ${states.join(', ')}.`);
    }
    return state;
  });
}
