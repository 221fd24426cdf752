// Writes the store into one file, or looks through such a file.
import type { CommandDefinition } from '../command.ts';
import type { Input } from '../input.ts';
import { namedFile } from '../named-file.ts';
import { withProgress } from '../progress.ts';
import { wrongArguments } from '../usage-errors.ts';
import { backupText } from '../views/backup.ts';

export const backupCommand: CommandDefinition = {
  name: 'backup',
  summary: 'Save history and manifests in one file, while jobs run',
  description:
    'The file holds the jobs, every accepted manifest, and the history as they are at this moment; it is checked before it gets its name, and readable for you alone. Works with and without a daemon, and makes no job wait. Run logs are left out unless asked for.',
  arguments: [
    { name: '[file]', description: 'the backup (default: jm2-TIME.backup in this directory)' },
  ],
  options: [
    { flags: '-o, --output <file>', description: 'the same as the file behind the command' },
    { flags: '--logs', description: 'save the run logs, too' },
    { flags: '-f, --force', description: 'replace a file that is there' },
    {
      flags: '--verify',
      description: 'write nothing: look through the file and tell what it holds',
    },
  ],
  examples: [
    { command: 'jm2 backup', meaning: 'into a new file in this directory' },
    { command: 'jm2 backup shop.backup', meaning: 'save everything but run logs' },
    {
      command: 'jm2 backup shop.backup --logs --force',
      meaning: 'with run logs, over the old one',
    },
    { command: 'jm2 backup --verify shop.backup', meaning: 'can it be restored?' },
  ],
  async run(context, input) {
    const file = namedFile(context.cwd, nameOf(input));
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

/** Of a new backup, without a name, one that sorts by time and is nobody's yet. */
function nameOf(input: Input): string {
  const [word, option] = [input.argument(0), input.text('output')];
  if (word !== null && option !== null) {
    throw wrongArguments('Two files are named.', 'Leave one out.');
  }
  const name = word ?? option;
  if (name !== null) return name;
  if (input.flag('verify')) {
    throw wrongArguments('--verify needs the file to look through.', 'jm2 backup --verify FILE');
  }
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `jm2-${time}.backup`;
}

function view<T extends { readonly madeAt: number | null }>(facts: T) {
  const madeAt = facts.madeAt === null ? null : new Date(facts.madeAt).toISOString();
  return { ...facts, madeAt };
}
