// A plan for people: what changes and when it takes effect, each change with a
// symbol and a word, hazards beside their change, then the sums and a legend.
import { isEmptyPlanView } from '../../api/empty-plan-view.ts';
import type { ChangeView, PlanView } from '../../api/service.ts';
import type { Action } from '../../core/plan/plan.ts';
import type { Style, Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { localTime } from './times.ts';

const marks: Readonly<Record<Action, { symbol: string; word: string; style: Style }>> = {
  create: { symbol: '+', word: 'create', style: 'green' },
  update: { symbol: '~', word: 'update', style: 'yellow' },
  rename: { symbol: '>', word: 'rename', style: 'cyan' },
  delete: { symbol: '-', word: 'delete', style: 'red' },
  'no-op': { symbol: '=', word: 'unchanged', style: 'dim' },
};

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
    lines.push(
      `  ${terminal.style('yellow', '~')} ${fieldName(field.path)}  ${shown(field.before)} → ${shown(field.after)}  (for all jobs)`,
    );
  }
  const width = plan.changes.reduce((most, change) => Math.max(most, title(change).length), 0);
  for (const change of plan.changes) lines.push(...changeLines(change, width, plan, terminal));
  lines.push(...overrideLines(plan, terminal), '', summaryLine(plan));
  const runs = plan.changes.reduce(
    (sum, { impact }) => ({
      before: sum.before + impact.runs.before,
      after: sum.after + impact.runs.after,
    }),
    { before: 0, after: 0 },
  );
  lines.push(
    `Time: runs of these jobs in ${horizonWords(plan.horizonMs)} ${runs.before} → ${runs.after}; applying starts none.`,
  );
  if (plan.guard !== null) {
    lines.push(
      `${terminal.style('yellow', `! guard ${plan.guard.code}`)}  ${oneLine(plan.guard.detail)}`,
    );
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
    return `  ${terminal.style('yellow', '|')} ${oneLine(one.job)}  paused by ${oneLine(one.by)}${why}${until}, not in the manifest: ${words[one.disposition]}`;
  });
  if (all.length > overridesShown) {
    lines.push(
      `  ${terminal.style('yellow', '|')} and ${all.length - overridesShown} more paused jobs`,
    );
  }
  return lines;
}

function changeLines(
  change: ChangeView,
  width: number,
  plan: PlanView,
  terminal: Terminal,
): string[] {
  const mark = marks[change.action];
  const words = change.scheduleInWords;
  const note =
    change.action === 'create' ? oneLine(words?.after ?? 'only by hand') : reasonWords(change);
  const lines = [
    `  ${terminal.style(mark.style, mark.symbol)} ${title(change).padEnd(width)}  ${terminal.style(mark.style, mark.word)}  ${note}`.trimEnd(),
  ];
  const inner: [string, string][] = [];
  if (change.action === 'update' || change.action === 'rename') {
    for (const field of change.fields) {
      inner.push([
        fieldName(field.path),
        `${shown(field.before)} → ${shown(field.after)}${field.effect === 'cosmetic' ? '  (no effect on runs)' : ''}`,
      ]);
    }
    if (words !== null) {
      inner.push([
        'in words',
        `${oneLine(words.before ?? 'never')} → ${oneLine(words.after ?? 'never')}`,
      ]);
    }
  }
  inner.push(...impactLines(change, plan, terminal));
  const nameWidth = inner.reduce((most, [name]) => Math.max(most, name.length), 0);
  for (const [name, value] of inner) {
    lines.push(`      ${terminal.style('dim', name.padEnd(nameWidth))}  ${value}`);
  }
  for (const hazard of change.hazards) {
    const style = hazard.severity === 'low' ? 'yellow' : 'red';
    lines.push(
      `      ${terminal.style(style, `! ${hazard.code}`)} (${hazard.severity})  ${oneLine(hazard.detail)}`,
    );
  }
  return lines;
}

function impactLines(change: ChangeView, plan: PlanView, terminal: Terminal): [string, string][] {
  const { nextRun, runs, lost, gained } = change.impact;
  const lines: [string, string][] = [];
  const at = (text: string | null): string =>
    text === null
      ? 'never'
      : `${localTime(Date.parse(text), change.timezone)} (${relativeTime(Date.parse(text), terminal.now)})`;
  if (nextRun.before !== nextRun.after) {
    lines.push(['next run', `${at(nextRun.before)} → ${at(nextRun.after)}`]);
  }
  if (runs.before !== runs.after) {
    lines.push([`runs/${horizonWords(plan.horizonMs)}`, `${runs.before} → ${runs.after}`]);
  }
  if (change.action === 'update' || change.action === 'rename') {
    if (lost.length > 0) lines.push(['lost', instants(lost, runs.before, change.timezone)]);
    if (gained.length > 0) lines.push(['gained', instants(gained, runs.after, change.timezone)]);
  }
  return lines;
}

function instants(times: readonly string[], among: number, zone: string): string {
  const first = times.slice(0, 3).map((time) => localTime(Date.parse(time), zone));
  return first.join(', ') + (times.length > 3 && among > 3 ? ', …' : '');
}

function title(change: ChangeView): string {
  const name = oneLine(change.job);
  return change.previousName === null ? name : `${name} ← ${oneLine(change.previousName)}`;
}

function reasonWords(change: ChangeView): string {
  switch (change.action) {
    case 'rename':
      return 'history and watermark move with it';
    case 'delete':
      return 'no longer in the manifest; its history stays';
    case 'create':
    case 'update':
    case 'no-op':
      return change.reason === 'config_changed' ? '' : change.reason;
  }
}

/** `/env/TOKEN` → `env.TOKEN` */
function fieldName(pointer: string): string {
  return oneLine(pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~'));
}

function shown(value: unknown): string {
  return value === null || value === undefined ? 'not set' : oneLine(JSON.stringify(value));
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
  return `Plan: ${[...parts.map(([count, word]) => `${count} ${word}`), `${summary.unchanged} unchanged`, ...paused].join(', ')}.`;
}

function legend(plan: PlanView): string {
  const used = new Set(plan.changes.map(({ action }) => action));
  const words = [...used].map((action) => `${marks[action].symbol} ${marks[action].word}`);
  if ((plan.overrides ?? []).length > 0) words.push('| paused');
  if (plan.changes.some(({ hazards }) => hazards.length > 0)) words.push('! hazard');
  return `Legend: ${words.join('  ')}`;
}

export function horizonWords(ms: number): string {
  const day = 86_400_000;
  return ms % day === 0 ? `${ms / day} d` : `${Math.round((ms / day) * 24)} h`;
}
