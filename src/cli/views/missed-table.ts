// What was missed, a row for several where one cause settled several.
import type { MissedView } from '../../api/service.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { renderTable } from './table.ts';
import { localTime, needSeconds } from './times.ts';

export function missedTable(
  rows: readonly MissedView[],
  more: boolean,
  terminal: Terminal,
): string {
  if (rows.length === 0) return 'Nothing was missed.';
  const seconds = needSeconds(
    rows.flatMap(({ nominalTime, lastNominalTime }) => [
      Date.parse(nominalTime),
      Date.parse(lastNominalTime),
    ]),
  );
  const time = (text: string): string => localTime(Date.parse(text), terminal.zone, seconds);
  const table = renderTable<MissedView>(
    [
      { header: 'JOB', cell: ({ job }) => oneLine(job), rank: 0, mayStandAlone: true },
      { header: 'DUE', cell: ({ nominalTime }) => time(nominalTime), rank: 0 },
      {
        header: 'TO',
        cell: ({ count, lastNominalTime }) => (count === 1 ? '' : time(lastNominalTime)),
        rank: 2,
      },
      { header: 'MISSED', cell: ({ count }) => String(count), rank: 1, align: 'right' },
      {
        header: 'MADE UP',
        cell: ({ madeUpFor }) => (madeUpFor === 0 ? '' : String(madeUpFor)),
        rank: 3,
        align: 'right',
      },
      { header: 'WHY', cell: whyOf, rank: 0, cuttable: true },
    ],
    rows,
    terminal,
  );
  const canRun = rows.some(({ inForce, count, madeUpFor }) => inForce && madeUpFor < count);
  return [
    table,
    ...(more ? ['There is more: --limit, or --since.'] : []),
    ...(canRun ? ['', terminal.style('dim', 'jm2 missed --run makes up for them.')] : []),
  ].join('\n');
}

function whyOf({ reason, detail, inForce }: MissedView): string {
  const words = [
    ...(inForce ? [] : ['the job is gone']),
    (reason ?? '').replaceAll('_', ' '),
    detail ?? '',
  ];
  return oneLine(words.filter((word) => word !== '').join(': '));
}
