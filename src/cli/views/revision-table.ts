// Accepted manifests, newest first.
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';
import { localTime, needSeconds } from './times.ts';

/** One accepted manifest as it is printed, instants in ISO 8601. */
export interface RevisionView {
  readonly number: number;
  readonly digest: string;
  readonly sourceDigest: string;
  readonly appliedAt: string;
  readonly appliedBy: string;
  readonly gitCommit: string | null;
  readonly summary: {
    readonly create: number;
    readonly update: number;
    readonly rename: number;
    readonly delete: number;
  };
}

export function revisionTable(revisions: readonly RevisionView[], terminal: Terminal): string {
  const withSeconds = needSeconds(revisions.map(({ appliedAt }) => Date.parse(appliedAt)));
  return renderTable<RevisionView>(
    [
      {
        header: 'REVISION',
        cell: ({ number }) => String(number),
        align: 'right',
        rank: 0,
      },
      {
        header: 'APPLIED',
        cell: ({ appliedAt }) => localTime(Date.parse(appliedAt), terminal.zone, withSeconds),
        rank: 2,
      },
      {
        header: 'AGO',
        cell: ({ appliedAt }) => relativeTime(Date.parse(appliedAt), terminal.now),
        rank: 0,
      },
      { header: 'BY', cell: ({ appliedBy }) => oneLine(appliedBy), rank: 1 },
      { header: 'CHANGES', cell: ({ summary }) => changes(summary), rank: 1 },
      {
        header: 'COMMIT',
        cell: ({ gitCommit }) => gitCommit?.slice(0, 10) ?? '',
        rank: 3,
      },
      {
        header: 'DIGEST',
        cell: ({ sourceDigest }) => sourceDigest.slice(0, 12),
        style: () => 'dim',
        rank: 4,
      },
    ],
    revisions,
    terminal,
  );
}

function changes(summary: RevisionView['summary']): string {
  const parts: [string, number][] = [
    ['+', summary.create],
    ['~', summary.update],
    ['>', summary.rename],
    ['-', summary.delete],
  ];
  const words = parts.filter(([, value]) => value > 0).map(([sign, value]) => `${sign}${value}`);
  return words.length === 0 ? 'none' : words.join(' ');
}
