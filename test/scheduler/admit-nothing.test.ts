import { describe, expect, it } from 'vitest';
import { aJob, aScheduler, every, hour, minute, second } from './harness.ts';

describe('scheduler: started to admit nothing', () => {
  it('leaves what comes due to the next daemon', async () => {
    const catchUp = { policy: 'all', windowMs: 24 * hour, limit: 100 } as const;
    const hourly = aJob('hourly', every(hour), { catchUp });
    const h = await aScheduler('2026-03-01T00:30:00Z', [hourly], { start: false });
    await h.scheduler.start({ admit: false });
    h.clock.advance(5 * hour);
    expect(h.dispatcher.dispatched).toHaveLength(0);
    expect(h.ledger('hourly')).toEqual([]);
    expect(() =>
      h.scheduler.runNow({ job: 'hourly', requestedBy: 'test', force: false }),
    ).toThrowError(expect.objectContaining({ code: 'JM2-D106' }));
    await h.restart();
    h.clock.advance(minute);
    expect(h.ledger('hourly')).toEqual(Array(5).fill('admitted'));
  });

  it('ends a drain when nothing runs', async () => {
    const h = await aScheduler('2026-03-01T00:30:00Z', [], { start: false });
    await h.scheduler.start({ admit: false });
    const drained = h.scheduler.drain(hour);
    h.clock.advance(second);
    await expect(drained).resolves.toBeUndefined();
  });
});
