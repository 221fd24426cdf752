// A plan for people: each change (plan-change.ts), then what people have
// overridden, the sums (plan-sums.ts) and a legend.
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { PlanView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { holdEnd, holdWords } from './hold.ts';
import { changeLines, changeTitle, marks, shownField } from './plan-change.ts';
import { horizonWords, sumLines } from './plan-sums.ts';
import { localTime } from './times.ts';
import { wrapped } from './wrapped.ts';

export interface PlanHead {
  /** What was planned, as people name it: a path, or "standard input". */
  readonly source: string;
  /** The base, when it is a file; otherwise the revision in force is. */
  readonly against?: string;
}

export function planText(plan: PlanView, head: PlanHead, terminal: Terminal): string {
  const inForce = plan.basis.revision === 0 ? 'no revision yet' : `revision ${plan.basis.revision}`;
  const against = head.against === undefined ? inForce : oneLine(head.against);
  const lines = [
    `${terminal.style('bold', oneLine(head.source))} against ${against}`,
    terminal.style(
      'dim',
      `as of ${localTime(Date.parse(plan.at), terminal.zone)} ${terminal.zone}, looking ${horizonWords(plan.horizonMs)} ahead`,
    ),
    '',
  ];
  if (isEmptyPlanView(plan)) {
    lines.push(
      'No changes: what is in force equals the manifest.',
      ...overrideLines(plan, terminal),
    );
    return lines.join('\n');
  }
  for (const field of plan.manifestFields ?? []) {
    const { name, value } = shownField(field);
    lines.push(`  ${terminal.style('yellow', '~')} ${name}  ${value}  (for all jobs)`);
  }
  const width = plan.changes.reduce(
    (most, change) => Math.max(most, changeTitle(change).length),
    0,
  );
  for (const change of plan.changes) lines.push(...changeLines(change, width, plan, terminal));
  lines.push(...overrideLines(plan, terminal), '', summaryLine(plan), ...sumLines(plan, terminal));
  if (plan.guard !== null) {
    lines.push(
      `${terminal.style('yellow', `! guard ${plan.guard.code}`)}  ${oneLine(plan.guard.detail)}`,
    );
  }
  if (plan.hold !== undefined) {
    const words = `! held  The daemon does not take this by itself: ${holdWords(plan.hold)}; ${holdEnd(plan.hold)}.`;
    lines.push(wrapped(words, '  ', terminal).slice(2));
  }
  lines.push(terminal.style('dim', legend(plan)));
  return lines.join('\n');
}

const overridesShown = 20;

/** Pauses are no changes of the plan, and it changes none of them. */
function overrideLines(plan: PlanView, terminal: Terminal): string[] {
  const all = plan.overrides ?? [];
  const lines = all.slice(0, overridesShown).map((one) => {
    const why = one.reason === null ? '' : ` "${oneLine(one.reason)}"`;
    const until =
      one.until === null ? '' : ` until ${localTime(Date.parse(one.until), terminal.zone)}`;
    const words = {
      kept: 'stays',
      moved: 'moves with it',
      archived: 'goes with it',
      restored: 'holds again',
    };
    const text = `${oneLine(one.job)}  paused by ${oneLine(one.by)}${why}${until}, not in the manifest: ${words[one.disposition]}`;
    return `  ${terminal.style('yellow', '|')} ${wrapped(text, '    ', terminal).slice(4)}`;
  });
  if (all.length > overridesShown) {
    lines.push(
      `  ${terminal.style('yellow', '|')} and ${all.length - overridesShown} more paused jobs`,
    );
  }
  return lines;
}

function summaryLine({ summary, overrides }: PlanView): string {
  const parts: [number, string][] = [
    [summary.create, 'to create'],
    [summary.update, 'to update'],
    [summary.rename, 'to rename'],
    [summary.delete, 'to delete'],
  ];
  const kept = overrides?.length ?? 0;
  const paused = kept === 0 ? [] : [`${kept} paused`];
  const retained = summary.retain === undefined ? [] : [`${summary.retain} running on`];
  return `Plan: ${[...parts.map(([count, word]) => `${count} ${word}`), `${summary.unchanged} unchanged`, ...retained, ...paused].join(', ')}.`;
}

function legend(plan: PlanView): string {
  const used = new Set(plan.changes.map(({ action }) => action));
  const words = [...used].map((action) => `${marks[action].symbol} ${marks[action].word}`);
  if ((plan.overrides ?? []).length > 0) words.push('| paused');
  if (plan.changes.some(({ hazards }) => hazards.length > 0)) words.push('! hazard');
  return `Legend: ${words.join('  ')}`;
}
