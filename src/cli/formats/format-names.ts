// Which formats a result can have, and the options that ask for them. What each
// looks like is in the modules beside this one, loaded when asked for.
import { resolve } from 'node:path';
import type { CommandOption } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { didYouMean, nearest, wrongArguments, wrongValue } from '../usage-errors.ts';

const formatNames = [
  'human',
  'json',
  'jsonl',
  'markdown',
  'github',
  'gitlab',
  'sarif',
  'junit',
  'dotenv',
] as const;

export type FormatName = (typeof formatNames)[number];

export interface WantedFormats {
  /** On stdout. */
  readonly shown: FormatName;
  readonly files: readonly { readonly format: FormatName; readonly path: string }[];
  /** Environment that the report is about; null when none was named. */
  readonly name: string | null;
}

export const formatOptions: readonly CommandOption[] = [
  {
    flags: '--format <name>',
    description: 'how to print the result (default: human)',
    choices: formatNames,
  },
  {
    flags: '--format-into <name=file>',
    description: 'write it to a file as well; may be given several times',
    repeat: true,
    offers: formatNames.map((name) => `${name}=`),
  },
  {
    flags: '--comment-id <name>',
    description: 'environment named in a comment, which a later run finds again',
  },
];

/** Refuses before anything is computed. */
export function wantedFormats(context: Context, input: Input): WantedFormats {
  const shown = (input.text('format') ?? (context.output.json ? 'json' : 'human')) as FormatName;
  if (context.output.json && shown !== 'json') {
    throw wrongArguments(
      `--json and --format ${shown} both say what stdout holds.`,
      'Leave out one of them, or write one to a file with --format-into.',
    );
  }
  const files = input.texts('formatInto').map((word) => fileOf(context, word));
  const twice = files.find(({ path }, at) => files.findIndex((one) => one.path === path) < at);
  if (twice !== undefined) {
    throw wrongArguments(
      `--format-into names ${context.shownPath(twice.path)} twice.`,
      'Give each format a file of its own.',
    );
  }
  const name = input.text('commentId');
  if (name !== null && !/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/.test(name)) {
    throw wrongValue(
      `--comment-id got "${name}".`,
      'Write letters, digits, dots, dashes, slashes and underscores, at most 100, such as prod.',
    );
  }
  return { shown, files, name };
}

/** Whether anything but the command's own text or JSON is asked for. */
export function isFormatted({ shown, files }: WantedFormats): boolean {
  return files.length > 0 || !['human', 'json'].includes(shown);
}

function fileOf(context: Context, word: string): WantedFormats['files'][number] {
  const [, name = '', file = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
  const format = formatNames.find((known) => known === name);
  if (format === undefined) {
    const near = name === '' ? null : didYouMean(nearest(name, formatNames));
    throw wrongValue(
      `--format-into got "${word}", which does not begin with a format and "=".`,
      near ?? `Write FORMAT=FILE with one of ${formatNames.join(', ')}.`,
    );
  }
  if (file === '' || file === '-') {
    throw wrongValue(
      `--format-into got "${word}", which names no file.`,
      `For stdout: --format ${format}`,
    );
  }
  return { format, path: resolve(context.cwd, file) };
}
