import { describe, expect, it } from 'vitest';
import { failsAtOnce, runsFor, runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, cron, every, minute, second } from './harness.ts';

const states = (runs: readonly { readonly state: string }[]): string[] =>
  runs.map((run) => run.state);

describe('scheduler: admission', () => {
  it('starts each due occurrence once, in order, with its lateness', async () => {
    const h = await aScheduler('2026-03-01T00:00:30Z', [aJob('tick', cron('* * * * *'))]);
    h.clock.advance(3 * minute);
    expect(h.runsOf('tick').map((run) => new Date(run.nominalTime ?? 0).toISOString())).toEqual([
      '2026-03-01T00:01:00.000Z',
      '2026-03-01T00:02:00.000Z',
      '2026-03-01T00:03:00.000Z',
    ]);
    expect(states(h.runsOf('tick'))).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(h.runsOf('tick').map((run) => run.lateMs)).toEqual([0, 0, 0]);
    expect(h.ledger('tick')).toEqual(['admitted', 'admitted', 'admitted']);
  });

  it('tells an event only after the fact is stored', async () => {
    const h = await aScheduler('2026-03-01T00:00:30Z', [aJob('tick', cron('* * * * *'))]);
    const seen: (string | undefined)[] = [];
    h.scheduler.on((event) => {
      if (event.kind === 'run.ended') seen.push(h.store.run(event.run.id)?.state);
    });
    h.clock.advance(minute);
    expect(seen).toEqual(['succeeded']);
    expect(h.events.map((event) => event.kind)).toEqual(['run.queued', 'run.started', 'run.ended']);
  });

  it('forbid: skips while a run has not ended, naming that run', async () => {
    const h = await aScheduler('2026-03-01T00:00:30Z', [aJob('slow', cron('* * * * *'))]);
    h.dispatcher.behave = () => runsFor(90 * second);
    h.clock.advance(3 * minute);
    expect(h.ledger('slow')).toEqual(['admitted', 'skipped forbid', 'admitted']);
    const [row] = h.store.outcomes({
      limit: 1,
      since: Date.parse('2026-03-01T00:02:00Z'),
      until: Date.parse('2026-03-01T00:02:30Z'),
    });
    expect(row?.detail).toBe(`run ${h.runsOf('slow')[0]?.id} had not ended`);
  });

  it('forbid: a run that waits for its retry counts as not ended', async () => {
    const retry = { ...aJob('x', null).retry, limit: 1, delayMs: 90 * second };
    const h = await aScheduler('2026-03-01T00:00:30Z', [
      aJob('flaky', cron('* * * * *'), { retry }),
    ]);
    h.dispatcher.behave = (request) => failsAtOnce(request.attempt);
    h.clock.advance(2 * minute);
    expect(h.ledger('flaky')).toEqual(['admitted', 'skipped forbid']);
  });

  it('allow: runs side by side', async () => {
    const h = await aScheduler('2026-03-01T00:00:30Z', [
      aJob('slow', cron('* * * * *'), { concurrency: 'allow' }),
    ]);
    h.dispatcher.behave = () => runsForever;
    h.clock.advance(3 * minute);
    expect(h.scheduler.runningCount).toBe(3);
  });

  it('queue: one waits for the end of the running one, a further one is skipped', async () => {
    const h = await aScheduler('2026-03-01T00:00:30Z', [
      aJob('slow', cron('* * * * *'), { concurrency: 'queue' }),
    ]);
    h.dispatcher.behave = () => runsFor(150 * second);
    h.clock.advance(2 * minute + 20 * second);
    expect(h.ledger('slow')).toEqual(['admitted', 'admitted']);
    expect(h.scheduler.queuedCount).toBe(1);
    h.clock.advance(20 * second);
    expect(h.ledger('slow')).toEqual(['admitted', 'admitted', 'skipped queue_full']);
    h.clock.advance(30 * second);
    expect(h.dispatcher.dispatched).toHaveLength(2);
    expect(h.runsOf('slow')[1]?.lateMs).toBe(90 * second);
    expect(h.runsOf('slow')[1]?.reason).toBe('1m 30s late: it waited for its turn');
  });

  it('says what a run waits for now, not what it waited for before', async () => {
    const h = await aScheduler(
      '2026-03-01T00:00:30Z',
      [
        aJob('slow', cron('* * * * *'), { concurrency: 'queue' }),
        aJob('other', cron('30 1 0 * * *')),
      ],
      { max: 1 },
    );
    h.dispatcher.behave = (request) =>
      request.job === 'slow' ? runsFor(90 * second) : runsForever;
    h.clock.advance(100 * second);
    expect(h.runsOf('slow')[1]?.reason).toMatch(/^waits for run /);
    // When slow's first run ends, other has waited longer and gets the slot.
    h.clock.advance(30 * second);
    expect(h.runsOf('other')[0]?.state).toBe('running');
    expect(h.runsOf('slow')[1]).toMatchObject({
      state: 'queued',
      reason: 'waits for a free slot (concurrency.max 1)',
    });
  });

  it('replace: ends the running one, and starts the new one when it has ended', async () => {
    const h = await aScheduler('2026-03-01T00:00:30Z', [
      aJob('slow', cron('* * * * *'), { concurrency: 'replace' }),
    ]);
    h.dispatcher.behave = () => ({ ...runsForever, ignoresTerm: true });
    h.clock.advance(2 * minute - 30 * second);
    expect(h.dispatcher.dispatched).toHaveLength(1);
    h.clock.advance(30 * second);
    expect(states(h.runsOf('slow'))).toEqual(['canceled', 'running']);
    expect(h.dispatcher.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
    expect(h.runsOf('slow')[0]?.reason).toBe('replaced by a newer run of the job');
  });

  it('gives 50 jobs due at once 50 outcomes, two at a time, in order', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `job-${String(index).padStart(2, '0')}`);
    const jobs = names.map((name) => aJob(name, cron('0 12 * * *')));
    const h = await aScheduler('2026-03-01T11:59:50Z', jobs, { max: 2 });
    h.dispatcher.behave = () => runsFor(second);
    let most = 0;
    h.scheduler.on(() => (most = Math.max(most, h.scheduler.runningCount)));
    h.clock.advance(10 * second);
    expect(h.scheduler.queuedCount).toBe(48);
    expect(h.runsOf('job-49')[0]?.reason).toBe('waits for a free slot (concurrency.max 2)');
    h.clock.advance(minute);
    expect(most).toBe(2);
    expect(h.dispatcher.dispatched.map((request) => request.job)).toEqual(names);
    expect(names.flatMap((name) => h.ledger(name))).toEqual(names.map(() => 'admitted'));
  });

  it('records occurrences of a suspended job as skipped, and starts none at its end', async () => {
    const job = aJob('rest', every(10 * second));
    const h = await aScheduler('2026-03-01T00:00:05Z', [{ ...job, suspend: true }]);
    h.clock.advance(2 * minute);
    expect(h.scheduler.nextStart(h.store.jobs()[0]?.uid ?? '')).toBeNull();
    h.reload([job]);
    expect(h.dispatcher.dispatched).toHaveLength(0);
    const counts = h.store.outcomes({ limit: 100 }).map((row) => [row.reason, row.count]);
    expect(counts.every(([reason]) => reason === 'suspended')).toBe(true);
    expect(counts.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(12);
    expect(counts.length).toBeLessThan(5);
    h.clock.advance(10 * second);
    expect(h.dispatcher.dispatched).toHaveLength(1);
  });

  it('starts a run by hand, and refuses a second one unless forced', async () => {
    const h = await aScheduler('2026-03-01T00:00:30Z', [aJob('hand', null)]);
    h.dispatcher.behave = () => runsForever;
    const request = { job: 'hand', requestedBy: 'alice', force: false };
    expect(h.scheduler.runNow(request)).toMatchObject({ trigger: 'manual', state: 'running' });
    expect(() => h.scheduler.runNow(request)).toThrow(/had not ended/);
    expect(h.runsOf('hand')).toHaveLength(1);
    h.scheduler.runNow({ ...request, force: true });
    h.clock.advance(second);
    expect(h.scheduler.runningCount).toBe(2);
    expect(() => h.scheduler.runNow({ ...request, job: 'none' })).toThrow(/unknown job/);
  });

  it('cancels a running run by signal and a queued one at once', async () => {
    const h = await aScheduler('2026-03-01T00:00:30Z', [
      aJob('hand', null, { concurrency: 'queue' }),
    ]);
    h.dispatcher.behave = () => runsForever;
    const request = { job: 'hand', requestedBy: 'alice', force: false };
    const first = h.scheduler.runNow(request);
    const waiting = h.scheduler.runNow(request);
    h.clock.advance(second);
    h.scheduler.cancel(waiting.id, 'bob');
    expect(h.store.run(waiting.id)).toMatchObject({ state: 'canceled', reason: 'canceled by bob' });
    h.scheduler.cancel(first.id, 'bob');
    h.clock.advance(second);
    expect(h.store.run(first.id)?.state).toBe('canceled');
    expect(() => h.scheduler.cancel(first.id, 'bob')).toThrow(/ended already/);
    expect(() => h.scheduler.cancel('nothing', 'bob')).toThrow(/unknown run/);
  });

  it('gives an engine that failed another chance when its job is no longer suspended', async () => {
    const { compileSchedule } = await import('../../src/core/schedule/compile-schedule.ts');
    let isBroken = true;
    const job = aJob('bad', cron('* * * * *'));
    const h = await aScheduler('2026-03-01T00:00:30Z', [{ ...job, suspend: true }], {
      compile: (schedules, name) => ({
        ...compileSchedule(schedules, name),
        next(after) {
          if (isBroken) throw new Error('no answer');
          return compileSchedule(schedules, name).next(after);
        },
      }),
    });
    expect(h.store.findJob('bad')?.fault).toBe('no answer');
    isBroken = false;
    h.reload([job]);
    h.clock.advance(2 * minute);
    expect(h.store.findJob('bad')?.fault).toBeNull();
    expect(h.runsOf('bad')).toHaveLength(2);
  });

  it('goes on with other jobs when the engine of one fails', async () => {
    const { compileSchedule } = await import('../../src/core/schedule/compile-schedule.ts');
    const h = await aScheduler(
      '2026-03-01T00:00:30Z',
      [aJob('bad', cron('* * * * *')), aJob('good', cron('* * * * *'))],
      {
        compile: (schedules, name) => {
          const compiled = compileSchedule(schedules, name);
          if (name !== 'bad') return compiled;
          let calls = 0;
          return {
            next: (after) => {
              calls += 1;
              if (calls > 3) throw new Error('went backwards');
              return compiled.next(after);
            },
            previous: (instant) => compiled.previous(instant),
            range: (from, to) => compiled.range(from, to),
            times: (from, to) => compiled.times(from, to),
            hasJitter: compiled.hasJitter,
            count: (from, to, cap) => compiled.count(from, to, cap),
          };
        },
      },
    );
    h.clock.advance(5 * minute);
    expect(h.runsOf('good')).toHaveLength(5);
    expect(h.store.findJob('bad')?.fault).toBe('went backwards');
    expect(h.events.filter((event) => event.kind === 'job.faulted')).toHaveLength(1);
    // A new schedule gets its chance.
    h.reload([aJob('bad', every(minute)), aJob('good', cron('* * * * *'))]);
    expect(h.store.findJob('bad')?.fault).toBeNull();
  });
});
