// What the manifest says of the runs of a job that has left, kept with the removal.
import { expect, it } from 'vitest';
import { runsForever } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, minute, type Harness } from './harness.ts';

const fact = 'removed.running';
const limits = { concurrencyMax: 64, queueLimit: 200, groups: {} };

/** `a` runs and leaves while the daemon is about to start, so that only the record tells. */
async function removedAtStart(
  wish: 'finish' | 'cancel' | null,
  onRemove: 'finish' | 'cancel' = 'finish',
): Promise<Harness> {
  const h = await aScheduler('2026-03-01T12:00:00Z', [aJob('a', null, { onRemove })]);
  h.dispatcher.behave = () => runsForever;
  h.scheduler.runNow({ job: 'a', requestedBy: 'ann', force: false });
  h.clock.advance(minute);
  const uid = h.store.findJob('a')?.uid ?? '';
  await h.renew();
  const removing = new Map(wish === null ? [] : [[uid, wish]]);
  h.scheduler.apply(() => ({ jobs: h.apply([]), limits, removing }));
  return h;
}

const intentOf = (h: Harness) => h.store.attempts(h.runsOf('a')[0]?.id ?? '')[0]?.killIntent;

it.each([
  ['cancel', 'finish', 'remove'],
  ['finish', 'cancel', null],
  [null, 'cancel', 'remove'],
  [null, 'finish', null],
] as const)('the word %s goes before the on_remove %s of the job', async (wish, own, intent) => {
  const h = await removedAtStart(wish, own);
  await h.scheduler.start();
  expect(intentOf(h)).toBe(intent);
});

it('lets a run finish over several daemons, and is forgotten when it is over', async () => {
  const h = await removedAtStart('finish', 'cancel');
  await h.scheduler.start();
  await h.restart();
  expect([intentOf(h), h.store.fact(fact)]).toEqual([null, expect.stringContaining('finish')]);
  h.dispatcher.end(h.runsOf('a')[0]?.id ?? '', 1, { kind: 'exited', code: 0 });
  h.clock.advance(minute);
  h.reload([aJob('b', null)]);
  expect([h.runsOf('a')[0]?.state, h.store.fact(fact)]).toEqual(['succeeded', null]);
});

it.each(['{"half', '7', 'null', '{"x": "burn"}'])(
  'a record that reads %s keeps no daemon from starting: the run ends as its spec says',
  async (damaged) => {
    const h = await removedAtStart('finish', 'cancel');
    h.store.setFact(fact, damaged);
    await h.scheduler.start();
    expect(intentOf(h)).toBe('remove');
    h.reload([aJob('b', null)]);
    expect(h.store.jobs().map(({ name }) => name)).toEqual(['b']);
  },
);
