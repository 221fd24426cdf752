// Brings a manifest into its canonical form, or says that it is not in it.
import { resolve } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../system/replace-file.ts';
import { ExitCode } from '../../core/diagnostics/jm2-error.ts';
import { operationalError } from '../../core/diagnostics/registry.ts';
import { formatManifest } from '../../core/manifest/edit/format-manifest.ts';
import type { Answer, CommandDefinition } from '../command.ts';
import type { Context } from '../context.ts';
import { alone } from '../edit-lock.ts';
import type { Input } from '../input.ts';
import { judgeManifest, notAccepted } from '../manifest-file.ts';
import { rejectionText } from '../plan-rejection.ts';
import { renamesHere, withoutSpent } from '../prune-renames.ts';
import { wrongArguments } from '../usage-errors.ts';
import { diffText } from '../views/diff.ts';
import { oneLine } from '../views/foreign.ts';

export const fmtCommand: CommandDefinition = {
  name: 'fmt',
  summary: 'Bring the manifest into its canonical form',
  description:
    'Indentation of two, at most one blank line in a row. Comments, order, quotes and meaning stay; a file that is in this form is left as it is.',
  arguments: [{ name: '[file]', description: 'instead of the manifest' }],
  options: [
    { flags: '--check', description: 'change nothing; end with 1 when there is something to do' },
    { flags: '--dry-run', description: 'show the change and do nothing' },
    {
      flags: '--prune-renames',
      description: 'take out renamed_from where this host has carried it out',
    },
  ],
  examples: [
    { command: 'jm2 fmt', meaning: 'format jobs.yaml' },
    { command: 'jm2 fmt --check', meaning: 'for a pipeline' },
    { command: 'jm2 fmt --prune-renames', meaning: 'once every host has the new names' },
  ],
  run: fmt,
};

async function fmt(context: Context, input: Input): Promise<Answer> {
  const named = input.argument(0);
  const prunes = input.flag('pruneRenames');
  if (prunes && named !== null) {
    throw wrongArguments(
      '--prune-renames is about the manifest and what is in force.',
      'Leave out the file.',
    );
  }
  const path = named === null ? (await context.locations()).manifest : resolve(context.cwd, named);
  const file = context.shownPath(path);
  const before = await judgeManifest(path, file);
  if (before.manifest === null || before.text === null) {
    const error = notAccepted(before.diagnostics);
    return {
      data: { diagnostics: before.diagnostics },
      error: error.toBody(),
      exitCode: error.exitCode,
      problem: true,
      text: rejectionText(before.diagnostics, before.text),
    };
  }
  const spent = prunes
    ? renamesHere(await context.locations(), before.manifest, context.terminal.now).spent
    : [];
  const formatted = formatManifest(withoutSpent(before.text, spent, file));
  if (!formatted.ok) {
    throw operationalError('JM2-P205', {
      detail: `${file} was not changed: ${formatted.problem}.`,
    });
  }
  const diff = createTwoFilesPatch(file, file, before.text, formatted.text, '', '');
  const isClean = formatted.text === before.text;
  const check = input.flag('check');
  const changed = !isClean && !check && !input.flag('dryRun');
  if (changed) {
    await alone(context, async () => {
      if ((await readFile(path, 'utf8')) !== before.text) {
        throw operationalError('JM2-P206', {
          detail: `${file} was saved while it was formatted. Nothing was written.`,
        });
      }
      await replaceFile(path, formatted.text);
    });
  }
  return {
    data: {
      file: path,
      changed,
      formatted: isClean,
      diff: isClean ? '' : diff,
      ...(prunes ? { pruned: spent.map(({ job, from }) => ({ job, from })) } : {}),
    },
    exitCode: check && !isClean ? ExitCode.failure : ExitCode.ok,
    confirmation: changed || isClean,
    text: (terminal) => {
      if (isClean) return `${file} is formatted${prunes ? ', and no rename in it is spent' : ''}`;
      if (!changed) return diffText(diff, terminal);
      const names = spent.map(({ job }) => oneLine(job)).join(', ');
      return `formatted ${file}${spent.length === 0 ? '' : `, without the renamed_from of ${names}`}`;
    },
  };
}
