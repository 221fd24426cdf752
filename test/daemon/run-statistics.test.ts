// Figures put together of sums, beside those of every run looked at by itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EndState } from '../../src/core/runs/run.ts';
import { StatisticsOf, type Statistics } from '../../src/core/runs/statistics.ts';
import { runStatistics } from '../../src/daemon/run-statistics.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { aRun, apply, create, noon } from '../support/store-records.ts';

const minute = 60_000;
const day = 1_440 * minute;
const jobs = ['often', 'shaky', 'broken', 'side-by-side'];
const count = 3_000;
const begin = noon - 9 * day;
const step = Math.floor((9 * day) / count);

let store: Store;
beforeAll(() => {
  store = openStore(':memory:', { clock: new FakeClock(noon), ids: systemIds });
  apply(store, ...jobs.map((name) => create(name)));
  store.transaction(() => {
    for (let i = 0; i < count; i += 1) recordRun(i);
  });
});
afterAll(() => store.close());

/** One of three jobs in turn; the fourth has runs that go on beside each other and end late. */
function recordRun(i: number): void {
  const job = jobs[i % jobs.length] ?? '';
  const id = `run-${String(i).padStart(6, '0')}`;
  const queuedAt = begin + i * step;
  store.insertRun(aRun(job, id, { queuedAt }));
  if (i % 97 === 5) return end(id, 'canceled', queuedAt + 9);
  const attempts = i % 31 === 0 ? 2 : 1;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const at = queuedAt + attempt * 10 + (i % 7);
    store.beginAttempt({ runId: id, attempt, intendedAt: at, bootId: 'boot' });
    const startedAt = { runId: id, attempt, startedAt: at, lateMs: (i % 11) - 1 };
    store.attemptStarted({ ...startedAt, pid: 1, processStart: null });
    if (attempt < attempts) {
      store.endAttempt(id, attempt, endOf('failed', at + 1));
      store.requeueRun(id, at + 2, 'retry');
    } else if (i < count - 4) {
      const state = stateOf(i, job);
      store.endAttempt(id, attempt, endOf(state, at + 50 + (i % 400) * 10));
      end(id, state, at + 50 + (i % 400) * 10);
    }
  }
}

function stateOf(i: number, job: string): EndState {
  if (job === 'broken') return i > count / 2 ? 'timed_out' : 'succeeded';
  return job === 'shaky' && i % 9 === 1 ? 'failed' : 'succeeded';
}

const endOf = (state: EndState, endedAt: number) => ({
  state,
  endedAt,
  exitCode: state === 'succeeded' ? 0 : 1,
  signal: null,
  reason: null,
});

function end(id: string, state: EndState, endedAt: number): void {
  store.endRun(id, endOf(state, endedAt));
}

/** All runs of these jobs, one by one. */
function truth(names: readonly string[], since: number, until: number): Statistics {
  const statistics = new StatisticsOf();
  const facts = store.runFacts({ since, until, before: null, limit: count });
  for (const fact of facts) if (names.includes(fact.job)) statistics.add(fact);
  return statistics.result();
}

/** Medians and percentiles rest on the newest runs; everything else is the same. */
const comparable = ({ durationMs, lateMs, ...rest }: Statistics) => ({
  ...rest,
  durationMax: durationMs?.max,
  lateMax: lateMs?.max,
});

const ask = (names: readonly string[] | null, since: number | null, until: number | null) =>
  runStatistics(
    store,
    {
      jobs: names,
      since: since === null ? null : new Date(since).toISOString(),
      until: until === null ? null : new Date(until).toISOString(),
    },
    noon,
  );

const spans: readonly [string, number, number][] = [
  ['all of it', 0, noon + 1],
  ['from the middle of a day', begin + 17 * minute, noon + 1],
  ['from the middle of a day to that of another', begin + 0.4 * day, noon - 1.3 * day],
  ['whole days', begin + day / 2, begin + 8.5 * day],
];

describe('figures of many runs are those of each run', () => {
  it.each(spans)('of all jobs, %s', async (_, since, until) => {
    const view = await ask(null, since, until);
    expect(view.sampled).toBe(true);
    expect(comparable(view.overall)).toEqual(comparable(truth(jobs, since, until)));
    for (const { job, ...figures } of view.jobs) {
      expect(comparable(figures)).toEqual(comparable(truth([job], since, until)));
    }
  });

  it.each(spans)('of some jobs, %s, but for the gap between them', async (_, since, until) => {
    const chosen = ['often', 'broken'];
    const { overall } = await ask(chosen, since, until);
    const { longestGapMs: _gap, ...expected } = comparable(truth(chosen, since, until));
    expect(comparable(overall)).toMatchObject(expected);
    expect(overall.longestGapMs).toBeNull();
  });

  it('of a job among few runs, exactly', async () => {
    const view = await ask(['shaky'], null, null);
    expect(view).toMatchObject({ sampled: false, overall: truth(['shaky'], 0, noon + 1) });
  });

  it('rests percentiles on the newest two hundred of a job, and says so', async () => {
    const { jobs: each, overall } = await ask(null, null, null);
    const ofEach = each.map(({ durationMs }) => durationMs?.of ?? 0);
    expect(Math.max(...ofEach)).toBeLessThanOrEqual(200);
    expect(Math.min(...ofEach)).toBeGreaterThan(180);
    expect(overall.durationMs?.of).toBeGreaterThan(1_900);
  });

  it('counts what retention left, and keeps no sum of a day that it emptied', async () => {
    const old = store
      .runFacts({ until: begin + 1.7 * day, before: null, limit: count })
      .filter(({ job }) => job !== 'shaky')
      .map(({ id }) => id);
    store.removeRuns(old);
    const view = await ask(null, null, null);
    for (const { job, ...figures } of view.jobs) {
      expect(comparable(figures)).toEqual(comparable(truth([job], 0, noon + 1)));
    }
    const { byJob } = store.runDays({ until: begin + 1.5 * day });
    expect([...byJob.keys()]).toEqual(['uid-shaky']);
  });
});
