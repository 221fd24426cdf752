// The attempts of one run, in order: each with its end and its own log.
import type { AttemptView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { humanDuration } from './durations.ts';
import { oneLine } from './foreign.ts';
import { exitWords, stateStyle, stateWords } from './states.ts';
import { renderTable } from './table.ts';
import { localTime } from './times.ts';

export function attemptTable(attempts: readonly AttemptView[], terminal: Terminal): string {
  const time = (text: string | null): string =>
    text === null ? '' : localTime(Date.parse(text), terminal.zone, true);
  return renderTable<AttemptView>(
    [
      { header: 'ATTEMPT', cell: ({ attempt }) => String(attempt), align: 'right', rank: 0 },
      {
        header: 'STATE',
        cell: ({ state }) => stateWords(state),
        style: ({ state }) => stateStyle(state),
        rank: 0,
      },
      { header: 'EXIT', cell: exitWords, rank: 1 },
      { header: 'STARTED', cell: ({ startedAt }) => time(startedAt), rank: 2 },
      { header: 'ENDED', cell: ({ endedAt }) => time(endedAt), rank: 3 },
      {
        header: 'TOOK',
        cell: ({ durationMs }) => (durationMs === null ? '' : humanDuration(durationMs)),
        align: 'right',
        rank: 1,
      },
      {
        header: 'REASON',
        cell: ({ reason }) => (reason === null ? '' : oneLine(reason)),
        rank: 2,
        cuttable: true,
      },
    ],
    attempts,
    terminal,
  );
}
