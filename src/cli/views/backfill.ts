// What a backfill makes of the occurrences of a range.
import type { BackfillView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { renderTable } from './table.ts';
import { localTime, needSeconds } from './times.ts';

const words = { run: 'run', succeeded: 'succeeded before', under_way: 'under way' } as const;
/** More rows than this nobody reads; --json tells them all. */
const rowsMax = 200;

interface Row {
  readonly at: number;
  readonly what: string;
  readonly run: string;
}

export function backfillText(view: BackfillView, isDryRun: boolean, terminal: Terminal): string {
  // Admitted in the order of the occurrences to run.
  let next = 0;
  const rows = view.occurrences.map(({ nominalTime, decision, run }): Row => {
    const started = decision === 'run' ? view.runs[next++]?.id : run;
    return { at: Date.parse(nominalTime), what: words[decision], run: started ?? '' };
  });
  if (rows.length === 0) return 'The schedule has no occurrence in this range.';
  const seconds = needSeconds(rows.map(({ at }) => at));
  const table = renderTable<Row>(
    [
      { header: 'NOMINAL TIME', cell: ({ at }) => localTime(at, terminal.zone, seconds), rank: 0 },
      { header: 'WHAT', cell: ({ what }) => what, rank: 0 },
      { header: 'RUN', cell: ({ run }) => run, rank: 1, style: () => 'dim' },
    ],
    rows.slice(0, rowsMax),
    terminal,
  );
  const hidden = rows.length - rowsMax;
  return [
    table,
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
    ...(view.more ? ['The range holds more: the limit was reached.'] : []),
    ...(isDryRun ? ['', 'Nothing was started.'] : []),
  ].join('\n');
}
