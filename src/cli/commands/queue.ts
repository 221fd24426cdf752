// Lists what waits: for what, behind how many, since when.
import { queuePageMax } from '../../api/wire.ts';
import type { CommandDefinition } from '../command.ts';
import { queueText } from '../views/queue.ts';

export const queueCommand: CommandDefinition = {
  name: 'queue',
  summary: 'Show what waits, why, and in which order',
  description:
    'Higher priority first, jobs in turn; five minutes of waiting count as one step of priority. A run that waits for its group holds up nobody else. Change its place with run --priority, or end it with cancel. While no daemon runs, the store answers.',
  arguments: [],
  options: [{ flags: '-l, --limit <number>', description: 'how many runs (default: 50)' }],
  examples: [
    { command: 'jm2 queue', meaning: 'what waits, and for what' },
    { command: 'jm2 queue --json', meaning: 'with limits and groups, for monitoring' },
  ],
  async run(context, input) {
    const limit = input.count('limit', { min: 1, max: queuePageMax }) ?? 50;
    const { value, live } = await context.read((service) => service.queue({ limit }));
    if (!live && value.queued > 0) {
      context.output.note('The daemon is not running: nothing moves until jm2 start.');
    }
    return { data: value, text: (terminal) => queueText(value, terminal) };
  },
};
