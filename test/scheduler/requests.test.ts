// Runs that people ask for: with arguments of their own, again, and for past
// occurrences. None of them claims an occurrence of the schedule.
import { describe, expect, it } from 'vitest';
import type { Scheduler } from '../../src/scheduler/scheduler.ts';
import type { Store } from '../../src/store/store.ts';
import { failsAtOnce, runsFor, runsForever, succeedsAtOnce } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, cron, every, hour, minute, second } from './harness.ts';

const noon = '2026-03-01T12:00:00Z';
const by = { requestedBy: 'alice', force: false };
const past = (...hours: number[]): number[] => hours.map((h) => Date.UTC(2026, 2, 1, h));

describe('a request with a key of its own', () => {
  it('starts nothing twice, also over a restart, and is refused for something else', async () => {
    const h = await aScheduler(noon, [aJob('a', null), aJob('b', null)]);
    const request = { ...by, job: 'a', requestId: 'key-1' };
    const first = h.scheduler.runNow(request);
    expect(h.scheduler.runNow(request).id).toBe(first.id);
    h.clock.advance(minute);
    await h.restart();
    expect(h.scheduler.runNow(request).id).toBe(first.id);
    expect(() => h.scheduler.runNow({ ...request, job: 'b' })).toThrow(/another run/);
    expect(h.runsOf('a')).toHaveLength(1);
  });

  it('hands what was given to every attempt, also after a restart', async () => {
    const given = { args: ['-v'], env: { MONTH: '3' } };
    const h = await aScheduler(noon, [
      aJob('a', null, {
        command: { kind: 'argv', argv: ['x'] },
        retry: { ...aJob('a', null).retry, limit: 1, delayMs: minute },
      }),
    ]);
    h.dispatcher.behave = () => failsAtOnce();
    h.scheduler.runNow({ ...by, job: 'a', given });
    h.clock.advance(second);
    const seen: unknown[] = [];
    await h.restart({
      attemptRequest: (run) => {
        seen.push(run.given);
        throw new Error('seen');
      },
    });
    h.clock.advance(2 * minute);
    expect(seen).toEqual([given]);
  });

  it('refuses arguments that the text of a shell would drop', async () => {
    const h = await aScheduler(noon, [aJob('a', null)]);
    const given = { args: ['-v'], env: {} };
    expect(() => h.scheduler.runNow({ ...by, job: 'a', given })).toThrow(/takes no arguments/);
  });
});

describe('a rerun', () => {
  it('has the spec, the nominal time and the arguments of the run it repeats, and is never late', async () => {
    const first = aJob('a', cron('0 13 * * *'), { tags: ['old'] });
    const h = await aScheduler(noon, [first]);
    h.dispatcher.behave = () => failsAtOnce();
    h.clock.advance(2 * hour);
    const [old] = h.runsOf('a');
    h.reload([{ ...first, tags: ['new'] }]);
    const again = h.scheduler.rerun({ ...by, runId: old?.id ?? '', current: false, serial: false });
    const newest = h.scheduler.rerun({ ...by, runId: old?.id ?? '', current: true, serial: true });
    expect(again).toMatchObject({
      trigger: 'rerun',
      repeats: old?.id,
      nominalTime: old?.nominalTime,
      specDigest: old?.specDigest,
      revision: 1,
    });
    expect(newest).toMatchObject({ revision: 2 });
    h.clock.advance(minute);
    expect(h.runsOf('a').map((run) => run.lateMs)).toEqual([0, null, null]);
    expect(h.ledger('a')).toEqual(['admitted']);
    expect(h.store.auditLedger()).toEqual([]);
  });

  it('is refused while the run goes on, for a job that is gone, and by the policy', async () => {
    const h = await aScheduler(noon, [aJob('a', null), aJob('gone', null)]);
    h.dispatcher.behave = () => runsFor(minute);
    const { id } = h.scheduler.runNow({ ...by, job: 'a' });
    const gone = h.scheduler.runNow({ ...by, job: 'gone' });
    const rerun = (runId: string) =>
      h.scheduler.rerun({ ...by, runId, current: false, serial: false });
    expect(() => rerun(id)).toThrow(/not ended yet/);
    h.clock.advance(2 * minute);
    h.scheduler.runNow({ ...by, job: 'a' });
    expect(() => rerun(id)).toThrow(/concurrency policy/);
    h.reload([aJob('a', null)]);
    expect(() => rerun(gone.id)).toThrow(/unknown job/);
    expect(() => rerun('nothing')).toThrow(/unknown run/);
  });
});

