// Figures over runs, one line per job and one for all of them.
import type { StatsView } from '../../api/service.ts';
import type { Statistics } from '../../core/runs/statistics.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration } from './durations.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { localTime } from './times.ts';
import { wrapped } from './wrapped.ts';

type Row = { readonly job: string } & Statistics;

export function statsTable(view: StatsView, terminal: Terminal): string {
  const rows: Row[] = view.jobs.map((row) => ({ ...row, job: oneLine(row.job) }));
  if (rows.length > 1) rows.push({ job: `(${rows.length} jobs)`, ...view.overall });
  return [
    renderTable(columns, rows, terminal),
    '',
    terminal.style('dim', wrapped(span(view, terminal), '', terminal)),
  ].join('\n');
}

function span(view: StatsView, terminal: Terminal): string {
  const { since, until } = view;
  const at = (text: string): string => localTime(Date.parse(text), terminal.zone);
  const from = since === null ? 'All runs that are kept' : `Runs queued since ${at(since)}`;
  return `${from}, up to ${at(until)}.${view.sampled ? sampleWords(view) : ''}`;
}

function sampleWords({ jobs, overall }: StatsView): string {
  const most = Math.max(0, ...jobs.map(({ durationMs }) => durationMs?.of ?? 0));
  const all = jobs.length > 1 ? `, ${overall.durationMs?.of ?? 0} of all` : '';
  return ` Medians and percentiles rest on the newest runs, up to ${most} of a job${all}; everything else on all runs.`;
}

/** "99.9 %"; never rounded up to a perfect score. */
export function percent(rate: number): string {
  const shown = Math.floor(rate * 1000 + 1e-6) / 10;
  return `${shown} %`;
}

export function streakWords({ streak }: Statistics): string {
  return streak === null ? '' : `${streak.runs} ${streak.succeeded ? 'ok' : 'failed'}`;
}

const failed = ({ states }: Row): number => states.failed + states.timed_out + states.lost;
const time = (ms: number | undefined | null): string => (ms == null ? '' : humanDuration(ms));
const columns: readonly Column<Row>[] = [
  { header: 'JOB', cell: ({ job }) => job, rank: 0, mayStandAlone: true },
  { header: 'RUNS', cell: ({ runs }) => String(runs), align: 'right', rank: 0 },
  {
    header: 'OK',
    cell: ({ successRate }) => (successRate === null ? '' : percent(successRate)),
    style: ({ successRate }) => (successRate === null || successRate === 1 ? null : 'red'),
    align: 'right',
    rank: 0,
  },
  {
    header: 'FAILED',
    cell: (row) => (failed(row) === 0 ? '' : String(failed(row))),
    align: 'right',
    rank: 3,
  },
  { header: 'P50', cell: ({ durationMs }) => time(durationMs?.p50), align: 'right', rank: 1 },
  { header: 'P95', cell: ({ durationMs }) => time(durationMs?.p95), align: 'right', rank: 1 },
  { header: 'MAX', cell: ({ durationMs }) => time(durationMs?.max), align: 'right', rank: 5 },
  { header: 'LATE P50', cell: ({ lateMs }) => time(lateMs?.p50), align: 'right', rank: 8 },
  { header: 'LATE P95', cell: ({ lateMs }) => time(lateMs?.p95), align: 'right', rank: 4 },
  { header: 'LATE MAX', cell: ({ lateMs }) => time(lateMs?.max), align: 'right', rank: 9 },
  {
    header: 'RETRIES',
    cell: ({ retries }) => (retries === 0 ? '' : String(retries)),
    align: 'right',
    rank: 6,
  },
  {
    header: 'RUNNING',
    cell: ({ runs, runningMs }) => (runs === 0 ? '' : time(runningMs)),
    align: 'right',
    rank: 7,
  },
  {
    header: 'STREAK',
    cell: streakWords,
    style: ({ streak }) => (streak?.succeeded === false ? 'red' : null),
    rank: 2,
  },
  {
    header: 'LONGEST GAP',
    cell: ({ longestGapMs }) => time(longestGapMs),
    align: 'right',
    rank: 10,
  },
];
