// Prints a shell's completion script, or puts it where the shell looks.
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { replaceFile } from '../../system/replace-file.ts';
import { makeDirectory } from '../../system/make-directory.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import type { CommandDefinition } from '../command.ts';
import { placeOf, shellNamed } from '../completion/script-place.ts';
import { scriptMark, scriptOf, shells } from '../completion/scripts.ts';
import type { Shell } from '../completion/scripts.ts';
import type { Input } from '../input.ts';
import { wrongArguments } from '../usage-errors.ts';

export const completionCommand: CommandDefinition = {
  name: 'completion',
  summary: 'Let the shell complete commands, options, jobs and runs',
  description:
    'Prints the script of a shell, of the one that SHELL names if none is given. The script asks jm2 at each Tab: jobs, runs and tags come from the daemon or, while none runs, from the store or the manifest.',
  arguments: [{ name: '[shell]', description: 'which shell', choices: shells }],
  options: [
    { flags: '--install', description: 'write the script where the shell looks for it' },
    { flags: '-f, --force', description: 'with --install: replace a file that jm2 did not write' },
  ],
  examples: [
    { command: 'jm2 completion bash --install', meaning: 'for new shells' },
    { command: 'source <(jm2 completion zsh)', meaning: 'for this shell' },
    { command: 'jm2 completion fish | source', meaning: 'the same in fish' },
  ],
  async run(_context, input) {
    const shell = asked(input);
    const script = scriptOf[shell];
    if (!input.flag('install')) {
      if (input.flag('force')) {
        throw wrongArguments('--force is about a file, and none is written.', 'Add --install.');
      }
      return { data: { shell, script, file: null, line: null }, text: () => script };
    }
    const { file, line, remark } = placeOf(shell, process.env, homedir());
    const present = await readFile(file, 'utf8').catch(() => null);
    if (present !== null && !present.includes(scriptMark) && !input.flag('force')) {
      throw operationalError('JM2-P208', {
        detail: `${file} is there and was not written by jm2. Nothing was changed.`,
        hint: `jm2 completion ${shell} --install --force`,
      });
    }
    await makeDirectory(dirname(file));
    await replaceFile(file, script);
    return {
      data: { shell, script, file, line },
      confirmation: true,
      text: () =>
        [`wrote ${file}`, ...(line === null ? [] : ['', `    ${line}`, '']), remark].join('\n'),
    };
  },
};

function asked(input: Input): Shell {
  // Another word than these has been refused.
  const shell = input.argument(0) ?? shellNamed(process.env['SHELL']);
  const known = shells.find((name) => name === shell);
  if (known !== undefined) return known;
  throw wrongArguments(
    'No shell is named, and SHELL names none that is known.',
    `jm2 completion ${shells.join('|')}`,
  );
}
