// What two manifests say otherwise, in the lines of a plan without its times; and
// what people changed at runtime.
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { PlanView, StatusView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { pauseField } from './overrides.ts';
import { changeTitle, commitFields, marks, shownField } from './plan-change.ts';
import { commitsLine } from './plan-sums.ts';
import { wrapped } from './wrapped.ts';

export function differenceText(
  plan: PlanView,
  sides: { readonly from: string; readonly to: string },
  terminal: Terminal,
): string {
  const head = terminal.style('bold', `${oneLine(sides.from)} → ${oneLine(sides.to)}`);
  if (isEmptyPlanView(plan)) return `${head}\nBoth mean the same.`;
  const lines = [head, ''];
  for (const field of plan.manifestFields ?? []) {
    const { name, value } = shownField(field);
    lines.push(`  ${terminal.style('yellow', '~')} ${name}  ${value}  (for all jobs)`);
  }
  for (const change of plan.changes) {
    const mark = marks[change.action];
    lines.push(
      `  ${terminal.style(mark.style, mark.symbol)} ${changeTitle(change)}  ${terminal.style(mark.style, mark.word)}`,
    );
    const fields =
      change.action === 'delete' ? [] : change.fields.map((field) => shownField(field));
    const inner = [...fields, ...commitFields(change)];
    const width = inner.reduce((most, { name }) => Math.max(most, name.length), 0);
    for (const { name, value } of inner) {
      const label = terminal.style('dim', name.padEnd(width));
      const hang = ' '.repeat(8 + width);
      lines.push(`      ${label}  ${wrapped(value, hang, terminal).slice(hang.length)}`);
    }
  }
  lines.push(...commitsLine(plan, terminal));
  return lines.join('\n');
}

export function liveText(
  live: {
    readonly revision: number;
    readonly overrides: StatusView['overrides'];
    readonly unarmed: readonly string[];
  },
  terminal: Terminal,
): string {
  const head = terminal.style('bold', `revision ${live.revision} → what happens`);
  if (live.overrides.length + live.unarmed.length === 0) return `${head}\nBoth are the same.`;
  const lines = [
    ...live.overrides.map((pause) => pauseField(pause, terminal, `${oneLine(pause.job)}  paused `)),
    ...live.unarmed.map((job) => `${oneLine(job)}  is not scheduled: jm2 why ${oneLine(job)}`),
  ];
  return [
    head,
    '',
    ...lines.map(
      (line) => `  ${terminal.style('yellow', '~')} ${wrapped(line, '    ', terminal).slice(4)}`,
    ),
  ].join('\n');
}
