// One change of a plan for people: symbol and word, fields, what it does in time
// in the zone of its job, and hazards with their ways out.
import type { ChangeView, HazardView, PlanView } from '../../api/plan-views.ts';
import type { Action } from '../../core/plan/plan.ts';
import type { Style, Terminal } from '../terminal.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { shownValues } from './long-values.ts';
import { localTime } from './times.ts';
import { glued, hangingLines, unglued, wrapped } from './wrapped.ts';

export const marks: Readonly<Record<Action, { symbol: string; word: string; style: Style }>> = {
  create: { symbol: '+', word: 'create', style: 'green' },
  update: { symbol: '~', word: 'update', style: 'yellow' },
  rename: { symbol: '>', word: 'rename', style: 'cyan' },
  delete: { symbol: '-', word: 'delete', style: 'red' },
  retain: { symbol: '=', word: 'runs on', style: 'yellow' },
  'no-op': { symbol: '=', word: 'unchanged', style: 'dim' },
};

const indent = '      ';
/** As many lost or gained instants as a plan holds of one change. */
const listedMax = 20;

/** What all changes of one plan are shown with. */
export interface Shown {
  readonly plan: PlanView;
  /** Of the widest title among the changes. */
  readonly width: number;
  /** What was planned, as people name it. */
  readonly source: string;
  readonly isVerbose: boolean;
}

export function changeLines(change: ChangeView, shown: Shown, terminal: Terminal): string[] {
  const mark = marks[change.action];
  const { isVerbose } = shown;
  const words = change.scheduleInWords;
  const note =
    change.action === 'create'
      ? `${oneLine(words?.after ?? 'only by hand')}${change.reason === 'restored' ? '; it was removed and comes back with its history' : ''}`
      : reasonWords(change);
  const title = changeTitle(change);
  const blanks = ' '.repeat(Math.max(0, shown.width - terminal.cells(title)));
  const place = placeWords(change, shown.source);
  const lines = hangingLines(
    `  ${terminal.style(mark.style, mark.symbol)} ${title}${blanks}  `,
    [glued(terminal.style(mark.style, mark.word)), place, note]
      .filter((part) => part !== '')
      .join('  '),
    terminal,
  ).map((line) => line.trimEnd());
  const inner: [string, string][] = [];
  if (change.action === 'update' || change.action === 'rename') {
    for (const field of change.fields) {
      const { name, value } = shownField(field, isVerbose ? Infinity : valueMax);
      inner.push([name, `${value}${field.effect === 'cosmetic' ? '  (no effect on runs)' : ''}`]);
    }
    // A calendar that has other days goes by the same words.
    if (words !== null && words.before !== words.after) {
      inner.push([
        'in words',
        `${oneLine(words.before ?? 'never')} ${arrowed(oneLine(words.after ?? 'never'))}`,
      ]);
    }
  }
  for (const { name, value } of commitFields(change)) inner.push([name, value]);
  inner.push(...impactLines(change, shown, terminal));
  const nameWidth = inner.reduce((most, [name]) => Math.max(most, name.length), 0);
  for (const [name, value] of inner) {
    const head = `${indent}${terminal.style('dim', name.padEnd(nameWidth))}  `;
    lines.push(...hangingLines(head, value, terminal));
  }
  for (const hazard of change.hazards) lines.push(...hazardLines(hazard, terminal));
  return lines;
}

function hazardLines({ code, severity, detail, remedies }: HazardView, terminal: Terminal) {
  const style = severity === 'low' ? 'yellow' : 'red';
  const mark = `! ${code}`;
  const [head = '', ...rest] = wrapped(
    `${mark} (${severity})  ${timesGlued(oneLine(detail))}`,
    `${indent}  `,
    terminal,
  ).split('\n');
  const lines = [head.slice(2).replace(mark, terminal.style(style, mark)), ...rest];
  for (const remedy of remedies) {
    lines.push(
      ...wrapped(`way out: ${timesGlued(oneLine(remedy))}`, `${indent}  `, terminal)
        .split('\n')
        .map((line) => terminal.style('dim', line)),
    );
  }
  return lines.map(unglued);
}

/** Local times within a sentence: each stays on one line. */
function timesGlued(sentence: string): string {
  return sentence.replace(/\d{4}-\d\d-\d\d [\d:]+ [+-]\d\d:\d\d/g, glued);
}

/** `jobs.yaml:14`, as editors jump to it; '' for a removed job. */
function placeWords({ source }: ChangeView, file: string): string {
  if (source === null) return '';
  return glued(file === standardInput ? `line ${source.line}` : `${oneLine(file)}:${source.line}`);
}

