// Writes a first manifest for this host, and the schema for the editor beside it.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeDirectory } from '../../system/make-directory.ts';
import schema from '../../../schema/jobs.schema.json' with { type: 'json' };
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { shellWord } from '../../core/exchange/shell-words.ts';
import { starterManifest } from '../starter-manifest.ts';

export const initCommand: CommandDefinition = {
  name: 'init',
  summary: 'Write a commented starter manifest',
  description:
    'Writes jobs.yaml with the time zone of this host, and jobs.schema.json, with which editors complete and check it. Overwrites nothing unasked.',
  arguments: [],
  options: [
    { flags: '--dir <dir>', description: 'write into this directory (default: here)' },
    { flags: '-f, --force', description: 'overwrite files that exist' },
    { flags: '--reset', description: 'the same as --force', hidden: true },
    { flags: '-y, --yes', description: 'accepted: nothing is asked', hidden: true },
  ],
  examples: [
    { command: 'jm2 init', meaning: 'start in this directory' },
    { command: 'jm2 init --dir ~/jobs', meaning: 'start elsewhere' },
  ],
  run: init,
};

async function init(context: Context, input: Input): Promise<Answer> {
  const directory = resolve(context.cwd, input.text('dir') ?? '.');
  const manifest = join(directory, 'jobs.yaml');
  const files = [
    { path: manifest, text: starterManifest(context.terminal.zone) },
    {
      path: join(directory, 'jobs.schema.json'),
      text: `${JSON.stringify(schema, null, 2)}\n`,
    },
  ];
  await makeDirectory(directory);
  const force = input.flag('force') || input.flag('reset');
  for (const { path, text } of files) {
    // The schema belongs to jm2 and may be renewed; the manifest belongs to its author.
    const flag = force || path !== manifest ? 'w' : 'wx';
    try {
      await writeFile(path, text, { flag });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw operationalError('JM2-C106', {
        detail: `${context.shownPath(path)} exists already and was not touched.`,
        cause: error,
      });
    }
  }
  const written = files.map(({ path }) => path);
  return {
    data: { files: written, timezone: context.terminal.zone },
    confirmation: true,
    text: () =>
      [
        ...written.map((path) => `wrote ${context.shownPath(path)}`),
        '',
        'Next:',
        ...(directory === context.cwd ? [] : [`  cd ${shellWord(context.shownPath(directory))}`]),
        '  jm2 validate',
        '  jm2 preview',
        '  jm2 up',
      ].join('\n'),
  };
}
