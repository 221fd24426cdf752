import { describe, expect, it } from 'vitest';
import { inkOf, timelineText } from '../../src/cli/views/timeline.ts';
import { aTerminal } from '../support/terminal.ts';

const hour = 3_600_000;

describe('a timeline', () => {
  it('uses more ink for more runs', () => {
    expect([0, 1, 2, 5, 6, 20, 21, 1000].map(inkOf).join('')).toBe('·░▒▒▓▓██');
  });

  it('shows the hours of a day across and the jobs down, with sums', () => {
    const counts = Array.from({ length: 24 }, (_, slot) =>
      slot === 3 ? 1 : slot >= 9 && slot < 17 ? 4 : 0,
    );
    const text = timelineText(
      {
        kind: 'day',
        from: Date.parse('2026-03-27T00:00:00Z'),
        slotMs: hour,
        zone: 'UTC',
        rows: [{ job: 'report', counts }],
      },
      aTerminal({ width: 80 }),
    );
    expect(text).toBe(
      [
        'Day from Fri 2026-03-27, UTC',
        '',
        '        00  02  04  06  08  10  12  14  16  18  20  22',
        'report  ······░░··········▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒··············    33',
        'all     ······░░··········▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒··············    33',
        '',
        'runs per hour: · none   ░ 1   ▒ 2 to 5   ▓ 6 to 20   █ more',
      ].join('\n'),
    );
  });

  it('gives a long name a line of its own on a narrow terminal', () => {
    const counts = Array.from({ length: 24 }, () => 1);
    const job = 'payroll-of-the-whole-company';
    const rows = [
      { job, counts },
      { job: 'vacuum', counts },
    ];
    const from = Date.parse('2026-03-27T00:00:00Z');
    const text = timelineText(
      { kind: 'day', from, slotMs: hour, zone: 'UTC', rows },
      aTerminal({ width: 40 }),
    );
    expect(text.split('\n').slice(3, 6)).toEqual([
      job,
      '        ░░░░░░░░░░░░░░░░░░░░░░░░    24',
      'vacuum  ░░░░░░░░░░░░░░░░░░░░░░░░    24',
    ]);
  });

  it('has 23 columns on a day that is 23 hours long, and no label for the missing hour', () => {
    const text = timelineText(
      {
        kind: 'day',
        from: Date.parse('2026-03-28T23:00:00Z'),
        slotMs: hour,
        zone: 'Europe/Berlin',
        rows: [{ job: 'x', counts: Array.from({ length: 23 }, () => 1) }],
      },
      aTerminal({ width: 80 }),
    );
    expect(text.split('\n')[2]).toBe('     00  03  05  07  09  11  13  15  17  19  21  23');
    expect(text.split('\n')[3]).toBe(`x    ${'░'.repeat(46)}    23`);
  });

  it('takes one cell per slot on a narrow terminal', () => {
    const rows = [{ job: 'x', counts: Array.from({ length: 24 }, () => 1) }];
    const text = timelineText(
      { kind: 'day', from: 0, slotMs: hour, zone: 'UTC', rows },
      aTerminal({ width: 45 }),
    );
    expect(text.split('\n')[3]).toBe(`x    ${'░'.repeat(24)}    24`);
  });

  it('labels the days of a week', () => {
    const rows = [{ job: 'x', counts: Array.from({ length: 56 }, () => 0) }];
    const text = timelineText(
      {
        kind: 'week',
        from: Date.parse('2026-03-23T00:00:00Z'),
        slotMs: 3 * hour,
        zone: 'UTC',
        rows,
      },
      aTerminal({ width: 80 }),
    );
    expect(text.split('\n')[2]).toBe('     Mon 23  Tue 24  Wed 25  Thu 26  Fri 27  Sat 28  Sun 29');
  });
});
