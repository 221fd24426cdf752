import { expect, it } from 'vitest';
import { StatisticsOf } from '../../../src/core/runs/statistics.ts';
import type { RunFact, Statistics } from '../../../src/core/runs/statistics.ts';

const minute = 60_000;
const fact = (changes: Partial<RunFact> = {}): RunFact => ({
  state: 'succeeded',
  attempts: 1,
  queuedAt: 0,
  startedAt: 0,
  endedAt: 100,
  lateMs: 0,
  ...changes,
});
/** Newest first. */
function figures(...facts: readonly Partial<RunFact>[]): Statistics {
  const statistics = new StatisticsOf();
  for (const changes of facts) statistics.add(fact(changes));
  return statistics.result();
}

it('has no rate, no spread and no streak without runs', () => {
  expect(figures()).toMatchObject({
    runs: 0,
    successRate: null,
    durationMs: null,
    lateMs: null,
    streak: null,
    longestGapMs: null,
  });
});

it('counts a canceled run and one that goes on neither for nor against success', () => {
  const { successRate, states } = figures(
    { state: 'running', endedAt: null },
    { state: 'canceled' },
    { state: 'succeeded' },
    { state: 'lost' },
  );
  expect(successRate).toBe(0.5);
  expect(states).toMatchObject({ running: 1, canceled: 1, succeeded: 1, lost: 1, failed: 0 });
});

it('takes percentiles from what was measured, by the nearest rank', () => {
  const took = Array.from({ length: 100 }, (_, index) => ({ endedAt: index + 1 }));
  expect(figures(...took).durationMs).toEqual({ p50: 50, p95: 95, max: 100, of: 100 });
  expect(figures({ endedAt: 7 }).durationMs).toEqual({ p50: 7, p95: 7, max: 7, of: 1 });
});

it('adds up retries and the time that commands ran', () => {
  expect(figures({ attempts: 4, endedAt: 500 }, { attempts: 0, startedAt: null })).toMatchObject({
    retries: 3,
    runningMs: 500,
  });
});

it('counts the streak from the newest end backwards, through what was canceled', () => {
  const { streak } = figures(
    { state: 'running', endedAt: null },
    { state: 'failed' },
    { state: 'canceled' },
    { state: 'timed_out' },
    { state: 'succeeded' },
    { state: 'failed' },
  );
  expect(streak).toEqual({ succeeded: false, runs: 2 });
});

it('finds the longest time between two starts', () => {
  const starts = [10 * minute, 9 * minute, 2 * minute, minute];
  const { longestGapMs } = figures(
    ...starts.map((startedAt) => ({ startedAt, endedAt: startedAt })),
  );
  expect(longestGapMs).toBe(7 * minute);
});

it('takes no duration from a run during which the clock was set back', () => {
  expect(figures({ startedAt: 100, endedAt: 50 }).durationMs).toBeNull();
});
