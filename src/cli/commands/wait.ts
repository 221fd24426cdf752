// Waits for runs to end, without a word, and ends as they ended.
import type { RunView } from '../../api/service.ts';
import { awaitRun, awaitRuns } from '../await-run.ts';
import type { CommandDefinition, CommandOption } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { namedRun, unfinishedRuns, waitsForItsTime } from '../named-runs.ts';
import { selectedJobs, selectionOptions, selectsJobs } from '../select-jobs.ts';
import { wrongArguments } from '../usage-errors.ts';

export const timeoutOption: CommandOption = {
  flags: '--timeout <duration>',
  description: 'give up after this time, with exit code 6; the run goes on',
};

export const waitCommand: CommandDefinition = {
  name: 'wait',
  summary: 'Wait for runs to end, and end as they ended',
  description:
    "Ends with the run's own exit code, as run --wait does: 124 timed out, 125 lost, 126 could not start, 128+N ended by signal N, 130 canceled. With a job's name, its newest run that has not ended is meant, or else its last one. A run that has ended already answers at once. Of several, all are waited for, and jm2 ends with the highest of their codes. Runs that were asked for a later time are not among those that a selection means.",
  arguments: [
    {
      name: '[run-or-job...]',
      description: 'ids of runs (or their beginnings), jobs, or patterns such as "web-*"',
    },
  ],
  options: [timeoutOption, ...selectionOptions],
  examples: [
    { command: 'jm2 wait 01jq8v3k && ./publish.sh', meaning: 'go on when it succeeded' },
    { command: 'jm2 wait dump-shop --timeout 1h', meaning: 'the newest run of a job' },
    { command: 'jm2 wait --tag backup', meaning: 'what runs of all jobs with a tag' },
  ],
  async run(context, input) {
    const timeoutMs = input.duration('timeout');
    const runs = await meantRuns(context, input);
    const [only] = runs;
    if (only !== undefined && runs.length === 1) {
      return awaitRun(context, only.id, { shows: false, timeoutMs });
    }
    return awaitRuns(
      context,
      runs.map(({ id }) => id),
      timeoutMs,
    );
  },
};

/** Each once. Of jobs that are selected, only those of which something waits or runs. */
async function meantRuns(context: Context, input: Input): Promise<readonly RunView[]> {
  const names = input.list(0);
  if (!selectsJobs(input)) {
    if (names.length === 0) {
      throw wrongArguments(
        'No run is named.',
        'Name runs or jobs, or give --tag, --grep or --all.',
      );
    }
    const { value } = await context.read((service) =>
      Promise.all(names.map((name) => namedRun(service, name))),
    );
    return [...new Map(value.map((run) => [run.id, run])).values()];
  }
  const selected = await selectedJobs(context, input);
  const runs: RunView[] = [];
  for (const name of selected.names) {
    const { value } = await context.read((service) => unfinishedRuns(service, name));
    runs.push(...(value ?? []).filter((run) => !waitsForItsTime(run)));
  }
  return runs;
}
