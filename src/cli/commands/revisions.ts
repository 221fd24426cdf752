// Lists the accepted manifests, newest first, from the store.
import type { CommandDefinition } from '../command.ts';
import { revisionTable } from '../views/revision-table.ts';

export const revisionsCommand: CommandDefinition = {
  name: 'revisions',
  summary: 'List the accepted manifests',
  description:
    'Each accepted manifest has a number, a digest, a time, an author and, in git, a commit.',
  arguments: [],
  options: [{ flags: '-l, --limit <number>', description: 'how many (default: 20)' }],
  examples: [
    { command: 'jm2 revisions', meaning: 'the newest twenty' },
    { command: 'jm2 revisions --limit 1 --json', meaning: 'what is in force, for scripts' },
  ],
  async run(context, input) {
    const limit = input.count('limit', { min: 1, max: 10_000 }) ?? 20;
    const place = await context.locations();
    const { readRevisions } = await import('../../daemon/read-revisions.ts');
    const revisions = readRevisions(place, limit);
    return {
      data: { revisions },
      text: (terminal) =>
        revisions.length === 0
          ? 'No manifest has been accepted yet.'
          : revisionTable(revisions, terminal),
    };
  },
};
