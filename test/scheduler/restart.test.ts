import { describe, expect, it } from 'vitest';
import type { AttemptExit } from '../../src/core/runs/run.ts';
import { failsAtOnce, runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, at, cron, hour, minute, second } from './harness.ts';

const daily = cron('0 12 * * *');
const catchUp = (policy: 'latest' | 'none' | 'all', windowMs = 24 * hour, limit = 100) => ({
  catchUp: { policy, windowMs, limit },
});

describe('scheduler: restart and recovery', () => {
  it('killed between recorded and dispatched: the command starts once, in the same run', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily)]);
    // The daemon dies after the commit, before the hand-over.
    h.dispatcher.dispatch = () => {};
    h.clock.advance(second);
    expect(h.runsOf('a')).toMatchObject([{ state: 'running', attempts: 1, startedAt: null }]);
    Reflect.deleteProperty(h.dispatcher, 'dispatch');
    await h.restart();
    h.clock.advance(10 * second);
    expect(h.dispatcher.dispatched).toHaveLength(1);
    expect(h.runsOf('a')).toMatchObject([{ state: 'succeeded', attempts: 2 }]);
    expect(h.ledger('a')).toEqual(['admitted']);
  });

  it('a start that a dead daemon owed is late because nobody ran, not because it waited', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily)]);
    h.dispatcher.dispatch = () => {};
    h.clock.advance(second);
    await h.scheduler.detach();
    Reflect.deleteProperty(h.dispatcher, 'dispatch');
    h.clock.advance(minute);
    await h.restart();
    h.clock.advance(second);
    expect(h.runsOf('a')[0]?.reason).toBe(
      '1m late: the scheduler was not running until 2026-03-01T12:01:00Z',
    );
  });

  it('a series to be caught up keeps its order across a restart', async () => {
    const job = aJob('a', cron('0 * * * *'), catchUp('all'));
    const h = await aScheduler('2026-03-01T00:00:30Z', [job], { max: 0 });
    await h.scheduler.detach();
    h.clock.advance(5 * hour);
    // The ids of one moment are random.
    let count = 100;
    const runId = (time: number): string => `${time}-${(count -= 1)}`;
    await h.restart({ ids: { runId, uid: () => 'unused' } });
    // A slot is free only with the next daemon.
    h.apply([job, aJob('b', null)], 1);
    await h.restart();
    h.clock.advance(minute);
    const begun = h.dispatcher.dispatched.map((request) => h.store.run(request.runId)?.nominalTime);
    expect(begun).toEqual([1, 2, 3, 4, 5].map((n) => Date.parse(`2026-03-01T0${n}:00:00Z`)));
  });

  it('an attempt that never began does not use up a retry', async () => {
    const retry = { ...aJob('x', null).retry, limit: 1, delayMs: second };
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily, { retry })]);
    h.dispatcher.dispatch = () => {};
    h.clock.advance(second);
    Reflect.deleteProperty(h.dispatcher, 'dispatch');
    h.dispatcher.behave = () => ({ runMs: 0, exit: { kind: 'exited', code: 1 } });
    await h.restart();
    h.clock.advance(minute);
    expect(h.dispatcher.dispatched.map((request) => request.attempt)).toEqual([2, 3]);
  });

  it('a run that never began is canceled as missed when its window has passed', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily, catchUp('latest', hour))]);
    h.dispatcher.dispatch = () => {};
    h.clock.advance(second);
    await h.scheduler.detach();
    h.clock.advance(2 * hour);
    await h.restart();
    expect(h.runsOf('a')).toMatchObject([
      { state: 'canceled', reason: expect.stringMatching(/^missed: could not start/) },
    ]);
  });

  it('finalises what ended while nobody watched', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily)]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(5 * second);
    await h.scheduler.detach();
    const exit: AttemptExit = { kind: 'exited', code: 0, at: h.clock.now() + 1_500 };
    h.dispatcher.find = () => ({ kind: 'ended', started: null, exit });
    h.clock.advance(minute);
    await h.restart();
    expect(h.runsOf('a')).toMatchObject([{ state: 'succeeded', exitCode: 0, endedAt: exit.at }]);
    expect(h.dispatcher.dispatched).toHaveLength(1);
  });

  it('learns of a start it had not recorded, then of the end', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily)]);
    h.dispatcher.dispatch = () => {};
    h.clock.advance(second);
    const startedAt = h.clock.now() + 20;
    const started = { pid: 77, processStart: '9', at: startedAt };
    const exit: AttemptExit = { kind: 'signaled', signal: 'SIGKILL', at: startedAt + 500 };
    h.dispatcher.find = () => ({ kind: 'ended', started, exit });
    await h.restart();
    expect(h.runsOf('a')).toMatchObject([
      { state: 'failed', signal: 'SIGKILL', startedAt, lateMs: 20 },
    ]);
    expect(h.store.attempts(h.runsOf('a')[0]?.id ?? '')).toMatchObject([{ pid: 77 }]);
  });

  it('an attempt that cannot be looked up is lost, and the daemon starts all the same', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily)]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(5 * second);
    h.dispatcher.find = () => {
      throw new Error('too many open files');
    };
    await h.restart();
    expect(h.runsOf('a')).toMatchObject([
      { state: 'lost', reason: 'could not be recovered: too many open files' },
    ]);
  });

  it('swapped names keep history and schedule with the right job', async () => {
    const h = await aScheduler('2026-03-01T11:30:00Z', [aJob('a', daily), aJob('b', null)]);
    const [a, b] = [h.store.findJob('a'), h.store.findJob('b')];
    if (a === null || b === null) throw new Error('both jobs are recorded');
    const swapped = [
      { ...a, name: 'b', digest: 'a as b', job: { ...a.job, name: 'b' } },
      { ...b, name: 'a', digest: 'b as a', job: { ...b.job, name: 'a' } },
    ];
    h.scheduler.load(swapped, { concurrencyMax: 64, queueLimit: 200, groups: {} });
    const run = h.scheduler.runNow({ job: 'a', requestedBy: 'alice', force: false });
    expect(run.jobUid).toBe(b.uid);
    expect(h.scheduler.nextStart(a.uid)).toBe(Date.parse('2026-03-01T12:00:00Z'));
  });

  it('an adopted attempt keeps its timeout', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily, { timeoutMs: hour })]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(second + 1);
    await h.scheduler.detach();
    h.clock.advance(50 * minute);
    const started = { pid: 1, processStart: '1', at: Date.parse('2026-03-01T12:00:00Z') };
    h.dispatcher.find = () => ({ kind: 'adopted', started });
    await h.restart();
    expect(h.scheduler.runningCount).toBe(1);
    h.clock.advance(9 * minute + 50 * second);
    expect(h.runsOf('a')).toMatchObject([{ state: 'running' }]);
    h.clock.advance(20 * second);
    expect(h.runsOf('a')).toMatchObject([{ state: 'timed_out' }]);
  });

  it('an adopted attempt that was being ended gets its KILL', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily)]);
    h.dispatcher.behave = () => ({ ...runsForever, ignoresTerm: true });
    h.clock.advance(2 * second);
    h.scheduler.cancel(h.runsOf('a')[0]?.id ?? '', 'alice');
    const started = { pid: 1, processStart: '1', at: h.clock.now() };
    h.dispatcher.find = () => ({ kind: 'adopted', started });
    await h.restart();
    h.clock.advance(second);
    expect(h.runsOf('a')).toMatchObject([{ state: 'canceled' }]);
  });

  it('a pending retry survives a restart and comes at its time', async () => {
    const retry = { ...aJob('x', null).retry, limit: 1, delayMs: minute };
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily, { retry })]);
    h.dispatcher.behave = () => ({ runMs: 0, exit: { kind: 'exited', code: 1 } });
    h.clock.advance(11 * second);
    await h.restart();
    h.clock.advance(49 * second);
    expect(h.dispatcher.dispatched).toHaveLength(1);
    h.clock.advance(10 * second);
    expect(h.dispatcher.dispatched).toHaveLength(2);
    h.clock.advance(hour);
    expect(h.dispatcher.dispatched).toHaveLength(2);
  });

  it('runs of a job that left the manifest meanwhile are canceled, not started', async () => {
    const h = await aScheduler('2026-03-01T11:59:59Z', [aJob('a', daily)], { max: 0 });
    h.clock.advance(2 * second);
    h.apply([]);
    await h.restart();
    expect(h.runsOf('a')).toMatchObject([{ state: 'canceled' }]);
  });
});