describe('a backfill', () => {
  it('runs past occurrences one after the other, whatever the policy, and claims none', async () => {
    const h = await aScheduler(noon, [aJob('a', every(hour), { startDeadlineMs: minute })]);
    h.dispatcher.behave = () => runsFor(10 * second);
    const nominalTimes = past(1, 2, 3);
    h.scheduler.backfill({ ...by, job: 'a', nominalTimes, requestId: 'b' });
    expect(h.runsOf('a').map((run) => run.state)).toEqual(['running', 'queued', 'queued']);
    // Sent again, it finds what it started.
    h.scheduler.backfill({ ...by, job: 'a', nominalTimes, requestId: 'b' });
    h.clock.advance(15 * second);
    await h.restart();
    h.clock.advance(minute);
    const runs = h.runsOf('a');
    expect(runs.map((run) => [run.trigger, run.nominalTime, run.state, run.lateMs])).toEqual(
      nominalTimes.map((time) => ['backfill', time, 'succeeded', null]),
    );
    expect(h.ledger('a')).toEqual([]);
    expect(h.store.auditLedger()).toEqual([]);
  });

  it('runs them together under allow, as far as slots are free', async () => {
    const h = await aScheduler(noon, [aJob('a', every(hour), { concurrency: 'allow' })], {
      max: 2,
    });
    h.dispatcher.behave = () => runsForever;
    h.scheduler.backfill({ ...by, job: 'a', nominalTimes: past(1, 2, 3) });
    expect(h.runsOf('a').map((run) => run.state)).toEqual(['running', 'running', 'queued']);
  });

  it('leaves the occurrences that come due meanwhile to the schedule', async () => {
    const h = await aScheduler(noon, [aJob('a', every(hour))]);
    h.dispatcher.behave = () => succeedsAtOnce;
    h.scheduler.backfill({ ...by, job: 'a', nominalTimes: past(11) });
    h.clock.advance(hour);
    expect(h.ledger('a')).toEqual(['admitted']);
    expect(h.runsOf('a').map((run) => run.trigger)).toEqual(['backfill', 'schedule']);
  });
});

describe('the record of who asked', () => {
  it.each([
    ['run', (s: Scheduler) => s.runNow({ ...by, job: 'a' })],
    ['backfill', (s: Scheduler) => s.backfill({ ...by, job: 'a', nominalTimes: past(3) })],
    ['cancel', (s: Scheduler, id: string) => s.cancel(id, 'alice')],
  ])('is written with the %s or neither is', async (_, ask) => {
    let isFull = false;
    const wrapStore = (store: Store): Store => ({
      ...store,
      audit(entry) {
        if (isFull) throw new Error('disk full');
        store.audit(entry);
      },
    });
    const job = aJob('a', null, { concurrency: 'allow' });
    const h = await aScheduler(noon, [job], { wrapStore });
    h.dispatcher.behave = () => runsForever;
    const { id } = h.scheduler.runNow({ ...by, job: 'a' });
    isFull = true;
    expect(() => ask(h.scheduler, id)).toThrow('disk full');
    expect(h.runsOf('a').map(({ state }) => state)).toEqual(['running']);
    expect(h.store.attempts(id)[0]?.killIntent).toBeNull();
    isFull = false;
    ask(h.scheduler, id);
    expect([...h.store.auditChain()]).toHaveLength(2);
  });
});
