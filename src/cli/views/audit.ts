// Who changed what, newest first.
import type { AuditView } from '../../daemon/read-audit.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';
import { localTime } from './times.ts';

export function auditText(entries: readonly AuditView[], terminal: Terminal): string {
  return renderTable<AuditView>(
    [
      { header: 'SEQ', cell: ({ seq }) => String(seq), align: 'right', rank: 3 },
      {
        header: 'AT',
        cell: ({ at }) => localTime(Date.parse(at), terminal.zone, true),
        rank: 1,
      },
      { header: 'BY', cell: ({ actor }) => oneLine(actor), rank: 0 },
      { header: 'ACTION', cell: ({ action }) => action, rank: 0 },
      { header: 'ABOUT', cell: ({ job, target }) => oneLine(job ?? target ?? ''), rank: 1 },
      { header: 'DETAIL', cell: detailOf, rank: 2, cuttable: true },
    ],
    entries,
    terminal,
  );
}

function detailOf({ facts, detail, job, target }: AuditView): string {
  const reason = facts['reason'];
  if (typeof reason === 'string') return `"${oneLine(reason)}"`;
  if (job !== null && job !== target && detail === null) return oneLine(target ?? '');
  return oneLine(wordsOf(detail ?? ''));
}

/** `create 1, hold rollback` for what is kept as JSON; zeros and nothings are left out. */
function wordsOf(detail: string): string {
  if (!detail.startsWith('{')) return detail;
  try {
    return Object.entries(JSON.parse(detail) as Record<string, unknown>)
      .filter(([, value]) => value !== 0 && value !== null)
      .map(([key, value]) => `${key} ${String(value)}`)
      .join(', ');
  } catch {
    return detail;
  }
}
