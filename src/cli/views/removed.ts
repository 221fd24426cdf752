// Removed jobs that can come back.
import type { RemovedView } from '../../daemon/read-removed.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';
import { localTime } from './times.ts';

export function removedText(removed: readonly RemovedView[], terminal: Terminal): string {
  if (removed.length === 0) return 'No job was removed within the last fourteen days.';
  return renderTable<RemovedView>(
    [
      { header: 'JOB', cell: ({ job }) => oneLine(job), rank: 0 },
      {
        header: 'REMOVED',
        cell: ({ removedAt }) => localTime(Date.parse(removedAt), terminal.zone),
        rank: 1,
      },
      {
        header: 'AGO',
        cell: ({ removedAt }) => relativeTime(Date.parse(removedAt), terminal.now),
        rank: 2,
      },
      { header: 'BY', cell: ({ by }) => oneLine(by ?? 'unknown'), rank: 3 },
      { header: 'REVISION', cell: ({ revision }) => String(revision), rank: 4 },
    ],
    removed,
    terminal,
  );
}
