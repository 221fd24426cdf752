// Two runs side by side as Markdown, for a ticket or a page.
import type { RunView } from '../../api/service.ts';
import { outputWords, type ShownComparison } from '../views/run-comparison.ts';
import { shownField } from '../views/plan-change.ts';
import { code, fenced, prose, row } from './markdown-text.ts';

/** As much as fits into a comment beside the rest. */
const linesMax = 400;

export function comparisonMarkdown(
  [before, after]: readonly [RunView, RunView],
  { rows, fields, output }: ShownComparison,
): string {
  const patch = output.difference?.patch?.split('\n').slice(3) ?? [];
  const shown = patch.filter((line) => line !== '' && !line.startsWith('\\')).slice(0, linesMax);
  return [
    row(['', `before ${code(before.id)}`, `after ${code(after.id)}`, 'change']),
    row(['---', '---', '---', '---']),
    ...rows.map((one) => {
      const name = one.differs ? `**${one.name}**` : one.name;
      return row([name, prose(one.before), prose(one.after), prose(one.change)]);
    }),
    '',
    ...(fields === null
      ? ['The spec of one of them is not kept any more.', '']
      : fields.map((field) => {
          const { name, value } = shownField({ ...field, effect: 'next_run' }, 90);
          return `- ${code(name)}: ${prose(value)}`;
        })),
    ...(fields === null || fields.length === 0 ? [] : ['']),
    prose(outputWords(output)),
    ...(shown.length === 0 ? [] : ['', '```diff', ...shown.map(patchLine), '```']),
    '',
  ].join('\n');
}

/** Marks of a patch stay where they are, whatever was printed. */
function patchLine(line: string): string {
  if (line.startsWith('@@')) return line;
  const sign = line.startsWith('+') ? '+ ' : line.startsWith('-') ? '- ' : '  ';
  return fenced(sign, line.slice(1));
}
