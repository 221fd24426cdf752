// Facts as aligned pairs of name and value; a value of several lines, or of one
// that is longer than the terminal is wide, hangs under its beginning.
import type { Terminal } from '../terminal.ts';
import { wrapped } from './wrapped.ts';

export type Field = readonly [name: string, value: string | null];

/** Fields without a value are left out. */
export function fieldList(fields: readonly Field[], terminal: Terminal): string {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] !== null);
  const width = shown.reduce((most, [name]) => Math.max(most, name.length), 0);
  return shown
    .map(([name, value]) => {
      const label = terminal.style('dim', name.padEnd(width));
      const indent = ' '.repeat(width + 2);
      const lines = value.split('\n').map((line) => {
        const text = line.trimStart();
        return wrapped(text, indent + ' '.repeat(line.length - text.length), terminal);
      });
      return `${label}  ${lines.join('\n').slice(indent.length)}`;
    })
    .join('\n');
}
