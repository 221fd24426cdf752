// What kept the scheduler from admitting is told with its beginning, and kept
// for explanations of later days.
import { expect, it } from 'vitest';
import { aJob, aScheduler, every, hour, minute, second, type Harness } from './harness.ts';

const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();
const recorded = (h: Harness) =>
  h.store
    .interruptions({ since: 0, until: Number.MAX_SAFE_INTEGER, limit: 99 })
    .map(({ causes, from, until, stepMs }) => [causes.join(' '), iso(from), iso(until), stepMs]);

it('says from when to when no daemon ran, and records it', async () => {
  const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(hour))]);
  const downSince = h.clock.now();
  await h.scheduler.detach();
  h.clock.advance(125 * minute);
  await h.restart({ downSince });
  expect(h.runsOf('a').map((run) => run.reason)).toEqual([
    '5m 10s late: the scheduler was not running from 2026-03-01T08:00:10Z to 2026-03-01T10:05:10Z',
  ]);
  expect(recorded(h)).toEqual([
    ['down', '2026-03-01T08:00:10.000Z', '2026-03-01T10:05:10.000Z', null],
  ]);
});

it('records no downtime whose beginning nobody knows, nor one that has not ended', async () => {
  const h = await aScheduler('2026-03-01T08:00:10Z', [aJob('a', every(hour))]);
  await h.restart();
  await h.renew({ downSince: h.clock.now() - minute });
  await h.scheduler.start({ admit: false });
  expect(recorded(h)).toEqual([]);
});

it('records a blocked loop and a clock that was set, each once', async () => {
  const h = await aScheduler('2026-03-01T12:00:00Z', [aJob('a', every(hour))]);
  h.clock.advance(minute);
  h.clock.freeze(30 * second);
  h.clock.advance(minute);
  h.clock.step(-20 * minute);
  h.clock.advance(minute);
  h.clock.step(10 * minute);
  h.clock.advance(minute);
  expect(recorded(h).map(([cause, , , stepMs]) => [cause, stepMs])).toEqual([
    ['blocked', null],
    ['clock_step', 10 * minute],
    ['clock_step', -20 * minute],
  ]);
});

it('records the time in which the store could not be written as one', async () => {
  let fails = false;
  const h = await aScheduler('2026-03-01T12:00:00Z', [aJob('a', every(10 * second))], {
    wrapStore: (store) => ({
      ...store,
      transaction: (body) => {
        if (fails) throw new Error('disk full');
        return store.transaction(body);
      },
    }),
  });
  fails = true;
  h.clock.advance(5 * minute);
  fails = false;
  h.clock.advance(2 * minute);
  expect(recorded(h).map(([cause]) => cause)).toEqual(['unrecorded']);
});

it('gives a sign of life at least every ten seconds', async () => {
  let signs = 0;
  const alive = (): void => {
    signs += 1;
  };
  const h = await aScheduler('2026-03-01T12:00:00Z', [], { alive });
  h.clock.advance(10 * minute);
  expect(signs).toBeGreaterThanOrEqual(60);
});
