import { describe, expect, it } from 'vitest';
import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import { operationalError } from '../../src/core/diagnostics/registry.ts';
import type { Store } from '../../src/store/store.ts';
import { failsAtOnce, runsFor, runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, cron, every, hour, minute, second, type Harness } from './harness.ts';

/** A store whose commits fail on demand, after everything was decided and written. */
const failing = () => {
  const state = { fails: false, transactions: 0 };
  const wrapStore = (store: Store): Store => ({
    ...store,
    transaction: (body) => {
      state.transactions += 1;
      return store.transaction(() => {
        const result = body();
        if (state.fails) throw operationalError('JM2-T104', { detail: 'no space left' });
        return result;
      });
    },
  });
  return { state, wrapStore };
};

describe('scheduler: a store that fails', () => {
  it('starts nothing without a stored intent, shows it, and goes on by itself', async () => {
    const { state, wrapStore } = failing();
    const job = aJob('a', cron('0 12 * * *'));
    const h = await aScheduler('2026-03-01T11:59:59Z', [job], { wrapStore });
    state.fails = true;
    h.clock.advance(30 * second);
    expect(h.dispatcher.dispatched).toHaveLength(0);
    expect(h.runsOf('a')).toHaveLength(0);
    expect(h.scheduler.problems).toMatchObject([
      {
        text: expect.stringContaining('no space left'),
        since: Date.parse('2026-03-01T12:00:00Z'),
      },
    ]);
    expect(h.events).toEqual([]);
    state.fails = false;
    h.clock.advance(11 * second);
    expect(h.runsOf('a')).toMatchObject([
      {
        state: 'succeeded',
        trigger: 'catch-up',
        reason: expect.stringMatching(
          /^\d+s late: decisions could not be recorded from 2026-03-01T12:00:00Z to 2026-03-01T12:00:3\dZ$/,
        ),
      },
    ]);
    expect(h.scheduler.problems).toEqual([]);
  });

  it('what came due while decisions could not be recorded is caught up, with that cause', async () => {
    const { state, wrapStore } = failing();
    const jobs = [
      aJob('latest', every(4 * second)),
      aJob('none', every(4 * second), {
        catchUp: { policy: 'none', windowMs: hour, limit: 100 },
      }),
    ];
    const h = await aScheduler('2026-03-01T11:59:58Z', jobs, { wrapStore });
    h.clock.advance(2 * second + 1);
    state.fails = true;
    h.clock.advance(13 * second);
    state.fails = false;
    h.clock.advance(4 * second);
    expect(h.ledger('latest').slice(0, 3)).toEqual([
      'admitted',
      expect.stringMatching(/^missed catch_up_latest/),
      'admitted',
    ]);
    expect(h.ledger('none').slice(0, 2)).toEqual(['admitted', 'missed catch_up_none 4']);
    expect(
      h.store.outcomes({ limit: 100 }).find((row) => row.reason === 'catch_up_none'),
    ).toMatchObject({
      detail: expect.stringMatching(
        /^decisions could not be recorded from 2026-03-01T12:00:04Z to /,
      ),
    });
  });

  it('one refused commit is a delay, no downtime', async () => {
    const { state, wrapStore } = failing();
    const none = { catchUp: { policy: 'none', windowMs: hour, limit: 100 } } as const;
    const job = aJob('a', cron('0 12 * * *'), none);
    const h = await aScheduler('2026-03-01T11:59:59Z', [job], { wrapStore });
    state.fails = true;
    h.clock.advance(second);
    state.fails = false;
    h.clock.advance(second);
    expect(h.runsOf('a')).toMatchObject([
      { state: 'succeeded', trigger: 'schedule', reason: null },
    ]);
  });

  it('a commit that the disk keeps waiting counts as a blocked loop', async () => {
    const jobs = [aJob('a', every(4 * second)), aJob('hand', null)];
    let stall = (): void => {};
    const h = await aScheduler('2026-03-01T12:00:01Z', jobs, {
      wrapStore: (store) => ({
        ...store,
        transaction: (body) => {
          const result = store.transaction(body);
          stall();
          stall = () => {};
          return result;
        },
      }),
    });
    stall = () => h.clock.freeze(14 * second);
    h.scheduler.runNow({ job: 'hand', requestedBy: 'alice', force: false });
    h.clock.advance(500);
    expect(h.ledger('a')).toEqual(['missed catch_up_latest 2', 'admitted']);
    expect(h.runsOf('a')).toMatchObject([
      {
        trigger: 'catch-up',
        reason: expect.stringMatching(/^3s late: the scheduler was stopped or blocked from /),
      },
    ]);
  });

  it('keeps an observed end until it can be stored', async () => {
    const { state, wrapStore } = failing();
    const job = aJob('a', cron('0 12 * * *'));
    const h = await aScheduler('2026-03-01T11:59:59Z', [job], { wrapStore });
    h.dispatcher.behave = () => runsFor(10 * second);
    h.clock.advance(5 * second);
    state.fails = true;
    h.clock.advance(minute);
    expect(h.runsOf('a')).toMatchObject([{ state: 'running' }]);
    state.fails = false;
    h.clock.advance(11 * second);
    expect(h.runsOf('a')).toMatchObject([
      { state: 'succeeded', endedAt: Date.parse('2026-03-01T12:00:10Z') },
    ]);
  });

  it('retries with growing pauses, never in a tight loop', async () => {
    const { state, wrapStore } = failing();
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', every(second))], { wrapStore });
    state.fails = true;
    h.clock.advance(hour);
    expect(state.transactions).toBeLessThan(400);
    state.fails = false;
    h.clock.advance(11 * second);
    // An hour without decisions is a downtime: one run, not 3,600.
    expect(h.ledger('a').slice(0, 2)).toEqual([
      expect.stringMatching(/^missed catch_up_latest 36/),
      'admitted',
    ]);
  });

  it('a request by hand fails openly and leaves no trace', async () => {
    const { state, wrapStore } = failing();
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', null)], { wrapStore });
    state.fails = true;
    const request = { job: 'a', requestedBy: 'alice', force: false };
    expect(() => h.scheduler.runNow(request)).toThrow(/no space left/);
    expect([h.scheduler.runningCount, h.scheduler.queuedCount]).toEqual([0, 0]);
    state.fails = false;
    h.scheduler.runNow(request);
    h.clock.advance(second);
    expect(h.runsOf('a')).toMatchObject([{ state: 'succeeded' }]);
  });

  it('a reload that cannot be recorded takes effect with the next commit', async () => {
    const { state, wrapStore } = failing();
    const h = await aScheduler('2026-03-01T11:59:00Z', [aJob('a', every(minute))], { wrapStore });
    state.fails = true;
    h.scheduler.load(h.apply([aJob('b', every(minute))]), {
      concurrencyMax: 64,
      queueLimit: 200,
      groups: {},
    });
    state.fails = false;
    h.clock.advance(3 * minute);
    expect(new Set(h.dispatcher.dispatched.map((request) => request.job))).toEqual(new Set(['b']));
  });
});

