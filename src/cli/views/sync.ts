// How the manifest and what is in force stand to each other, for people.
import type { StatusView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime } from './durations.ts';
import { fieldList } from './fields.ts';
import { oneLine } from './foreign.ts';
import { holdEnd, holdWords } from './hold.ts';

export function syncText(
  { sync, source, revision, daemon }: StatusView,
  manifest: string,
  terminal: Terminal,
): string {
  const pruned = sync.orphaned.filter(({ reason }) => reason !== 'protected');
  const isPending = sync.state === 'pending';
  const takes = !daemon.running
    ? terminal.style('red', 'no daemon runs, so nothing is taken')
    : sync.mode === 'manual'
      ? 'only by jm2 apply (sync: manual)'
      : sync.hold?.mode === 'manual'
        ? 'only by jm2 apply, because of the hold'
        : 'by itself, as soon as it is saved (sync: auto)';
  const since =
    sync.hold === null ? '' : `, ${relativeTime(Date.parse(sync.hold.since), terminal.now)}`;
  return fieldList(
    [
      [
        'manifest',
        `${oneLine(manifest)}, ${source.state === 'unknown' ? 'not judged yet' : source.state}`,
      ],
      ['taken', takes],
      ['in force', revision.applied === 0 ? 'nothing yet' : `revision ${revision.applied}`],
      [
        'state',
        isPending
          ? terminal.style(
              'yellow',
              `changes wait (${sync.because ?? 'unknown'}); jm2 plan shows them`,
            )
          : sync.state,
      ],
      [
        'hold',
        sync.hold === null
          ? 'none'
          : `${holdWords(sync.hold)}${since}; ${holdEnd(sync.hold, terminal)}`,
      ],
      ...(pruned.length === 0
        ? []
        : ([
            ['removed', `${pruned.length} that run on until jm2 sync confirm-prune or jm2 apply`],
          ] satisfies [string, string][])),
    ],
    terminal,
  );
}
