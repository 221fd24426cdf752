// Everything that became of a job's occurrences, newest first: runs, and what
// was skipped or missed, a row for several where one cause settled several.
import type { OutcomeView, RunView } from '../../api/service.ts';
import type { Style, Terminal } from '../terminal.ts';
import { humanDuration } from './durations.ts';
import { oneLine } from './foreign.ts';
import { markedJob } from './namesake.ts';
import { startOf, whyAndNotes } from './run-table.ts';
import { exitWords, stateStyle, stateWords } from './states.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { localTime, needSeconds } from './times.ts';

interface Row {
  readonly at: number;
  readonly until: number | null;
  readonly job: string;
  readonly outcome: string;
  readonly style: Style | null;
  readonly count: number;
  readonly exit: string;
  readonly took: string;
  readonly late: string;
  readonly run: string;
  readonly why: string;
}

/** The newest `limit` of both together: either list is complete as far back as that. */
export function historyTable(
  {
    runs,
    outcomes,
  }: { readonly runs: readonly RunView[]; readonly outcomes: readonly OutcomeView[] },
  limit: number,
  terminal: Terminal,
): string {
  // A run that never began and whose occurrence is missed is told once.
  const missed = new Set(outcomes.map(({ run }) => run).filter((run) => run !== null));
  const rows = [
    ...runs.filter(({ id }) => !missed.has(id)).map(runRow),
    ...outcomes.map(outcomeRow),
  ]
    .toSorted((a, b) => (b.until ?? b.at) - (a.until ?? a.at))
    .slice(0, limit);
  return renderTable<Row>(columns(rows, terminal), rows, terminal);
}

function runRow(run: RunView): Row {
  return {
    at: startOf(run),
    until: null,
    job: markedJob(run),
    outcome: stateWords(run.state),
    style: stateStyle(run.state),
    count: 1,
    exit: exitWords(run),
    took: run.durationMs === null ? '' : humanDuration(run.durationMs),
    late: run.lateMs === null ? '' : humanDuration(run.lateMs),
    run: run.id,
    why: whyAndNotes(run),
  };
}

function outcomeRow(outcome: OutcomeView): Row {
  const { reason, detail, count } = outcome;
  const because = (reason ?? '').replaceAll('_', ' ');
  return {
    at: Date.parse(outcome.nominalTime),
    until: count > 1 ? Date.parse(outcome.lastNominalTime) : null,
    job: markedJob(outcome),
    outcome: outcome.disposition,
    style: outcome.disposition === 'missed' ? 'red' : 'yellow',
    count,
    exit: '',
    took: '',
    late: '',
    run: outcome.run ?? '',
    why: oneLine(detail === null ? because : `${because}: ${detail}`),
  };
}

function columns(rows: readonly Row[], terminal: Terminal): Column<Row>[] {
  const withSeconds = needSeconds(rows.flatMap(({ at, until }) => [at, until]));
  const time = (at: number): string => localTime(at, terminal.zone, withSeconds);
  return [
    { header: 'TIME', cell: ({ at }) => time(at), rank: 0 },
    { header: 'UNTIL', cell: ({ until }) => (until === null ? '' : time(until)), rank: 4 },
    { header: 'JOB', cell: ({ job }) => job, rank: 0, mayStandAlone: true },
    { header: 'OUTCOME', cell: ({ outcome }) => outcome, style: ({ style }) => style, rank: 0 },
    {
      header: 'COUNT',
      cell: ({ count }) => (count === 1 ? '' : count.toLocaleString('en')),
      align: 'right',
      rank: 1,
    },
    { header: 'EXIT', cell: ({ exit }) => exit, rank: 2 },
    { header: 'TOOK', cell: ({ took }) => took, align: 'right', rank: 5 },
    { header: 'LATE', cell: ({ late }) => late, align: 'right', rank: 6 },
    { header: 'RUN', cell: ({ run }) => run, style: () => 'dim', rank: 7 },
    { header: 'REASON', cell: ({ why }) => why, rank: 3, cuttable: true },
  ];
}
