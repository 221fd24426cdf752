import { expect, it } from 'vitest';
import { recordedQueue } from '../../src/daemon/queue-view.ts';
import { failsAtOnce } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, minute, second } from './harness.ts';

const jobs = [
  aJob('low', null, { priority: -2 }),
  aJob('plain', null),
  aJob('high', null, { priority: 3 }),
  aJob('flaky', null, {
    retry: { ...aJob('x', null).retry, limit: 1, delayMs: 90 * minute, maxDelayMs: 90 * minute },
  }),
];

it('while no daemon runs, what waits is told in the order in which the next one lets it start', async () => {
  const h = await aScheduler('2026-03-01T12:00:00Z', jobs);
  const ask = (job: string): unknown =>
    h.scheduler.runNow({ job, requestedBy: 'ada', force: false });
  h.dispatcher.behave = (request) => failsAtOnce(request.attempt);
  ask('flaky');
  h.clock.advance(second);
  h.reload(jobs, 0);
  // Thirty minutes of waiting are worth six steps of priority: more than `high` has.
  ask('low');
  h.clock.advance(30 * minute);
  for (const job of ['plain', 'high']) ask(job);
  await h.scheduler.detach();

  const told = recordedQueue(h.store, 100, h.clock.now()).queue.map(({ job }) => job);
  expect(told).toEqual(['low', 'high', 'plain', 'flaky']);
  expect(recordedQueue(h.store, 1, h.clock.now()).queue.map(({ job }) => job)).toEqual(['low']);
  await h.restart();
  expect(h.scheduler.waiting(100).map(({ run }) => run.job)).toEqual(told);
});
