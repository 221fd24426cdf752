// One change of a plan for people: symbol and word, fields, what it does in time
// in the zone of its job, and hazards with their ways out.
import type { ChangeView, HazardView, PlanView } from '../../api/plan-views.ts';
import type { Action } from '../../core/plan/plan.ts';
import type { Style, Terminal } from '../terminal.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { horizonWords } from './plan-sums.ts';
import { localTime } from './times.ts';
import { wrapped } from './wrapped.ts';

export const marks: Readonly<Record<Action, { symbol: string; word: string; style: Style }>> = {
  create: { symbol: '+', word: 'create', style: 'green' },
  update: { symbol: '~', word: 'update', style: 'yellow' },
  rename: { symbol: '>', word: 'rename', style: 'cyan' },
  delete: { symbol: '-', word: 'delete', style: 'red' },
  retain: { symbol: '=', word: 'runs on', style: 'yellow' },
  'no-op': { symbol: '=', word: 'unchanged', style: 'dim' },
};

const indent = '      ';

/** `width`: of the widest title among the changes. */
export function changeLines(
  change: ChangeView,
  width: number,
  plan: PlanView,
  terminal: Terminal,
): string[] {
  const mark = marks[change.action];
  const words = change.scheduleInWords;
  const note =
    change.action === 'create'
      ? `${oneLine(words?.after ?? 'only by hand')}${change.reason === 'restored' ? '; it was removed and comes back with its history' : ''}`
      : reasonWords(change);
  const lines = [
    `  ${terminal.style(mark.style, mark.symbol)} ${changeTitle(change).padEnd(width)}  ${terminal.style(mark.style, mark.word)}  ${note}`.trimEnd(),
  ];
  const inner: [string, string][] = [];
  if (change.action === 'update' || change.action === 'rename') {
    for (const field of change.fields) {
      const { name, value } = shownField(field);
      inner.push([name, `${value}${field.effect === 'cosmetic' ? '  (no effect on runs)' : ''}`]);
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
    lines.push(`${indent}${terminal.style('dim', name.padEnd(nameWidth))}  ${value}`);
  }
  for (const hazard of change.hazards) lines.push(...hazardLines(hazard, terminal));
  return lines;
}

function hazardLines({ code, severity, detail, remedies }: HazardView, terminal: Terminal) {
  const style = severity === 'low' ? 'yellow' : 'red';
  const [head = '', ...rest] = wrapped(
    `! ${code} (${severity})  ${oneLine(detail)}`,
    indent,
    terminal,
  ).split('\n');
  const lines = [head.replace(`! ${code}`, terminal.style(style, `! ${code}`))];
  lines.push(...rest.map((line) => `  ${line}`));
  for (const remedy of remedies) {
    lines.push(
      ...wrapped(`way out: ${oneLine(remedy)}`, `${indent}  `, terminal)
        .split('\n')
        .map((line) => terminal.style('dim', line)),
    );
  }
  return lines;
}

function impactLines(change: ChangeView, plan: PlanView, terminal: Terminal): [string, string][] {
  const { nextRun, runs, longestGapMs, machineMs, running } = change.impact;
  const lines: [string, string][] = [];
  const at = (text: string | null): string =>
    text === null
      ? 'never'
      : `${localTime(Date.parse(text), change.timezone)} (${relativeTime(Date.parse(text), terminal.now)})`;
  if (nextRun.before !== nextRun.after) {
    const delta = nextRun.deltaMs === null ? '' : `, ${signed(nextRun.deltaMs)}`;
    lines.push(['next run', `${at(nextRun.before)} → ${at(nextRun.after)}${delta}`]);
  }
  if (runs.before !== runs.after) {
    lines.push([`runs/${horizonWords(plan.horizonMs)}`, `${runs.before} → ${runs.after}`]);
  }
  if (change.action === 'update' || change.action === 'rename') {
    lines.push(...timeLines(change));
    if (longestGapMs.before !== longestGapMs.after) {
      lines.push(['longest gap', beforeAfter(longestGapMs, humanDuration)]);
    }
    if (machineMs !== null && machineMs.before !== machineMs.after) {
      lines.push(['time running', beforeAfter(machineMs, humanDuration)]);
    }
  }
  for (const { run, startedAt, leftMs, policy } of running) {
    const left = leftMs === null ? '' : `, likely ${humanDuration(leftMs)} more`;
    const then = {
      finish: change.action === 'delete' ? 'it may finish' : 'it ends under its old spec',
      cancel: 'applying cancels it',
      restart: 'applying starts it anew',
    };
    lines.push([
      'running',
      `${oneLine(run)} since ${localTime(Date.parse(startedAt), change.timezone)}${left}: ${then[policy]}`,
    ]);
  }
  return lines;
}

/** Runs that move, then those that go or come without a counterpart. */
function timeLines({ impact, timezone }: ChangeView): [string, string][] {
  const { lost, gained, moved, runs } = impact;
  const [from, to] = [new Set(moved.map((one) => one.from)), new Set(moved.map((one) => one.to))];
  const lines: [string, string][] = [];
  const [first] = moved;
  if (first !== undefined) {
    const times = `${localTime(Date.parse(first.from), timezone)} → ${localTime(Date.parse(first.to), timezone)}`;
    lines.push(['moved', moved.length > 1 ? `${times}, and so on` : times]);
  }
  const gone = lost.filter((time) => !from.has(time));
  const come = gained.filter((time) => !to.has(time));
  if (gone.length > 0) lines.push(['lost', instants(gone, runs.before, timezone)]);
  if (come.length > 0) lines.push(['gained', instants(come, runs.after, timezone)]);
  return lines;
}

function instants(times: readonly string[], among: number, zone: string): string {
  const first = times.slice(0, 3).map((time) => localTime(Date.parse(time), zone));
  return first.join(', ') + (times.length > 3 && among > 3 ? ', …' : '');
}

function beforeAfter(
  value: { readonly before: number | null; readonly after: number | null },
  words: (ms: number) => string,
): string {
  const shown = (ms: number | null): string => (ms === null ? 'none' : words(ms));
  return `${shown(value.before)} → ${shown(value.after)}`;
}

function signed(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${humanDuration(Math.abs(ms))}`;
}

export function changeTitle(change: ChangeView): string {
  const name = oneLine(change.job);
  return change.previousName === null ? name : `${name} ← ${oneLine(change.previousName)}`;
}

function reasonWords(change: ChangeView): string {
  switch (change.action) {
    case 'rename':
      return 'history and watermark move with it';
    case 'retain':
      return change.reason === 'protected'
        ? 'not in the manifest, but protected'
        : 'not in the manifest; waits for jm2 apply';
    case 'delete':
      return 'no longer in the manifest; its history stays';
    case 'create':
    case 'update':
    case 'no-op':
      return change.reason === 'config_changed' ? '' : change.reason;
  }
}

/** `/env/TOKEN` as `env.TOKEN`, with its values before and after. */
export function shownField({ path, before, after }: ChangeView['fields'][number]): {
  readonly name: string;
  readonly value: string;
} {
  const name = path.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
  return { name: oneLine(name), value: `${shown(before)} → ${shown(after)}` };
}

function shown(value: unknown): string {
  return value === null || value === undefined ? 'not set' : oneLine(JSON.stringify(value));
}
