// Writes the store into one file, or looks through such a file.
import type { CommandDefinition } from '../command.ts';
import { namedFile } from '../named-file.ts';
import { withProgress } from '../progress.ts';
import { wrongArguments } from '../usage-errors.ts';
import { backupText } from '../views/backup.ts';

export const backupCommand: CommandDefinition = {
  name: 'backup',
  summary: 'Save history and manifests in one file, while jobs run',
  description:
    'The file holds the jobs, every accepted manifest, and the history as they are at this moment; it is checked before it gets its name, and readable for you alone. Works with and without a daemon, and makes no job wait. Run logs are left out unless asked for.',
  arguments: [{ name: '<file>', description: 'the backup' }],
  options: [
    { flags: '--logs', description: 'save the run logs, too' },
    { flags: '--force', description: 'replace a file that is there' },
    {
      flags: '--verify',
      description: 'write nothing: look through the file and tell what it holds',
    },
  ],
  examples: [
    { command: 'jm2 backup shop.backup', meaning: 'save everything but run logs' },
    {
      command: 'jm2 backup shop.backup --logs --force',
      meaning: 'with run logs, over the old one',
    },
    { command: 'jm2 backup --verify shop.backup', meaning: 'can it be restored?' },
  ],
  async run(context, input) {
    const file = namedFile(context.cwd, input.needed(0));
    const { backUp, inspectBackup } = await import('../../daemon/backup.ts');
    if (input.flag('verify')) {
      if (input.flag('logs') || input.flag('force')) {
        throw wrongArguments('--verify writes nothing.', 'Leave --logs and --force out.');
      }
      const facts = await withProgress(
        context,
        'looking through the backup',
        () => inspectBackup(file),
        { atOnce: true },
      );
      return {
        data: { file, ...view(facts) },
        text: (terminal) => backupText('good', facts, terminal),
      };
    }
    const options = { replace: input.flag('force'), logs: input.flag('logs') };
    const places = await context.locations();
    const facts = await withProgress(context, 'backing up', () => backUp(places, file, options), {
      atOnce: true,
    });
    return {
      data: { file, ...view(facts) },
      confirmation: true,
      text: (terminal) => backupText(context.shownPath(file), facts, terminal),
    };
  },
};

function view<T extends { readonly madeAt: number | null }>(facts: T) {
  const madeAt = facts.madeAt === null ? null : new Date(facts.madeAt).toISOString();
  return { ...facts, madeAt };
}
