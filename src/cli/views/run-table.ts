// Past and present runs, newest first.
import type { RunView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { markedJob } from './namesake.ts';
import { runNoteWords } from './notes.ts';
import { exitWords, stateStyle, stateWords } from './states.ts';
import { renderTable } from './table.ts';
import type { Column } from './table.ts';
import { localTime, needSeconds } from './times.ts';

export function runTable(runs: readonly RunView[], terminal: Terminal): string {
  return renderTable<RunView>(runColumns(terminal, needSeconds(runs.map(startOf))), runs, terminal);
}

export function whyAndNotes({ reason, notes }: RunView): string {
  // A daemon of 0.1, asked right after an upgrade, tells no notes.
  const texts = (notes ?? []).map(runNoteWords);
  const sentences = [...(reason === null ? [] : [reason]), ...texts];
  return oneLine(sentences.join('; '));
}

export function startOf(run: RunView): number {
  return Date.parse(run.startedAt ?? run.queuedAt);
}

function runColumns(terminal: Terminal, withSeconds: boolean): Column<RunView>[] {
  return [
    { header: 'RUN', cell: (run) => run.id, rank: 2, style: () => 'dim' },
    { header: 'JOB', cell: markedJob, rank: 0, mayStandAlone: true },
    {
      header: 'STATE',
      cell: (run) => stateWords(run.state),
      style: (run) => stateStyle(run.state),
      rank: 0,
    },
    { header: 'EXIT', cell: exitWords, rank: 1 },
    { header: 'TRIGGER', cell: (run) => run.trigger, rank: 6 },
    {
      header: 'STARTED',
      cell: (run) => localTime(startOf(run), terminal.zone, withSeconds),
      rank: 3,
    },
    {
      header: 'AGO',
      cell: (run) => relativeTime(startOf(run), terminal.now),
      rank: 1,
    },
    {
      header: 'TOOK',
      cell: (run) => (run.durationMs === null ? '' : humanDuration(run.durationMs)),
      align: 'right',
      rank: 1,
    },
    {
      header: 'LATE',
      cell: (run) => (run.lateMs === null ? '' : humanDuration(run.lateMs)),
      align: 'right',
      rank: 7,
    },
    {
      header: 'TRIES',
      cell: (run) => (run.attempts > 1 ? String(run.attempts) : ''),
      align: 'right',
      rank: 5,
    },
    {
      header: 'REASON',
      cell: whyAndNotes,
      rank: 4,
      cuttable: true,
    },
  ];
}
