// The list of jobs on the screen of `jm2 top`: the rows around the selected one,
// with as many columns as the width bears.
import { humanDuration, relativeTime } from '../views/durations.ts';
import { oneLine } from '../views/foreign.ts';
import { lastRunWords } from '../views/job-table.ts';
import { stateStyle, stateWords } from '../views/states.ts';
import type { Terminal } from '../terminal.ts';
import type { Row, TopModel } from './model.ts';
import { selectedRow } from './rows.ts';
import { drawn, fitted } from './spans.ts';
import type { Line, Span } from './spans.ts';

interface Column {
  readonly header: string;
  readonly width: number;
  readonly cell: (row: Row) => Span;
}

const stateWidth = 10;
const nextWidth = 12;
const lastWidth = 34;

/** Heading and rows, at most `height` lines. */
export function jobList(model: TopModel, terminal: Terminal, height: number): string[] {
  const { rows } = model;
  const found = selectedRow(model);
  if (found === null) return [drawn([{ text: emptyWords(model), style: 'dim' }], terminal)];
  const columns = columnsFor(rows, terminal);
  const room = Math.max(1, height - 1);
  const first = firstShown(found.index, rows.length, room);
  const header = columns.map((column) => fitted(column.header, column.width, terminal)).join('  ');
  const above = first > 0 ? `  ↑ ${first}` : '';
  const below = rows.length - first - room;
  const more = `${above}${below > 0 ? `  ↓ ${below}` : ''}`;
  return [
    drawn(
      [
        { text: `  ${header.trimEnd()}`, style: 'bold' },
        { text: more, style: 'dim' },
      ],
      terminal,
    ),
    ...rows
      .slice(first, first + room)
      .map((row) => drawn(rowLine(row, row === found.row, columns, terminal), terminal)),
  ];
}

/** The selected row in the middle, except near both ends. */
export function firstShown(index: number, count: number, room: number): number {
  return Math.max(0, Math.min(index - Math.floor(room / 2), count - room));
}

function emptyWords({ source, filter, jobs }: TopModel): string {
  if (source.kind === 'asking') return 'Asking the daemon …';
  if (filter !== '' && jobs.length > 0) return 'No job matches.';
  return 'There are no jobs: jm2 add';
}

function rowLine(
  row: Row,
  isSelected: boolean,
  columns: readonly Column[],
  terminal: Terminal,
): Line {
  const cells = columns.flatMap(({ width, cell }, index): Span[] => {
    const { text, style = null } = cell(row);
    const isLast = index === columns.length - 1;
    const shown = fitted(text, width, terminal);
    return [{ text: isLast ? shown.trimEnd() : `${shown}  `, style }];
  });
  return [{ text: isSelected ? '▶ ' : '  ', style: 'cyan' }, ...cells];
}

/** On 40 columns name, state and next run; on wide ones all. */
function columnsFor(rows: readonly Row[], terminal: Terminal): readonly Column[] {
  const { width, now } = terminal;
  const longest = rows.reduce((most, { job }) => Math.max(most, job.name.length), 3);
  const withLast = width >= 70;
  const withSchedule = width >= 110;
  const others =
    2 + stateWidth + 2 + nextWidth + (withLast ? lastWidth + 2 : 0) + (withSchedule ? 26 : 0) + 2;
  const nameWidth = Math.max(8, Math.min(longest, width - others));
  const columns: Column[] = [
    { header: 'JOB', width: nameWidth, cell: ({ job }) => ({ text: oneLine(job.name) }) },
    { header: 'STATE', width: stateWidth, cell: stateCell },
    {
      header: 'NEXT',
      width: nextWidth,
      cell: ({ job }) => ({
        text: job.nextRun === null ? '-' : relativeTime(Date.parse(job.nextRun), now),
      }),
    },
  ];
  if (withLast) {
    columns.push({ header: 'LAST', width: lastWidth, cell: (row) => lastCell(row, terminal) });
  }
  if (withSchedule) {
    columns.push({
      header: 'SCHEDULE',
      width: 24,
      cell: ({ job }) => ({ text: job.schedule === null ? '' : oneLine(job.schedule) }),
    });
  }
  return columns;
}

function stateCell({ job, waiting }: Row): Span {
  if (waiting > 0 && job.state !== 'running') {
    return { text: waiting === 1 ? 'waiting' : `waiting ${waiting}`, style: 'cyan' };
  }
  return { text: stateWords(job.state), style: stateStyle(job.state) };
}

function lastCell({ job }: Row, terminal: Terminal): Span {
  const run = job.lastRun;
  if (run === null) return { text: '-' };
  if (run.state === 'running' && run.startedAt !== null) {
    const forMs = Math.max(0, terminal.now - Date.parse(run.startedAt));
    return { text: `running for ${humanDuration(Math.floor(forMs / 1000) * 1000)}`, style: 'cyan' };
  }
  return { text: lastRunWords(job, terminal), style: stateStyle(run.state) };
}