describe('scheduler: rhythm', () => {
  it('sleeps at most ten seconds, with one timer for ten thousand jobs', async () => {
    const jobs = Array.from({ length: 10_000 }, (_, i) => aJob(`j${i}`, cron('0 12 * * *')));
    const { state, wrapStore } = failing();
    const h = await aScheduler('2026-03-01T13:00:00Z', jobs, { wrapStore });
    expect(h.clock.timerCount).toBe(1);
    state.transactions = 0;
    h.clock.advance(minute);
    expect(state.transactions).toBe(6);
  });

  it('does over a day exactly what the preview says', async () => {
    const jobs = [
      aJob('quarter', cron('*/15 * * * *', 'Europe/Berlin')),
      aJob('gap', cron('30 2 * * *', 'Europe/Berlin')),
      aJob('jittered', every(hour, 10 * minute)),
      aJob('noon', cron('0 12 * * *', 'America/New_York')),
    ];
    // The night of a daylight-saving gap.
    const from = Date.parse('2026-03-28T18:00:30Z');
    const h = await aScheduler(new Date(from).toISOString(), jobs);
    h.clock.advance(24 * hour);
    for (const job of jobs) {
      const preview = [...compileSchedule(job.schedules, job.name).range(from, from + 24 * hour)]
        .filter((occurrence) => occurrence.startTime <= from + 24 * hour)
        .map(({ nominalTime, startTime }) => [nominalTime, startTime]);
      const done = h.runsOf(job.name).map((run) => [run.nominalTime, run.startedAt]);
      expect(done).toEqual(preview);
      expect(h.ledger(job.name)).toEqual(preview.map(() => 'admitted'));
    }
  });
});

