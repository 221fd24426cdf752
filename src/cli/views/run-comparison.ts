// Two runs beside each other: a row per fact, marked where they differ, then what the
// job said otherwise and what was printed otherwise.
import type { ComparisonView, RunView } from '../../api/service.ts';
import type { ComparedOutputs } from '../compared-outputs.ts';
import type { Terminal } from '../terminal.ts';
import { diffText } from './diff.ts';
import { humanDuration } from './durations.ts';
import { oneLine } from './foreign.ts';
import { shownField } from './plan-change.ts';
import { whyAndNotes } from './run-table.ts';
import { exitWords, stateStyle, stateWords } from './states.ts';
import { renderTable } from './table.ts';
import { localTime } from './times.ts';
import { hanging, wrapped } from './wrapped.ts';

export interface ComparisonRow {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** How much more or less; '' where that is no question. */
  readonly change: string;
  readonly differs: boolean;
  /** Two runs nearly always differ in it. */
  readonly isTime: boolean;
}

export interface ShownComparison {
  readonly rows: readonly ComparisonRow[];
  readonly fields: ComparisonView['fields'];
  readonly output: ComparedOutputs;
  readonly isFull: boolean;
}

/** Lines of a difference that fit beside the rest of the page. */
const patchLinesMax = 60;

/** Facts that neither of the runs has are left out. */
export function comparisonRows(
  runs: readonly [RunView, RunView],
  { zone }: Pick<Terminal, 'zone'>,
): readonly ComparisonRow[] {
  const at = (time: string | null): string =>
    time === null ? '' : localTime(Date.parse(time), zone, true);
  const length = (ms: number | null): string => (ms === null ? '' : humanDuration(ms));
  const facts: readonly (readonly [string, (run: RunView) => string, isTime?: true])[] = [
    ['run', ({ id }) => id, true],
    ['job', ({ job }) => oneLine(job)],
    ['state', ({ state }) => stateWords(state)],
    ['exit', exitWords],
    ['took', ({ durationMs }) => length(durationMs), true],
    ['attempts', ({ attempts }) => String(attempts)],
    ['trigger', ({ trigger }) => trigger],
    ['nominal time', ({ nominalTime }) => at(nominalTime), true],
    ['started', ({ startedAt }) => at(startedAt), true],
    ['ended', ({ endedAt }) => at(endedAt), true],
    ['late', ({ lateMs }) => length(lateMs), true],
    ['revision', ({ revision }) => String(revision)],
    ['given', ({ given }) => (given === null ? '' : oneLine(JSON.stringify(given)))],
    ['reason', whyAndNotes],
  ];
  const [left, right] = runs;
  return facts.flatMap(([name, told, isTime = false]) => {
    const [before, after] = [told(left), told(right)];
    if (before === '' && after === '') return [];
    const change = name === 'took' ? growth(left.durationMs, right.durationMs) : '';
    return [{ name, before, after, change, differs: before !== after, isTime }];
  });
}

/** "+3 s, 1.3 times"; '' where there is nothing to compare. */
function growth(before: number | null, after: number | null): string {
  if (before === null || after === null || before === after) return '';
  const sign = after > before ? '+' : '';
  const times =
    before === 0 || after === 0 ? '' : `, ${Number((after / before).toPrecision(2))} times`;
  return `${sign}${humanDuration(after - before)}${times}`;
}

export function comparisonText(
  runs: readonly [RunView, RunView],
  shown: ShownComparison,
  terminal: Terminal,
): string {
  const [left, right] = runs;
  const state = ({ name }: ComparisonRow, run: RunView) =>
    name === 'state' ? stateStyle(run.state) : null;
  const parts = [
    renderTable<ComparisonRow>(
      [
        { header: '', cell: ({ differs }) => (differs ? '~' : ''), style: () => 'yellow', rank: 0 },
        { header: '', cell: ({ name }) => name, style: () => 'dim', rank: 0 },
        {
          header: 'BEFORE',
          cell: ({ before }) => before,
          style: (row) => state(row, left),
          rank: 0,
          cuttable: true,
        },
        {
          header: 'AFTER',
          cell: ({ after, change }) => (change === '' ? after : `${after} (${change})`),
          style: (row) => state(row, right),
          rank: 0,
          cuttable: true,
        },
      ],
      shown.rows,
      terminal,
    ),
    specText(shown, terminal),
    outputText(shown, terminal),
  ];
  return parts.join('\n\n');
}

function specText({ fields }: ShownComparison, terminal: Terminal): string {
  if (fields === null) return 'The spec of one of them is not kept any more.';
  if (fields.length === 0) return 'The job said the same both times.';
  const inner = fields.map((field) => shownField({ ...field, effect: 'next_run' }));
  const width = Math.max(...inner.map(({ name }) => name.length));
  return [
    terminal.style('bold', 'What the job said otherwise'),
    ...inner.map(({ name, value }) =>
      hanging(`  ${terminal.style('dim', name.padEnd(width))}  `, value, terminal),
    ),
  ].join('\n');
}

/** What an output is in one sentence; the patch stands below it. */
export function outputWords({ difference, problem }: ComparedOutputs): string {
  if (difference === null) return `The outputs cannot be compared. ${problem}`;
  const { lines, same, truncated, removed, added, patch } = difference;
  const bound = truncated ? ` Of longer outputs, the last lines are compared.` : '';
  if (same) {
    const much =
      lines[0] === 0 ? 'Neither printed anything.' : `Both printed the same ${counted(lines[0])}.`;
    return much + bound;
  }
  if (patch === null) {
    return `The outputs have too little in common to be compared: ${counted(lines[0])} and ${counted(lines[1])}.${bound}`;
  }
  return `What was printed otherwise: ${counted(removed)} less, ${counted(added)} more.${bound}`;
}

function counted(lines: number): string {
  return `${lines.toLocaleString('en')} line${lines === 1 ? '' : 's'}`;
}

function outputText({ output, isFull }: ShownComparison, terminal: Terminal): string {
  const words = wrapped(oneLine(outputWords(output)), '', terminal);
  const patch = output.difference?.patch ?? '';
  if (patch === '') return words;
  const lines = diffText(patch, terminal).split('\n');
  const [head, ...rest] = [words, ...(isFull ? lines : lines.slice(0, patchLinesMax))];
  const left = lines.length - rest.length;
  const more = left > 0 ? [terminal.style('dim', `… ${counted(left)} more: --full`)] : [];
  return [terminal.style('bold', head), ...rest, ...more].join('\n');
}
