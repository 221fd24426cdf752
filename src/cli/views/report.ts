// How a time went, for people: a line per job, one for all, and what stands out.
import type { PeriodFigures, Report, Trend } from '../../core/runs/report.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration } from './durations.ts';
import { oneLine } from './foreign.ts';
import { percent } from './stats-table.ts';
import { renderTable, type Column } from './table.ts';
import { localTime } from './times.ts';
import { hanging, wrapped } from './wrapped.ts';

export interface ReportLine extends PeriodFigures {
  /** Of a job or a project. */
  readonly name: string;
  readonly before: PeriodFigures;
  readonly trend: Trend;
}

export interface ShownReport extends Omit<Report, 'jobs' | 'overall'> {
  readonly since: string;
  readonly until: string;
  readonly before: { readonly since: string; readonly until: string };
  /** What a line is about, as the header says it. */
  readonly of: 'JOB' | 'MANIFEST';
  readonly rows: readonly ReportLine[];
  /** Null where lines cannot be added up. */
  readonly overall: Report['overall'] | null;
  /** More was missed than was counted. */
  readonly truncated: boolean;
  /** What could not be asked. */
  readonly faults: readonly string[];
}

export interface ReportColumn extends Column<ReportLine> {
  readonly header: string;
}

export function reportText(report: ShownReport, terminal: Terminal): string {
  if (report.rows.length === 0 && report.faults.length === 0) {
    return report.of === 'JOB' ? 'No jobs.' : 'No project has been started from this home.';
  }
  const lines = reportLines(report).map((line) => ({ ...line, name: oneLine(line.name) }));
  return [
    renderTable(reportColumns(report.of), lines, terminal),
    '',
    ...standingOut(report).map(([label, words]) => hanging(label.padEnd(15), words, terminal)),
    terminal.style('dim', wrapped(spanWords(report, terminal.zone), '', terminal)),
    ...report.faults.map((fault) => terminal.style('red', oneLine(fault))),
  ].join('\n');
}

/** The rows, and one for all of them where there are several. */
export function reportLines({ rows, overall }: ShownReport): readonly ReportLine[] {
  return overall === null || rows.length < 2
    ? rows
    : [...rows, { name: `(${rows.length} jobs)`, ...overall }];
}

/** Label and names; only what there is to say. */
export function standingOut(report: ShownReport): readonly (readonly [string, string])[] {
  const named = (
    label: string,
    names: readonly string[],
    told: (row: ReportLine) => string,
  ): readonly (readonly [string, string])[] => {
    const words = names.flatMap((name) => {
      const row = report.rows.find((one) => one.name === name);
      return row === undefined ? [] : [`${oneLine(name)} ${told(row)}`];
    });
    return words.length === 0 ? [] : [[label, words.join(', ')]];
  };
  return [
    ...named('slowest', report.slowest, ({ p95Ms }) => `(${time(p95Ms)})`),
    ...named(
      'flaky',
      report.flakiest,
      ({ failed, retries, runs }) => `(${failed + retries} of ${runs + retries} attempts)`,
    ),
    ...named('waited longest', report.longestWaits, ({ lateMaxMs }) => `(${time(lateMaxMs)})`),
    ...(report.retryShare === null || report.retryShare === 0
      ? []
      : ([['retries', `${percent(report.retryShare)} of all attempts`]] as const)),
  ];
}

export function spanWords({ since, until, before, truncated }: ShownReport, zone: string): string {
  const at = (text: string): string => localTime(Date.parse(text), zone);
  const missed = truncated ? ' More was missed than was counted.' : '';
  return `Runs queued from ${at(since)} to ${at(until)}, against those from ${at(before.since)}.${missed}`;
}

export function trendWords({ trend, before, ...now }: ReportLine): string {
  switch (trend.verdict) {
    case 'idle':
      return '';
    case 'new':
    case 'same':
      return trend.verdict;
    case 'better':
    case 'worse':
      return `${trend.verdict}: ${reasonWords(trend, now, before)}`;
  }
}

function reasonWords({ because }: Trend, now: PeriodFigures, before: PeriodFigures): string {
  if (because === 'failures') return `${rate(before.successRate)} → ${rate(now.successRate)} ok`;
  if (because === 'missed') return `missed ${before.missed} → ${now.missed}`;
  return `${time(before.p50Ms)} → ${time(now.p50Ms)}`;
}

const rate = (value: number | null): string => (value === null ? '' : percent(value));
const time = (ms: number | null): string => (ms === null ? '' : humanDuration(ms));
const many = (count: number): string => (count === 0 ? '' : String(count));

export function reportColumns(of: ShownReport['of']): readonly ReportColumn[] {
  return [
    { header: of, cell: ({ name }) => name, rank: 0, mayStandAlone: true },
    { header: 'RUNS', cell: ({ runs }) => String(runs), align: 'right', rank: 0 },
    {
      header: 'OK',
      cell: ({ successRate }) => rate(successRate),
      style: ({ successRate }) => (successRate === null || successRate === 1 ? null : 'red'),
      align: 'right',
      rank: 0,
    },
    { header: 'FAILED', cell: ({ failed }) => many(failed), align: 'right', rank: 2 },
    {
      header: 'MISSED',
      cell: ({ missed }) => many(missed),
      style: () => 'red',
      align: 'right',
      rank: 2,
    },
    { header: 'P50', cell: ({ p50Ms }) => time(p50Ms), align: 'right', rank: 3 },
    { header: 'P95', cell: ({ p95Ms }) => time(p95Ms), align: 'right', rank: 3 },
    { header: 'MAX', cell: ({ maxMs }) => time(maxMs), align: 'right', rank: 6 },
    { header: 'LATE MAX', cell: ({ lateMaxMs }) => time(lateMaxMs), align: 'right', rank: 7 },
    { header: 'RETRIES', cell: ({ retries }) => many(retries), align: 'right', rank: 5 },
    {
      header: 'LONGEST GAP',
      cell: ({ longestGapMs }) => time(longestGapMs),
      align: 'right',
      rank: 4,
    },
    {
      header: 'TREND',
      cell: trendWords,
      style: ({ trend }) =>
        trend.verdict === 'worse' ? 'red' : trend.verdict === 'better' ? 'green' : null,
      rank: 1,
    },
  ];
}
