import { describe, expect, it } from 'vitest';
import { aJob, aScheduler, cron, every, hour, minute, second } from './harness.ts';

/** A scheduler whose starts can be held, as by a full disk. */
async function aHeldScheduler(job: ReturnType<typeof aJob>) {
  const hold: { why: string | null } = { why: null };
  const h = await aScheduler('2026-03-01T11:59:30Z', [job], { holdStarts: () => hold.why });
  return { h, hold };
}

describe('scheduler: starts that are held', () => {
  it('settles what came due meanwhile as after an absence', async () => {
    const catchUp = { policy: 'latest', windowMs: hour, limit: 100 } as const;
    const { h, hold } = await aHeldScheduler(aJob('tick', every(minute), { catchUp }));
    hold.why = 'The disk is full.';
    h.clock.advance(10 * minute + 40 * second);
    expect(h.ledger('tick')).toEqual([]);
    hold.why = null;
    h.clock.advance(2 * second);
    expect(h.ledger('tick')).toEqual(['missed catch_up_latest 10', 'admitted']);
    expect(h.runsOf('tick')).toMatchObject([
      { trigger: 'catch-up', reason: expect.stringContaining('decisions could not be recorded') },
    ]);
  });

  it('records the end of what runs, and its retry waits', async () => {
    const retry = { ...aJob('x', null).retry, limit: 1, delayMs: second };
    const { h, hold } = await aHeldScheduler(aJob('flaky', cron('0 12 * * *'), { retry }));
    h.dispatcher.behave = () => ({ runMs: 60_000, exit: { kind: 'exited', code: 3 } });
    h.clock.advance(minute);
    hold.why = 'The disk is full.';
    h.clock.advance(5 * minute);
    const [run] = h.runsOf('flaky');
    expect(run).toMatchObject({ state: 'queued', attempts: 1 });
    expect(h.store.attempts(run?.id ?? '')).toMatchObject([{ state: 'failed', exitCode: 3 }]);
    hold.why = null;
    h.clock.advance(2 * second);
    expect(h.runsOf('flaky')).toMatchObject([{ state: 'running', attempts: 2 }]);
  });

  it('refuses a run by hand with the reason', async () => {
    const { h, hold } = await aHeldScheduler(aJob('x', null));
    hold.why = 'The disk is full.';
    const request = { job: 'x', requestedBy: 'alice', force: true };
    const refused = { code: 'JM2-T104', detail: expect.stringContaining('The disk is full.') };
    expect(() => h.scheduler.runNow(request)).toThrowError(expect.objectContaining(refused));
    hold.why = null;
    expect(h.scheduler.runNow(request)).toMatchObject({ job: 'x' });
  });

  it('is no absence when it lasts no longer than a busy moment', async () => {
    const { h, hold } = await aHeldScheduler(aJob('tick', every(minute)));
    h.clock.advance(29 * second);
    hold.why = 'The disk is full.';
    h.clock.advance(2 * second);
    hold.why = null;
    h.clock.advance(2 * second);
    expect(h.runsOf('tick')).toMatchObject([{ trigger: 'schedule' }]);
  });

  it('looks about once a second whether it still must, never in a tight loop', async () => {
    const looks = { count: 0 };
    const h = await aScheduler('2026-03-01T11:59:30Z', [aJob('tick', every(second))], {
      holdStarts: () => {
        looks.count += 1;
        return 'The disk is full.';
      },
    });
    h.clock.advance(10 * minute);
    expect(looks.count).toBeLessThan(620);
  });
});
