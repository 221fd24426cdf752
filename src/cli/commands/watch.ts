// Shows a run's output from its first line until it ends, and ends as it ended.
import { awaitRun } from '../await-run.ts';
import type { CommandDefinition } from '../command.ts';
import { namedRun } from '../named-runs.ts';
import { timeoutOption } from './wait.ts';

export const watchCommand: CommandDefinition = {
  name: 'watch',
  summary: 'Show the output of a run until it ends, and end as it ended',
  description:
    "As wait, with the run's output from its first line. Ctrl-C stops watching; the run goes on. With a job's name, its newest run that has not ended is meant, or else its last one.",
  arguments: [{ name: '<run-or-job>', description: 'id of a run (or its beginning), or a job' }],
  options: [timeoutOption],
  examples: [
    { command: 'jm2 watch dump-shop', meaning: 'the newest run of a job' },
    { command: 'jm2 watch 01jq8v3k --timeout 10m', meaning: 'one run, for ten minutes' },
  ],
  async run(context, input) {
    const timeoutMs = input.duration('timeout');
    const name = input.needed(0);
    const { value } = await context.read((service) => namedRun(service, name));
    return awaitRun(context, value.id, { shows: true, timeoutMs });
  },
};
