// Facts as aligned pairs of name and value; a value of several lines hangs
// under its first one.
import type { Terminal } from '../terminal.ts';

export type Field = readonly [name: string, value: string | null];

/** Fields without a value are left out. */
export function fieldList(fields: readonly Field[], terminal: Terminal): string {
  const shown = fields.filter((field): field is readonly [string, string] => field[1] !== null);
  const width = shown.reduce((most, [name]) => Math.max(most, name.length), 0);
  return shown
    .map(([name, value]) => {
      const label = terminal.style('dim', name.padEnd(width));
      return `${label}  ${value.replaceAll('\n', `\n${' '.repeat(width + 2)}`)}`;
    })
    .join('\n');
}
