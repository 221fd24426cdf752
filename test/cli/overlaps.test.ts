import { expect, it } from 'vitest';
import { overlapsOf, type TimedStart } from '../../src/cli/overlaps.ts';

const start = (job: string, at: number, durationMs: number): TimedStart => ({
  job,
  at,
  durationMs,
});

it('counts who meets whom, the most at once and per minute', () => {
  const crowd = overlapsOf([
    start('a', 0, 90_000),
    start('b', 30_000, 10_000),
    start('c', 45_000, 60_000),
    start('a', 60_000, 5_000),
    start('b', 200_000, 1_000),
  ]);
  expect(crowd).toEqual({
    peak: { runs: 3, at: 60_000 },
    busiest: { starts: 3, minute: 0 },
    meetings: [
      { jobs: ['a', 'c'], count: 2, first: 45_000 },
      { jobs: ['a', 'b'], count: 1, first: 30_000 },
      { jobs: ['a', 'a'], count: 1, first: 60_000 },
    ],
  });
});

it('a run that ends when another begins does not meet it', () => {
  const { meetings, peak } = overlapsOf([start('a', 0, 1_000), start('b', 1_000, 1_000)]);
  expect([meetings, peak?.runs]).toEqual([[], 1]);
});

it('has nothing to say of nothing', () => {
  expect(overlapsOf([])).toEqual({ peak: null, busiest: null, meetings: [] });
});