/** How commands name it as a source. */
const standardInput = 'standard input';

/** Who made it, oldest first; empty where git cannot tell. */
export function commitFields({ commits = [] }: ChangeView): { name: string; value: string }[] {
  return commits.map(({ commit, author, subject }, index) => ({
    name: index === 0 ? 'commit' : '',
    value: `${glued(commit.slice(0, 10))} ${oneLine(author)}: ${oneLine(subject)}`,
  }));
}

function impactLines(change: ChangeView, shown: Shown, terminal: Terminal): [string, string][] {
  const { plan, isVerbose } = shown;
  const { nextRun, pausedUntil, runs, longestGapMs, machineMs, running } = change.impact;
  const lines: [string, string][] = [];
  const at = (text: string | null): string =>
    text === null
      ? 'never'
      : glued(
          `${localTime(Date.parse(text), change.timezone)} (${relativeTime(Date.parse(text), terminal.now)})`,
        );
  if (pausedUntil !== undefined) {
    lines.push([
      'paused',
      pausedUntil === null
        ? 'until it is resumed: it does not run, and what is told here holds from then on'
        : `until ${at(pausedUntil)}: what comes before is not counted`,
    ]);
  }
  if (change.action === 'create') {
    // It had none before: that goes without saying.
    if (nextRun.after !== null) lines.push(['first run', at(nextRun.after)]);
  } else if (nextRun.before !== nextRun.after) {
    const delta = nextRun.deltaMs === null ? '' : `, ${glued(signed(nextRun.deltaMs))}`;
    lines.push(['next run', `${at(nextRun.before)} ${arrowed(at(nextRun.after))}${delta}`]);
  }
  if (runs.before !== runs.after) {
    lines.push([`runs/${humanDuration(plan.horizonMs)}`, `${runs.before} → ${runs.after}`]);
  }
  if (change.action === 'update' || change.action === 'rename') {
    lines.push(...timeLines(change, isVerbose));
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
      `${oneLine(run)} since ${glued(localTime(Date.parse(startedAt), change.timezone))}${left}: ${then[policy]}`,
    ]);
  }
  return lines;
}

/** Runs that move, then those that go or come without a counterpart. */
function timeLines({ impact, timezone }: ChangeView, isVerbose: boolean): [string, string][] {
  const { lost, gained, moved, runs } = impact;
  const [from, to] = [new Set(moved.map((one) => one.from)), new Set(moved.map((one) => one.to))];
  const lines: [string, string][] = [];
  const at = (time: string): string => glued(localTime(Date.parse(time), timezone));
  const told = isVerbose ? moved : moved.slice(0, 1);
  for (const [index, one] of told.entries()) {
    const more = moved.length > told.length ? `, ${glued(`and ${moved.length - 1} more`)}` : '';
    lines.push([index === 0 ? 'moved' : '', `${at(one.from)} ${arrowed(at(one.to))}${more}`]);
  }
  const gone = lost.filter((time) => !from.has(time));
  const come = gained.filter((time) => !to.has(time));
  if (gone.length > 0) lines.push(['lost', instants(gone, runs.before, at, isVerbose)]);
  if (come.length > 0) lines.push(['gained', instants(come, runs.after, at, isVerbose)]);
  return lines;
}

/** The lists hold the first ones only, so that of many nobody can say how many more there are. */
function instants(
  times: readonly string[],
  among: number,
  at: (time: string) => string,
  isVerbose: boolean,
): string {
  const told = isVerbose ? times : times.slice(0, 3);
  const isMore = isVerbose ? times.length >= listedMax : times.length > 3;
  return told.map(at).join(', ') + (isMore && among > told.length ? ', …' : '');
}

/** The arrow begins no line behind its value, but leads to the one after it. */
function arrowed(value: string): string {
  return `→${glued(' ')}${value}`;
}

function beforeAfter(
  value: { readonly before: number | null; readonly after: number | null },
  words: (ms: number) => string,
): string {
  const shown = (ms: number | null): string => (ms === null ? 'no runs' : words(ms));
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
      return 'its history goes with it';
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

/** Longer values are shown in part: that of a script of a few lines is whole. */
const valueMax = 1_000;

/** `/env/TOKEN` as `env.TOKEN`, with its values before and after. */
export function shownField(
  { path, before, after }: ChangeView['fields'][number],
  max = valueMax,
): { readonly name: string; readonly value: string } {
  const name = path.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
  const [from, to] = shownValues(before, after, max);
  return { name: oneLine(name), value: `${from} → ${to}` };
}
