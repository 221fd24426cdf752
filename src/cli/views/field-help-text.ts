// What a field of the manifest means, for reading in a terminal.
import type { FieldHelp } from '../field-help.ts';
import type { Terminal } from '../terminal.ts';
import { wrapped } from './wrapped.ts';

export function fieldHelpText(help: FieldHelp, terminal: Terminal): string {
  const { field, title, description, examples } = help;
  const lines = [
    `${terminal.style('bold', field)}  ${title}`,
    '',
    wrapped(description, '  ', terminal),
  ];
  if (help.default !== null) lines.push('', `  default  ${said(help.default)}`);
  for (const [index, example] of examples.slice(0, 3).entries()) {
    lines.push(`${index === 0 && help.default === null ? '\n' : ''}  example  ${said(example)}`);
  }
  return lines.join('\n');
}

/** JSON is YAML, and texts that need no quotes have none. */
function said(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
