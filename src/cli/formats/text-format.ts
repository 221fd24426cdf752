// Another form of what a command tells people, on stdout: for a page, a table, a mail.
import type { CommandOption } from '../command.ts';
import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { wrongArguments } from '../usage-errors.ts';

export type TextFormat = 'human' | 'markdown' | 'csv' | 'html';

/** `md` is short for markdown. */
export function textFormatOption(formats: readonly TextFormat[]): CommandOption {
  return {
    flags: '--format <name>',
    description: 'how to print the result (default: human); md is markdown',
    choices: [...formats, 'md'],
  };
}

export function wantedTextFormat(context: Context, input: Input): TextFormat {
  const said = input.text('format');
  if (said !== null && context.output.json) {
    throw wrongArguments('--json and --format both say what stdout holds.', 'Leave one out.');
  }
  return said === 'md' ? 'markdown' : ((said ?? 'human') as TextFormat);
}
