// What waits for a slot, for a retry or for another run, and how the limits are used.
import type { QueuedRunView, QueueView } from '../../api/service.ts';
import { priorityWord } from '../../core/manifest/priority.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration, relativeTime } from './durations.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';

export function queueText(view: QueueView, terminal: Terminal): string {
  const { queue, queued, running, limits } = view;
  const inAll = limits.concurrencyMax > 0 ? ` of at most ${limits.concurrencyMax}` : '';
  const lines = [`${running} running${inAll}, ${queued} waiting`];
  for (const { name, max, running: inGroup, waiting } of limits.groups) {
    if (inGroup + waiting > 0) {
      lines.push(`group ${name}: ${inGroup} running of at most ${max}, ${waiting} waiting`);
    }
  }
  if (queue.length === 0) return lines.join('\n');
  const more = queued - queue.length;
  return [
    ...lines,
    '',
    queueTable(queue, terminal),
    ...(more > 0 ? [`… and ${more} more: jm2 queue --limit ${Math.min(1_000, queued)}`] : []),
  ].join('\n');
}

function queueTable(queue: readonly QueuedRunView[], terminal: Terminal): string {
  const now = terminal.now;
  return renderTable<QueuedRunView>(
    [
      { header: 'JOB', cell: ({ job }) => oneLine(job), rank: 0, mayStandAlone: true },
      {
        header: 'WAITED',
        cell: ({ queuedAt }) => humanDuration(Math.max(0, now - Date.parse(queuedAt))),
        align: 'right',
        rank: 1,
      },
      { header: 'WHY', cell: ({ reason }) => oneLine(reason), rank: 0, cuttable: true },
      { header: 'PRIORITY', cell: ({ priority }) => priorityWord(priority), rank: 3 },
      {
        header: 'TRY',
        cell: ({ attempt }) => (attempt > 1 ? String(attempt) : ''),
        align: 'right',
        rank: 5,
      },
      {
        header: 'NEXT',
        cell: ({ notBefore }) =>
          notBefore === null ? '' : relativeTime(Date.parse(notBefore), now),
        rank: 2,
      },
      {
        header: 'MISSED',
        cell: ({ startBy }) => (startBy === null ? '' : relativeTime(Date.parse(startBy), now)),
        rank: 4,
      },
      { header: 'RUN', cell: ({ run }) => run, rank: 6, style: () => 'dim' },
    ],
    queue,
    terminal,
  );
}
