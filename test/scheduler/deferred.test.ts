// Runs that are asked for a later time: recorded now, in nobody's way until then,
// durable, and missed only when nothing could be started for too long.
import { describe, expect, it } from 'vitest';
import { runsFor, runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, every, hour, minute, second } from './harness.ts';

const noon = '2026-03-01T12:00:00Z';
const by = { requestedBy: 'alice', force: false };
const at = (h: number): number => Date.UTC(2026, 2, 1, h);

describe('a run that is asked for a later time', () => {
  it('begins then, also over a restart, and says so in the queue', async () => {
    const h = await aScheduler(noon, [aJob('a', null)]);
    const { id } = h.scheduler.runNow({ ...by, job: 'a', startAt: at(14) });
    expect(h.scheduler.waiting(10)).toMatchObject([
      { run: { id, notBefore: at(14) }, waitsFor: 'time', reason: 'waits for its time' },
    ]);
    h.clock.advance(hour);
    await h.restart();
    h.clock.advance(hour - second);
    expect(h.runsOf('a')).toMatchObject([{ state: 'queued', startedAt: null }]);
    h.clock.advance(2 * second);
    expect(h.runsOf('a')).toMatchObject([
      { state: 'succeeded', startedAt: at(14), startAt: at(14), reason: null, lateMs: null },
    ]);
  });

  it('keeps no occurrence from running, and waits for one that runs at its time', async () => {
    const h = await aScheduler(noon, [aJob('a', every(hour))]);
    h.dispatcher.behave = () => runsFor(10 * minute);
    h.scheduler.runNow({ ...by, job: 'a', startAt: at(14) + minute });
    h.clock.advance(2 * hour + 2 * minute);
    const [first, , last] = h.runsOf('a');
    expect(h.ledger('a')).toEqual(['admitted', 'admitted']);
    expect(first).toMatchObject({
      state: 'queued',
      reason: `waits for run ${last?.id} of the job to end`,
    });
    h.clock.advance(10 * minute);
    expect(h.runsOf('a')[0]).toMatchObject({ state: 'running', startedAt: at(14) + 10 * minute });
  });

  it('ends what runs when the policy is to replace, and is not replaced before its time', async () => {
    const h = await aScheduler(noon, [aJob('a', every(hour), { concurrency: 'replace' })]);
    h.dispatcher.behave = () => runsForever;
    h.scheduler.runNow({ ...by, job: 'a', startAt: at(13) + minute });
    h.clock.advance(hour + 30 * second);
    expect(h.runsOf('a').map(({ state }) => state)).toEqual(['queued', 'running']);
    h.clock.advance(minute);
    expect(h.runsOf('a').map(({ state }) => state)).toEqual(['running', 'canceled']);
  });

  it('starts when a daemon is back within a day or its start_deadline, and else never', async () => {
    const jobs = [aJob('soon', null), aJob('strict', null, { startDeadlineMs: 5 * minute })];
    const h = await aScheduler(noon, jobs);
    for (const { name } of jobs) h.scheduler.runNow({ ...by, job: name, startAt: at(13) });
    h.scheduler.runNow({ ...by, job: 'soon', startAt: at(12) + minute });
    await h.scheduler.detach();
    h.clock.advance(24 * hour + 30 * minute);
    await h.restart();
    h.clock.advance(second);
    const [later, early] = h.runsOf('soon');
    expect(later).toMatchObject({ state: 'succeeded', startedAt: at(36) + 30 * minute });
    expect(early).toMatchObject({ state: 'canceled', attempts: 0 });
    expect(early?.reason).toContain('missed: could not start before the scheduler ended');
    expect(h.runsOf('strict')[0]?.reason).toContain(
      'missed: could not start within 5m of its time (start_deadline)',
    );
  });

  it('is withdrawn by cancel, and goes with its job', async () => {
    const h = await aScheduler(noon, [aJob('a', null), aJob('gone', null)]);
    const { id } = h.scheduler.runNow({ ...by, job: 'a', startAt: at(14) });
    h.scheduler.runNow({ ...by, job: 'gone', startAt: at(14) });
    h.scheduler.cancel(id, 'bob');
    h.reload([aJob('a', null)]);
    h.clock.advance(3 * hour);
    expect(h.runsOf('a')).toMatchObject([{ state: 'canceled', reason: 'canceled by bob' }]);
    expect(h.runsOf('gone')).toMatchObject([{ state: 'canceled', attempts: 0 }]);
  });

  it('is bounded per job as any queue, and a time that has come is no reason to wait', async () => {
    const h = await aScheduler(noon, [aJob('a', null)], { queueLimit: 2 });
    h.scheduler.runNow({ ...by, job: 'a', startAt: at(14) });
    h.scheduler.runNow({ ...by, job: 'a', startAt: at(15) });
    expect(() => h.scheduler.runNow({ ...by, job: 'a', startAt: at(16) })).toThrow(/queue is full/);
    expect(h.scheduler.runNow({ ...by, job: 'a', startAt: at(11) })).toMatchObject({
      state: 'running',
      startAt: null,
    });
  });
});