describe('scheduler: downtime', () => {
  const downFor = async (job: ReturnType<typeof aJob>, ms: number) => {
    const h = await aScheduler('2026-03-01T00:00:30Z', [job]);
    await h.scheduler.detach();
    h.clock.advance(ms);
    await h.restart();
    h.clock.advance(second);
    return h;
  };

  it('latest: one run for the newest, one row for the rest', async () => {
    const h = await downFor(aJob('a', cron('0 * * * *'), catchUp('latest')), 5 * hour);
    expect(h.ledger('a')).toEqual(['missed catch_up_latest 4', 'admitted']);
    expect(h.runsOf('a')).toMatchObject([
      { trigger: 'catch-up', nominalTime: Date.parse('2026-03-01T05:00:00Z'), lateMs: 30 * second },
    ]);
    expect(h.runsOf('a')[0]?.reason).toBe(
      '30s late: the scheduler was not running until 2026-03-01T05:00:30Z',
    );
  });

  it('none: one row, no run', async () => {
    const h = await downFor(aJob('a', cron('0 * * * *'), catchUp('none')), 5 * hour);
    expect(h.ledger('a')).toEqual(['missed catch_up_none 5']);
    expect(h.dispatcher.dispatched).toHaveLength(0);
  });

  it('all: oldest first up to the limit, one after the other even under forbid', async () => {
    const job = aJob('a', cron('0 * * * *'), catchUp('all', 24 * hour, 3));
    const h = await downFor(job, 5 * hour);
    h.clock.advance(second);
    expect(h.ledger('a')).toEqual(['admitted', 'admitted', 'admitted', 'missed catch_up_limit 2']);
    expect(h.runsOf('a').map((run) => new Date(run.nominalTime ?? 0).getUTCHours())).toEqual([
      1, 2, 3,
    ]);
    expect(h.runsOf('a').every((run) => run.state === 'succeeded')).toBe(true);
  });

  it('beyond the window: missed, with the window as reason', async () => {
    const h = await downFor(aJob('a', cron('0 * * * *'), catchUp('latest', 2 * hour)), 5 * hour);
    expect(h.ledger('a')).toEqual([
      'missed catch_up_window 3',
      'missed catch_up_latest',
      'admitted',
    ]);
  });

  it('an instant beyond its window is missed; within it, it runs late', async () => {
    const once = at('2026-03-01T01:00:00Z');
    const late = await downFor(aJob('a', once), 5 * hour);
    expect(late.ledger('a')).toEqual(['admitted']);
    const tooLate = await downFor(aJob('a', once), 48 * hour);
    expect(tooLate.ledger('a')).toEqual(['missed catch_up_window']);
  });

  it('takes no command for lost because the store could not be read while it started', async () => {
    let failures = 0;
    const h = await aScheduler('2026-03-01T00:59:30Z', [aJob('a', cron('0 1 * * *'))], {
      wrapStore: (store) => ({
        ...store,
        jobSpec(digest) {
          failures -= 1;
          if (failures === 0) throw new Error('busy');
          return store.jobSpec(digest);
        },
      }),
    });
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(minute);
    failures = 1;
    await expect(h.restart()).rejects.toThrow('busy');
    await h.restart();
    expect(h.runsOf('a')).toMatchObject([{ state: 'running', attempts: 1 }]);
  });

  it('lets a run wait for a younger one that was forced before it, as before the restart', async () => {
    const h = await aScheduler('2026-03-01T00:59:30Z', [
      aJob('a', cron('0 1,2 * * *'), { concurrency: 'queue' }),
    ]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(hour + minute);
    const forced = h.scheduler.runNow({ job: 'a', requestedBy: 'me', force: true });
    const [first, waits] = h.runsOf('a');
    h.dispatcher.end(first?.id ?? '', 1, { kind: 'exited', code: 0 });
    h.clock.advance(minute);
    await h.restart();
    h.clock.advance(minute);
    expect(h.store.run(waits?.id ?? '')?.state).toBe('queued');
    h.dispatcher.end(forced.id, 1, { kind: 'exited', code: 0 });
    h.clock.advance(minute);
    expect(h.store.run(waits?.id ?? '')?.state).toBe('running');
  });

  it('lets a forced run that waited for a slot wait for nothing else, as before the crash', async () => {
    const jobs = [aJob('a', null), aJob('b', null)];
    const h = await aScheduler('2026-03-01T00:59:30Z', jobs, { max: 2 });
    h.dispatcher.behave = () => runsForever;
    const ask = (job: string, force = false) =>
      h.scheduler.runNow({ job, requestedBy: 'me', force });
    ask('a');
    const other = ask('b');
    const forced = ask('a', true);
    h.clock.advance(minute);
    await h.restart();
    expect(h.scheduler.waiting(9)).toMatchObject([{ run: { id: forced.id }, waitsFor: 'slot' }]);
    h.dispatcher.end(other.id, 1, { kind: 'exited', code: 0 });
    h.clock.advance(minute);
    expect(h.store.run(forced.id)?.state).toBe('running');
  });

  it('too late for a retry: the run ends as its last attempt did, and its occurrence is not missed', async () => {
    const retry = { ...aJob('a', null).retry, limit: 3, delayMs: minute };
    const h = await aScheduler('2026-03-01T00:59:30Z', [aJob('a', cron('0 1 * * *'), { retry })]);
    h.dispatcher.behave = () => failsAtOnce(7);
    h.clock.advance(minute);
    await h.scheduler.detach();
    h.clock.step(20 * 24 * hour);
    await h.restart();
    expect(h.runsOf('a')[0]).toMatchObject({
      state: 'failed',
      exitCode: 7,
      attempts: 1,
      reason:
        'exit code 7; a retry could not start before the scheduler ended, and is too late now',
    });
    expect(h.ledger('a')[0]).toBe('admitted');
  });

  it('three years down with a job of every minute: starts, counts, and says "more than"', async () => {
    const h = await aScheduler('2023-03-01T00:00:30Z', [aJob('a', cron('* * * * *'))]);
    await h.scheduler.detach();
    h.clock.step(3 * 365 * 24 * hour);
    const before = performance.now();
    await h.restart();
    // Listing 1.5 million occurrences would take minutes.
    expect(performance.now() - before).toBeLessThan(10_000);
    h.clock.advance(second);
    expect(h.ledger('a')).toEqual([
      'missed catch_up_window 100000',
      'missed catch_up_latest 1439',
      'admitted',
    ]);
  });

  it('suspended meanwhile: skipped, never caught up', async () => {
    const h = await downFor(aJob('a', cron('0 * * * *'), { suspend: true }), 5 * hour);
    h.clock.advance(2 * minute);
    expect(h.ledger('a').every((row) => row.startsWith('skipped suspended'))).toBe(true);
    expect(h.dispatcher.dispatched).toHaveLength(0);
  });

  it('a job added while the daemon was down is not back-filled', async () => {
    const h = await aScheduler('2026-03-01T10:05:00Z', []);
    await h.scheduler.detach();
    h.apply([aJob('late', cron('0 10 * * *'))]);
    await h.restart();
    h.clock.advance(minute);
    expect(h.ledger('late')).toEqual([]);
  });
});
