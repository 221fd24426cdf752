// Waits for a run to end, without a word, and ends as it ended.
import { awaitRun } from '../await-run.ts';
import type { CommandDefinition, CommandOption } from '../command.ts';
import { namedRun } from '../named-runs.ts';

export const timeoutOption: CommandOption = {
  flags: '--timeout <duration>',
  description: 'give up after this time, with exit code 6; the run goes on',
};

export const waitCommand: CommandDefinition = {
  name: 'wait',
  summary: 'Wait for a run to end, and end as it ended',
  description:
    "Ends with the run's own exit code, as run --wait does: 124 timed out, 125 lost, 126 could not start, 128+N ended by signal N, 130 canceled. With a job's name, its newest run that has not ended is meant, or else its last one. A run that has ended already answers at once.",
  arguments: [{ name: '<run-or-job>', description: 'id of a run (or its beginning), or a job' }],
  options: [timeoutOption],
  examples: [
    { command: 'jm2 wait 01jq8v3k && ./publish.sh', meaning: 'go on when it succeeded' },
    { command: 'jm2 wait dump-shop --timeout 1h', meaning: 'the newest run of a job' },
  ],
  async run(context, input) {
    const timeoutMs = input.duration('timeout');
    const name = input.needed(0);
    const { value } = await context.read((service) => namedRun(service, name));
    return awaitRun(context, value.id, { shows: false, timeoutMs });
  },
};
