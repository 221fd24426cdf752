// A plan for people: each change (plan-change.ts), then what people have
// overridden, the sums (plan-sums.ts) and a legend.
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { ChangeView, PlanView } from '../../api/plan-views.ts';
import { outdatedWords } from '../base-commit.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration } from './durations.ts';
import { oneLine } from './foreign.ts';
import { holdEnd, holdWords } from './hold.ts';
import { changeLines, changeTitle, marks, shownField } from './plan-change.ts';
import { commitsLine, sumLines } from './plan-sums.ts';
import { localTime } from './times.ts';
import { glued, hangingLines, wrapped } from './wrapped.ts';

export interface PlanHead {
  /** What was planned, as people name it: a path, or "standard input". */
  readonly source: string;
  /** The base, when it is a file; otherwise the revision in force is. */
  readonly against?: string;
  /** Everything that the plan holds, and the jobs that stay as they are. */
  readonly isVerbose?: boolean;
}

/** Of more changes, those without hazards are counted instead of told. */
const toldMax = 50;

export function planText(plan: PlanView, head: PlanHead, terminal: Terminal): string {
  const inForce = plan.basis.revision === 0 ? 'no revision yet' : `revision ${plan.basis.revision}`;
  const against = head.against === undefined ? inForce : oneLine(head.against);
  const lines = [
    `${terminal.style('bold', oneLine(head.source))} against ${against}`,
    terminal.style(
      'dim',
      `as of ${localTime(Date.parse(plan.at), terminal.zone)} ${terminal.zone}, looking ${humanDuration(plan.horizonMs)} ahead`,
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
  const isVerbose = head.isVerbose === true;
  const told = isVerbose ? plan.changes : changesToTell(plan.changes);
  const width = told.reduce(
    (most, change) => Math.max(most, terminal.cells(changeTitle(change))),
    0,
  );
  const shown = { plan, width, source: head.source, isVerbose };
  for (const change of told) lines.push(...changeLines(change, shown, terminal));
  if (told.length < plan.changes.length) lines.push(...restLines(plan.changes, told, terminal));
  lines.push(...unchangedLines(plan, terminal), ...overrideLines(plan, terminal), '');
  lines.push(
    ...hangingLines('', summaryLine(plan), terminal),
    ...sumLines(plan, isVerbose, terminal),
    ...commitsLine(plan, terminal),
  );
  if (plan.guard !== null) {
    const mark = `${terminal.style('yellow', `! guard ${plan.guard.code}`)}  `;
    lines.push(...hangingLines(mark, oneLine(plan.guard.detail), terminal));
  }
  const outdated = plan.baseCommit === undefined ? null : outdatedWords(plan.baseCommit, against);
  if (outdated !== null)
    lines.push(...hangingLines(`${terminal.style('yellow', '! outdated')}  `, outdated, terminal));
  if (plan.hold !== undefined) {
    const words = `! held  The daemon does not take this by itself: ${holdWords(plan.hold)}; ${holdEnd(plan.hold, terminal)}.`;
    lines.push(wrapped(words, '  ', terminal).slice(2));
  }
  lines.push(terminal.style('dim', legend(plan, told)));
  return lines.join('\n');
}

/** All of a plan that can be read in one go; of a longer one first what may do harm. */
function changesToTell(changes: readonly ChangeView[]): readonly ChangeView[] {
  if (changes.length <= toldMax) return changes;
  const rank = { high: 0, medium: 1, low: 2 };
  const worst = ({ hazards }: ChangeView): number =>
    hazards.reduce((least, { severity }) => Math.min(least, rank[severity]), rank.low + 1);
  return changes
    .filter(({ hazards }) => hazards.length > 0)
    .toSorted((a, b) => worst(a) - worst(b))
    .slice(0, toldMax);
}

function restLines(
  all: readonly ChangeView[],
  told: readonly ChangeView[],
  terminal: Terminal,
): string[] {
  const known = new Set(told);
  const rest = all.filter((change) => !known.has(change));
  const counts = new Map<string, number>();
  for (const { action } of rest) {
    counts.set(marks[action].word, (counts.get(marks[action].word) ?? 0) + 1);
  }
  const kinds = [...counts].map(([word, count]) => glued(`${count} to ${word}`)).join(', ');
  const quiet = rest.every(({ hazards }) => hazards.length === 0) ? ' without hazards' : '';
  const more = told.length === 0 ? '' : ' more';
  return hangingLines(
    `  ${terminal.style('dim', '…')} `,
    `${rest.length}${more} changes${quiet}: ${kinds}; ${glued('--verbose')} shows each`,
    terminal,
  );
}

/** Only where they were asked for. */
function unchangedLines({ unchangedJobs }: PlanView, terminal: Terminal): string[] {
  if (unchangedJobs === undefined || unchangedJobs.length === 0) return [];
  const names = unchangedJobs.map((name) => glued(oneLine(name))).join(', ');
  return hangingLines(`  ${terminal.style('dim', '=')} unchanged  `, names, terminal);
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
    const text = `${oneLine(one.job)}  paused by ${oneLine(one.by)}${why}${until}; the pause, which is not in the manifest, ${words[one.disposition]}`;
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

function legend(plan: PlanView, told: readonly ChangeView[]): string {
  const used = new Set(told.map(({ action }) => action));
  const words = [...used].map((action) => `${marks[action].symbol} ${marks[action].word}`);
  if ((plan.overrides ?? []).length > 0) words.push('| paused');
  if (told.some(({ hazards }) => hazards.length > 0)) words.push('! hazard');
  return words.length === 0 ? '' : `Legend: ${words.join('  ')}`;
}