describe('scheduler: random sequences of events', () => {
  /** Mulberry32: small, seeded, good enough to vary tests. */
  const numbers = (seed: number) => {
    let state = seed;
    return (): number => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
  };

  /** The end of a run may be known and not yet stored; then there is nothing to cancel. */
  const cancelUnlessEnded = (h: Harness, runId: string): void => {
    try {
      h.scheduler.cancel(runId, 'someone');
    } catch (error) {
      expect(error).toMatchObject({ code: 'JM2-R104' });
    }
  };

  const policies = ['forbid', 'allow', 'queue', 'replace'] as const;
  const retry = { ...aJob('x', null).retry, limit: 1, delayMs: 20 * second };

  const base = Date.parse('2026-03-01T12:00:10Z');

  const check = (h: Harness, positions: Map<string, string>, originals: Set<string>): void => {
    for (const record of h.store.jobs()) {
      // The watermark never moves back within an epoch.
      const before = positions.get(record.uid);
      const position = `${String(record.epoch).padStart(6, '0')}/${record.watermark}`;
      if (before !== undefined) expect(position >= before).toBe(true);
      positions.set(record.uid, position);
      // No nominal time has two dispositions, and rows do not overlap.
      const rows = h.store
        .outcomes({ jobUid: record.uid, limit: 100_000 })
        .toSorted((a, b) => a.epoch - b.epoch || a.nominalTime - b.nominalTime);
      for (const [index, row] of rows.entries()) {
        const next = rows[index + 1];
        if (next?.epoch === row.epoch) {
          expect(next.nominalTime).toBeGreaterThan(row.lastNominalTime);
        }
      }
      // No silent gap: the rows count every occurrence up to the watermark.
      if (record.epoch === 0 && originals.has(record.uid)) {
        const schedule = compileSchedule(record.job.schedules, record.name);
        const counted = rows.reduce((sum, row) => sum + row.count, 0);
        expect(counted).toBe(schedule.count(base, record.watermark + 1, 1_000_000));
      }
      if (record.job.concurrency === 'forbid') {
        const open = h.runsOf(record.name).filter((run) => run.endedAt === null);
        expect(open.length).toBeLessThanOrEqual(1);
      }
    }
    expect(h.scheduler.runningCount).toBeLessThanOrEqual(2);
  };

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps every promise with seed %i', async (seed) => {
    const random = numbers(seed);
    const jobs = policies.map((concurrency, index) =>
      aJob(`job-${concurrency}`, index % 2 === 0 ? cron('* * * * *') : every(30 * second), {
        concurrency,
        retry,
        timeoutMs: 2 * minute,
      }),
    );
    const { state, wrapStore } = failing();
    const h = await aScheduler('2026-03-01T12:00:10Z', jobs, { max: 2, wrapStore });
    h.dispatcher.behave = () => {
      const roll = random();
      if (roll < 0.2) return failsAtOnce();
      if (roll < 0.3) return runsForever;
      return runsFor(Math.floor(random() * 100) * second);
    };
    const positions = new Map<string, string>();
    // A job that left and came back is another one, with a base of its own.
    const originals = new Set(h.store.jobs().map((record) => record.uid));
    for (let step = 0; step < 120; step += 1) {
      const roll = random();
      if (roll < 0.6) h.clock.advance(Math.floor(random() * 60) * second);
      else if (roll < 0.68) h.clock.step(Math.floor((random() - 0.5) * 10) * minute);
      else if (roll < 0.7) h.clock.freeze(Math.floor(random() * 90) * second);
      else if (roll < 0.74) h.clock.step(Math.floor((random() - 0.5) * 10) * hour);
      else if (roll < 0.78) await h.restart();
      else if (roll < 0.84) h.reload(random() < 0.5 ? jobs : jobs.slice(0, 3));
      else if (roll < 0.9) {
        state.fails = true;
        h.clock.advance(15 * second);
        state.fails = false;
      } else if (roll < 0.95) {
        const open = h.store.unfinishedRuns()[0];
        if (open !== undefined) cancelUnlessEnded(h, open.id);
      } else {
        h.reload(jobs.map((job) => ({ ...job, suspend: random() < 0.5 })));
      }
      check(h, positions, originals);
    }
    // A run is dispatched at most once per attempt.
    const keys = h.dispatcher.dispatched.map(({ runId, attempt }) => `${runId}/${attempt}`);
    expect(new Set(keys).size).toBe(keys.length);
    // After a drain nothing runs, and every run that began has its end.
    const drained = h.scheduler.drain(second);
    h.clock.advance(5 * minute);
    await drained;
    expect(h.store.unfinishedRuns().filter((run) => run.state === 'running')).toEqual([]);
    expect(h.dispatcher.runningCount).toBe(0);
    expect(h.store.auditLedger()).toEqual([]);
  });
});
