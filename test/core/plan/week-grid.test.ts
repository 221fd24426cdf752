import { describe, expect, it } from 'vitest';
import { weekGrid } from '../../../src/core/plan/week-grid.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { cron, every, friday } from './plan-states.ts';

const berlin = { timezone: 'Europe/Berlin' };
const daily = (hour: number) => compileSchedule([cron(`30 ${hour} * * *`, berlin)], 'a');

function cells(grid: ReturnType<typeof weekGrid>, hour: number): string[] {
  return grid.days.map((day) => {
    const cell = day.hours[hour] ?? null;
    return cell === null ? 'none' : `${cell.before} ${cell.after}${cell.moved ? ' moved' : ''}`;
  });
}

describe('a week of starts by the hour', () => {
  it('begins with today, whose past hours have none, and counts both sides', () => {
    const grid = weekGrid([{ before: daily(9), after: daily(16) }], friday, 'Europe/Berlin');
    expect(grid.days.map(({ date }) => date).filter((_, i) => i % 6 === 0)).toEqual([
      '2026-03-27',
      '2026-04-02',
    ]);
    expect(cells(grid, 9)).toEqual(['none', ...Array.from({ length: 6 }, () => '1 0')]);
    expect(cells(grid, 16)).toEqual(Array.from({ length: 7 }, () => '0 1'));
  });

  it('has no cell for the hour that the clocks skip', () => {
    const same = daily(2);
    const grid = weekGrid([{ before: same, after: same }], friday, 'Europe/Berlin');
    // On Sunday the run of 02:30 starts when the clocks have gone to 03:00.
    expect(cells(grid, 2)).toEqual(['none', '1 1', 'none', '1 1', '1 1', '1 1', '1 1']);
    expect(cells(grid, 3)[2]).toBe('1 1');
  });

  it('gives both passes of an hour that comes twice to it', () => {
    const hourly = compileSchedule([every(3_600_000)], 'a');
    const october = Date.parse('2026-10-24T22:00:00Z') - 1;
    const grid = weekGrid([{ before: null, after: hourly }], october, 'Europe/Berlin');
    expect([cells(grid, 2)[1], cells(grid, 3)[1]]).toEqual(['0 2', '0 1']);
  });

  it('counts a job of every second without walking through it', () => {
    const job = compileSchedule([every(1_000)], 'a');
    const grid = weekGrid([{ before: job, after: job }], friday, 'UTC');
    expect(grid.days[1]?.hours[0]).toEqual({ before: 3_600, after: 3_600 });
  });

  it('marks an hour that keeps its number of starts, but not its starts', () => {
    const quarter = (minute: number) => compileSchedule([cron(`${minute} 9 * * *`, berlin)], 'a');
    const moved = { before: quarter(0), after: quarter(15) };
    const edited = { before: daily(9), after: daily(9) };
    const swapped = [
      { before: daily(9), after: null },
      { before: null, after: quarter(45) },
    ];
    const nine = (jobs: Parameters<typeof weekGrid>[0]) =>
      cells(weekGrid(jobs, friday, 'Europe/Berlin'), 9)[1];
    expect([nine([moved]), nine([edited]), nine(swapped)]).toEqual([
      '1 1 moved',
      '1 1',
      '1 1 moved',
    ]);
    const often = (anchor: number) => compileSchedule([{ ...every(20_000), anchor }], 'a');
    expect(nine([{ before: often(0), after: often(7_000) }])).toBe('180 180 moved');
    expect(nine([{ before: often(0), after: often(0) }])).toBe('180 180');
  });

  it.each([
    ['Europe/Berlin', '2026-03-28T12:00:00Z', 23],
    ['Europe/Berlin', '2026-10-24T12:00:00Z', 25],
    ['Australia/Lord_Howe', '2026-04-04T00:00:00Z', 24.5],
    ['Australia/Lord_Howe', '2026-10-03T00:00:00Z', 23.5],
  ])(
    'has, in %s after %s, a day of %f hours whose every start is counted once',
    (zone, at, hours) => {
      const tenMinutes = compileSchedule([every(600_000)], 'a');
      const grid = weekGrid([{ before: tenMinutes, after: tenMinutes }], Date.parse(at), zone);
      const day = grid.days[1]!;
      expect(day.lengthMs).toBe(hours * 3_600_000);
      expect(day.hours.reduce((sum, cell) => sum + (cell?.after ?? 0), 0)).toBe(hours * 6);
      expect(grid.days[2]?.lengthMs).toBe(24 * 3_600_000);
    },
  );
});
