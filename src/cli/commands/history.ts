// Lists past runs and, on request, occurrences that never became one.
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import type { RunState } from '../../core/runs/run.ts';
import type { HistoryQuery } from '../../api/service.ts';
import type { CommandDefinition } from '../command.ts';
import { withNearJobs } from '../near-jobs.ts';
import { wrongArguments } from '../usage-errors.ts';
import { outcomeTable, runTable } from '../views/run-table.ts';

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
    { flags: '-a, --all', description: 'skipped and missed occurrences as well' },
  ],
  examples: [
    { command: 'jm2 history', meaning: 'the newest twenty runs' },
    { command: 'jm2 history dump-shop --failed --since -7d', meaning: 'failures of a week' },
    { command: 'jm2 history heartbeat --all', meaning: 'what was skipped or missed, too' },
  ],
  async run(context, input) {
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
    const { runs, outcomes } = value;
    return {
      data: input.flag('all') ? { runs, outcomes } : { runs },
      exitCode: ExitCode.ok,
      text: (terminal) => {
        const parts = [runs.length === 0 ? 'No runs.' : runTable(runs, terminal)];
        if (input.flag('all')) {
          parts.push(
            outcomes.length === 0
              ? 'Nothing was skipped or missed.'
              : outcomeTable(outcomes, terminal),
          );
        }
        return parts.join('\n\n');
      },
    };
  },
};

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
