import { describe, expect, it } from 'vitest';
import {
  joinedDays,
  statisticsOfDays,
  type DaySum,
} from '../../../src/core/runs/statistics-of-days.ts';
import type { RunFact } from '../../../src/core/runs/statistics.ts';
import type { RunState } from '../../../src/core/runs/run.ts';

const none = { succeeded: 0, failed: 0, timed_out: 0, canceled: 0, lost: 0 };
const aDay = (day: number, changes: Partial<DaySum> = {}): DaySum => ({
  day,
  states: none,
  retries: 0,
  runningMs: 0,
  durationMaxMs: null,
  lateMaxMs: null,
  starts: null,
  ...changes,
});
const ended = (day: number, states: Partial<typeof none>): DaySum =>
  aDay(day, { states: { ...none, ...states } });
const aFact: RunFact = {
  state: 'succeeded',
  attempts: 1,
  queuedAt: 0,
  startedAt: 0,
  endedAt: 40,
  lateMs: 3,
};
const neverAsked = (): RunState[] => {
  throw new Error('this day had runs of one kind alone');
};
const nothing = { facts: [], unfinished: [], statesOf: neverAsked };

describe('the figures of many runs', () => {
  it('are nothing for no days', () => {
    expect(statisticsOfDays([], nothing)).toMatchObject({
      runs: 0,
      successRate: null,
      durationMs: null,
      streak: null,
      longestGapMs: null,
    });
  });

  it('add up, with what has not ended', () => {
    const days = [
      aDay(1, { states: { ...none, succeeded: 5, lost: 1 }, retries: 2, runningMs: 70 }),
      aDay(2, { states: { ...none, succeeded: 3, canceled: 4 }, runningMs: 5 }),
    ];
    const unfinished = [{ ...aFact, state: 'running', attempts: 3, endedAt: null } as const];
    expect(statisticsOfDays(days, { ...nothing, unfinished, statesOf: () => [] })).toMatchObject({
      runs: 14,
      states: { running: 1, succeeded: 8, canceled: 4, lost: 1 },
      successRate: 8 / 9,
      retries: 4,
      runningMs: 75,
    });
  });

  it('take medians from the newest runs and what was longest from all', () => {
    const days = [aDay(1, { durationMaxMs: 900, lateMaxMs: 2 }), aDay(2, { durationMaxMs: 50 })];
    const { durationMs, lateMs } = statisticsOfDays(days, { ...nothing, facts: [aFact] });
    expect(durationMs).toEqual({ p50: 40, p95: 40, max: 900, of: 1 });
    expect(lateMs).toEqual({ p50: 3, p95: 3, max: 3, of: 1 });
  });

  it.each([
    ['within a day', [{ first: 0, last: 90, longestGapMs: 60 }, null], 60],
    [
      'from one day to the next that had any',
      [{ first: 0, last: 10, longestGapMs: 4 }, null, { first: 90, last: 90, longestGapMs: null }],
      80,
    ],
    [
      'not backwards where days overlap',
      [
        { first: 0, last: 50, longestGapMs: 9 },
        { first: 40, last: 45, longestGapMs: 5 },
      ],
      9,
    ],
    ['of a single start', [{ first: 1, last: 1, longestGapMs: null }], null],
  ])('know the longest gap %s', (_, starts, expected) => {
    const days = starts.map((one, day) => aDay(day, { starts: one }));
    expect(statisticsOfDays(days, nothing).longestGapMs).toBe(expected);
    expect(statisticsOfDays(days, nothing, 'unknown').longestGapMs).toBeNull();
  });
});

describe('the streak', () => {
  it.each<[string, DaySum[], RunState[], { succeeded: boolean; runs: number } | null]>([
    [
      'goes through days of one kind',
      [ended(1, { succeeded: 3 }), ended(2, { canceled: 1 }), ended(3, { succeeded: 4 })],
      [],
      { succeeded: true, runs: 7 },
    ],
    [
      'ends before a day of the other kind',
      [ended(1, { lost: 3 }), ended(2, { succeeded: 4 })],
      [],
      { succeeded: true, runs: 4 },
    ],
    [
      'counts failures of every kind',
      [ended(1, { lost: 1, failed: 1 }), ended(2, { timed_out: 1 })],
      [],
      { succeeded: false, runs: 3 },
    ],
    [
      'ends within a day of both',
      [ended(1, { failed: 2, succeeded: 2 }), ended(2, { failed: 4 })],
      ['running', 'failed', 'canceled', 'succeeded', 'failed'],
      { succeeded: false, runs: 5 },
    ],
    [
      'begins within a day of both',
      [ended(1, { failed: 1, succeeded: 2 })],
      ['succeeded', 'succeeded', 'failed'],
      { succeeded: true, runs: 2 },
    ],
    [
      'is that of the whole day when the other kind went meanwhile',
      [ended(1, { failed: 1, succeeded: 2 })],
      ['succeeded'],
      { succeeded: true, runs: 1 },
    ],
  ])('%s', (_, days, states, expected) => {
    expect(statisticsOfDays(days, { ...nothing, statesOf: () => states }).streak).toEqual(expected);
  });
});

it('joins the sums of several jobs day by day, in order', () => {
  const joined = joinedDays([
    aDay(2, { states: { ...none, succeeded: 1 }, retries: 1, lateMaxMs: 4 }),
    aDay(1, { runningMs: 3 }),
    aDay(2, { states: { ...none, succeeded: 2, failed: 1 }, durationMaxMs: 7, lateMaxMs: 2 }),
  ]);
  expect(joined).toEqual([
    aDay(1, { runningMs: 3 }),
    aDay(2, {
      states: { ...none, succeeded: 3, failed: 1 },
      retries: 1,
      durationMaxMs: 7,
      lateMaxMs: 4,
    }),
  ]);
});
