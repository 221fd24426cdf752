// What a report makes of figures: trends, and which jobs it names first.
import { describe, expect, it } from 'vitest';
import { reportOf, trendOf, type PeriodFigures } from '../../../src/core/runs/report.ts';
import { StatisticsOf, type Statistics } from '../../../src/core/runs/statistics.ts';
import type { RunState } from '../../../src/core/runs/run.ts';

const second = 1_000;
const noon = Date.parse('2026-03-02T12:00:00Z');

/** Newest first: how each ended, how long it took in seconds, how late it began, its attempts. */
function figures(...runs: [RunState, number, number?, number?][]): Statistics {
  const counted = new StatisticsOf();
  for (const [index, [state, took, late = 0, attempts = 1]] of runs.entries()) {
    const startedAt = noon - index * 60 * second;
    const endedAt = startedAt + took * second;
    const lateMs = late * second;
    counted.add({ state, attempts, queuedAt: startedAt, startedAt, endedAt, lateMs });
  }
  return counted.result();
}

const none: PeriodFigures = {
  runs: 0,
  succeeded: 0,
  failed: 0,
  canceled: 0,
  successRate: null,
  p50Ms: null,
  p95Ms: null,
  maxMs: null,
  lateMaxMs: null,
  retries: 0,
  runningMs: 0,
  longestGapMs: null,
  missed: 0,
};
const some = (changes: Partial<PeriodFigures>): PeriodFigures => ({
  ...none,
  runs: 10,
  successRate: 1,
  p50Ms: 10 * second,
  ...changes,
});

describe('the trend', () => {
  it.each([
    ['nothing ran now', none, some({}), 'idle', null],
    ['nothing ran before', some({}), none, 'new', null],
    ['all as before', some({}), some({}), 'same', null],
    ['more failed', some({ successRate: 0.9 }), some({}), 'worse', 'failures'],
    ['less failed', some({}), some({ successRate: 0.5 }), 'better', 'failures'],
    ['a little more failed', some({ successRate: 0.995 }), some({}), 'same', null],
    ['more was missed', some({ missed: 1 }), some({}), 'worse', 'missed'],
    ['less was missed', some({}), some({ missed: 2 }), 'better', 'missed'],
    ['it takes longer', some({ p50Ms: 13 * second }), some({}), 'worse', 'duration'],
    ['it takes less', some({ p50Ms: 2 * second }), some({}), 'better', 'duration'],
    ['longer, but not by much', some({ p50Ms: 12 * second }), some({}), 'same', null],
    ['twice as long, but short', some({ p50Ms: 200 }), some({ p50Ms: 100 }), 'same', null],
    ['nothing ended before', some({}), some({ successRate: null, p50Ms: null }), 'same', null],
  ] as const)('%s', (_name, now, before, verdict, because) => {
    expect(trendOf(now, before)).toEqual({ verdict, because });
  });
});

it('counts failures, misses and retries of each job and of all, beside the time before', () => {
  const dump = figures(['failed', 2], ['succeeded', 4, 3, 2], ['lost', 1], ['canceled', 1]);
  const report = reportOf(
    { jobs: [{ job: 'dump', ...dump }], overall: dump, missed: new Map([['dump', 2]]) },
    { jobs: [], overall: figures(), missed: new Map() },
  );
  expect(report.jobs).toMatchObject([
    {
      job: 'dump',
      runs: 4,
      failed: 2,
      canceled: 1,
      retries: 1,
      missed: 2,
      maxMs: 4 * second,
      lateMaxMs: 3 * second,
      longestGapMs: 60 * second,
      before: none,
      trend: { verdict: 'new' },
    },
  ]);
  expect(report.overall).toMatchObject({ runs: 4, missed: 2 });
  expect(report.retryShare).toBeCloseTo(1 / 5);
});

it('names the slowest, the flakiest and those that waited longest, the worst first', () => {
  const jobs = [
    { job: 'quick', ...figures(['succeeded', 1]) },
    { job: 'slow', ...figures(['succeeded', 900, 5]) },
    { job: 'broken', ...figures(['failed', 3], ['failed', 3]) },
    { job: 'flaky', ...figures(['failed', 3], ['succeeded', 3]) },
    { job: 'retried', ...figures(['succeeded', 2, 9, 2], ['succeeded', 2], ['succeeded', 2]) },
    { job: 'idle', ...figures() },
  ];
  const overall = figures();
  const report = reportOf(
    { jobs, overall, missed: new Map() },
    { jobs, overall, missed: new Map() },
  );
  expect(report.slowest).toEqual(['slow', 'broken', 'flaky', 'retried', 'quick']);
  expect(report.flakiest).toEqual(['flaky', 'retried']);
  expect(report.longestWaits).toEqual(['retried', 'slow']);
  expect(report.retryShare).toBeNull();
});
