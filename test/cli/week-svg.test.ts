import { describe, expect, it } from 'vitest';
import type { WeekCell, WeekGrid } from '../../src/core/plan/week-grid.ts';
import { weekGridText } from '../../src/cli/views/week-grid.ts';
import { weekSvg } from '../../src/cli/views/week-svg.ts';
import { aTerminal } from '../support/terminal.ts';

const quiet = { before: 0, after: 0 };
function gridWith(cells: Record<number, WeekCell | null>): WeekGrid {
  return {
    zone: 'UTC',
    days: Array.from({ length: 7 }, (_, day) => ({
      date: `2026-03-0${day + 1}`,
      lengthMs: 86_400_000,
      hours: Array.from({ length: 24 }, (__, hour) =>
        day === 0 && hour in cells ? (cells[hour] ?? null) : quiet,
      ),
    })),
  };
}

describe('a week in a terminal', () => {
  it('folds quiet hours and shows both counts of a cell that changes', () => {
    const grid = gridWith({ 3: { before: 1, after: 0 }, 4: { before: 2, after: 2 } });
    const lines = weekGridText(grid, aTerminal({ width: 80 })).split('\n');
    expect(lines[0]).toBe(
      'hour      Sun 01    Mon 02    Tue 03    Wed 04    Thu 05    Fri 06    Sat 07',
    );
    expect(lines.slice(1).map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
      '00–02 no start',
      '03 1→0 · · · · · ·',
      '04 2 · · · · · ·',
      '05–23 no start',
      'starts per hour, UTC; 1→2 changes, everything else stays',
    ]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each([80, 120, 160])('fits into %i columns, whatever it counts', (width) => {
    const cell = { before: 9_999, after: 88_888_888 };
    const text = weekGridText(
      gridWith({ 3: cell, 4: { ...cell, before: 12_345 } }),
      aTerminal({ width }),
    );
    expect(text).toContain('9999→89M');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it('marks an hour whose starts are others, and days on which the clocks change', () => {
    const { zone, days } = gridWith({ 3: { before: 2, after: 2, moved: true } });
    const long = days.map((day, at) => ({
      ...day,
      lengthMs: at === 1 ? 24.5 * 3_600_000 : day.lengthMs,
    }));
    const lines = weekGridText({ zone, days: long }, aTerminal()).split('\n');
    expect(lines[0]).toContain('Mon 02!');
    expect(lines[2]?.replaceAll(/ +/g, ' ')).toBe('03 2* · · · · · ·');
    expect(lines.slice(-2)).toEqual([
      'starts per hour, UTC; 2* are others than before, everything else stays',
      '! Mon 02 has 24h30m: the clocks go back',
    ]);
  });
});

describe('a week as a picture', () => {
  it('marks what changes and hides nothing hostile in its texts', () => {
    const svg = weekSvg({
      title: '<script>alert("x")</script> & \u0007co',
      subtitle: 'sub',
      grid: gridWith({ 3: { before: 0, after: 12_345 }, 4: { before: 2, after: 1 } }),
      notes: [['update a: </svg>']],
    });
    expect(svg).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; \\x07co');
    expect(svg).toContain('update a: &lt;/svg&gt;');
    expect(svg.match(/<\/svg>/g)).toHaveLength(1);
    expect(svg).toMatch(/class="more"[^>]*>(.|\n)*?0→12k/);
    expect(svg).toMatch(/class="less"[^>]*>(.|\n)*?2→1/);
  });

  it('stays small however many changes there are', () => {
    const notes = Array.from(
      { length: 3_000 },
      (_, i) => [`create job-${i} ${'x'.repeat(500)}`] as const,
    );
    const svg = weekSvg({ title: 't', subtitle: 's', grid: gridWith({}), notes });
    expect(svg.length).toBeLessThan(40_000);
    expect(svg).toContain('and 2960 more');
  });

  it('marks an hour whose starts are others, and says what it means', () => {
    const grid = gridWith({ 3: { before: 2, after: 2, moved: true } });
    const svg = weekSvg({ title: 't', subtitle: 's', grid, notes: [] });
    expect(svg).toMatch(/class="moved"[^>]*>(.|\n)*?>2\*</);
    expect(svg).toContain('UTC; framed cells change: * as many, but others than before');
  });

  it('folds what stands under a change, never more than two lines of it', () => {
    const detail = `! period_lost: ${'word '.repeat(100)}`;
    const svg = weekSvg({
      title: 't',
      subtitle: 's',
      grid: gridWith({}),
      notes: [['update a', detail]],
    });
    const notes = [...svg.matchAll(/class="note" x="(\d+)"[^>]*>([^<]*)/g)];
    expect(notes.map(([, x]) => x)).toEqual(['16', '32', '32']);
    expect(notes[2]?.[2]).toMatch(/^word .*wor…$/);
  });
});
