import { describe, expect, it } from 'vitest';
import { pad, renderTable, shorten } from '../../src/cli/views/table.ts';
import type { Column } from '../../src/cli/views/table.ts';
import { aTerminal } from '../support/terminal.ts';

interface Row {
  readonly name: string;
  readonly text: string;
  readonly count: string;
}

const columns: Column<Row>[] = [
  { header: 'NAME', cell: (row) => row.name, rank: 0 },
  { header: 'TEXT', cell: (row) => row.text, rank: 1, cuttable: true },
  { header: 'COUNT', cell: (row) => row.count, rank: 2, align: 'right' },
];
const rows: Row[] = [
  { name: 'backup', text: 'a long story about a backup', count: '7' },
  { name: '日本語', text: 'wide', count: '12' },
];

describe('a table', () => {
  it('aligns wide characters by their width on the screen', () => {
    expect(renderTable(columns, rows, aTerminal())).toBe(
      [
        'NAME    TEXT                         COUNT',
        'backup  a long story about a backup      7',
        '日本語  wide                            12',
      ].join('\n'),
    );
  });

  it('cuts free text before it drops a column', () => {
    expect(renderTable(columns, rows, aTerminal({ width: 35 }))).toBe(
      [
        'NAME    TEXT                  COUNT',
        'backup  a long story about…       7',
        '日本語  wide                     12',
      ].join('\n'),
    );
  });

  it('drops the least important column on a narrow terminal', () => {
    expect(renderTable(columns, rows, aTerminal({ width: 22 }))).toBe(
      ['NAME    TEXT', 'backup  a long story…', '日本語  wide'].join('\n'),
    );
  });

  it('keeps names whole however narrow the terminal is', () => {
    expect(renderTable(columns, rows, aTerminal({ width: 3 }))).toBe(
      ['NAME', 'backup', '日本語'].join('\n'),
    );
  });

  it('leaves out a column that says nothing', () => {
    const silent = rows.map((row) => ({ ...row, count: '' }));
    expect(renderTable(columns, silent, aTerminal()).split('\n')[0]).toBe('NAME    TEXT');
  });

  it('measures cells without colour', () => {
    const coloured = aTerminal({ style: (_style, text) => `<${text}>` });
    const styled = [{ ...columns[0]!, style: () => 'red' as const }, columns[2]!];
    expect(renderTable(styled, rows, coloured)).toBe(
      ['<NAME  >  <COUNT>', '<backup>      7', '<日本語>     12'].join('\n'),
    );
  });
});

describe('shortening', () => {
  it('never ends in half a wide character', () => {
    expect(shorten('日本語です', 6, aTerminal())).toBe('日本…');
  });
  it('leaves fitting text alone', () => {
    expect(shorten('fits', 4, aTerminal())).toBe('fits');
  });
  it('pads to the right when asked', () => {
    expect(pad('7', 3, aTerminal(), 'right')).toBe('  7');
  });
});

describe('a long name in a narrow terminal', () => {
  const columns = [
    { header: 'JOB', cell: ([name]: string[]) => name ?? '', rank: 0, mayStandAlone: true },
    { header: 'STATE', cell: ([, state]: string[]) => state ?? '', rank: 0 },
    { header: 'IN', cell: () => 'in 3h', rank: 1 },
  ];
  const rows = [
    ['a-name-of-thirty-characters-xy', 'failed'],
    ['short', 'scheduled'],
  ];

  it('stands on a line of its own, so that no column is dropped for it', () => {
    expect(renderTable(columns, rows, aTerminal({ width: 40 }))).toBe(
      [
        'JOB    STATE      IN',
        'a-name-of-thirty-characters-xy',
        '       failed     in 3h',
        'short  scheduled  in 3h',
      ].join('\n'),
    );
  });

  it('stands in its row where there is room', () => {
    const [, first] = renderTable(columns, rows, aTerminal()).split('\n');
    expect(first).toBe('a-name-of-thirty-characters-xy  failed     in 3h');
  });
});
