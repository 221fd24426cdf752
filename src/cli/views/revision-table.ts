// Accepted manifests, newest first.
import type { RevisionSummary } from '../../daemon/read-revisions.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';
import { localTime, needSeconds } from './times.ts';

export function revisionTable(revisions: readonly RevisionSummary[], terminal: Terminal): string {
  const withSeconds = needSeconds(revisions.map(({ appliedAt }) => Date.parse(appliedAt)));
  return renderTable<RevisionSummary>(
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
      { header: 'TAGS', cell: ({ tags }) => oneLine(tags.join(' ')), rank: 2 },
      { header: 'NOTE', cell: note, rank: 2, cuttable: true },
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

function changes(summary: RevisionSummary['summary']): string {
  const parts: [string, number][] = [
    ['+', summary.create],
    ['~', summary.update],
    ['>', summary.rename],
    ['-', summary.delete],
  ];
  const words = parts.filter(([, value]) => value > 0).map(([sign, value]) => `${sign}${value}`);
  return words.length === 0 ? 'none' : words.join(' ');
}

/** `held, as 41: "wrong hour"`. */
function note({ held, restores, reason }: RevisionSummary): string {
  const parts = [...(held ? ['held'] : []), ...(restores === null ? [] : [`as ${restores}`])];
  const why = reason === null ? '' : `"${oneLine(reason)}"`;
  return [parts.join(', '), why].filter((part) => part !== '').join(': ');
}
