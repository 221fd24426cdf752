// Where each value of a job comes from, one line for each.
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';

export interface BlameEntry {
  readonly field: string;
  readonly value: unknown;
  /** Of the manifest in force. */
  readonly line: number | null;
  readonly revision: number;
  readonly at: string;
  readonly by: string | null;
  readonly reason: string | null;
  /** Of the line, else the one that the revision was taken from. */
  readonly commit: string | null;
  readonly author: string | null;
  readonly authoredAt: string | null;
  readonly summary: string | null;
}

export function blameText(
  { job, entries }: { readonly job: string; readonly entries: readonly BlameEntry[] },
  terminal: Terminal,
): string {
  const table = renderTable<BlameEntry>(
    [
      { header: 'FIELD', cell: ({ field }) => oneLine(field), rank: 0 },
      {
        header: 'VALUE',
        cell: ({ value }) => oneLine(JSON.stringify(value)),
        rank: 1,
        cuttable: true,
      },
      { header: 'REVISION', cell: ({ revision }) => String(revision), align: 'right', rank: 0 },
      { header: 'WHEN', cell: ({ at }) => relativeTime(Date.parse(at), terminal.now), rank: 2 },
      { header: 'BY', cell: ({ by }) => oneLine(by ?? 'unknown'), rank: 3 },
      { header: 'COMMIT', cell: ({ commit }) => commit?.slice(0, 10) ?? '', rank: 2 },
      { header: 'AUTHOR', cell: ({ author }) => oneLine(author ?? ''), rank: 2 },
      {
        header: 'WHY',
        cell: ({ reason, summary }) => oneLine(reason ?? summary ?? ''),
        rank: 4,
        cuttable: true,
      },
    ],
    entries,
    terminal,
  );
  return `${terminal.style('bold', oneLine(job))}\n${table}`;
}
