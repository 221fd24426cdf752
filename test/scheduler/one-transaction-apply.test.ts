// An apply and the rows of what it closes are one transaction: whatever breaks
// between them leaves neither, in the store and in memory.
import { expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { aJob, aScheduler, every, hour, minute, second, type Harness } from './harness.ts';

/** A store that breaks at the closing row: after the revision, before the commit. */
function breaking() {
  const state = { breaks: false };
  const wrapStore = (store: Store): Store => ({
    ...store,
    recordOutcome: (outcome) => {
      if (state.breaks && outcome.runId === null) throw new Error('killed');
      store.recordOutcome(outcome);
    },
  });
  return { state, wrapStore };
}

const revision = (h: Harness) => h.store.latestRevision()?.number;
const nextStart = (h: Harness): string => {
  const at = h.scheduler.nextStart(h.store.findJob('a')?.uid ?? '');
  return at === null ? 'never' : new Date(at).toISOString().slice(11, 16);
};

it('a running scheduler: nothing of a broken apply remains, and the next one is whole', async () => {
  const { state, wrapStore } = breaking();
  const h = await aScheduler('2026-03-01T11:30:00Z', [aJob('a', every(hour))], { wrapStore });
  // Two occurrences are due and not settled when the schedule changes.
  h.clock.freeze(2 * hour);
  state.breaks = true;
  const changed = aJob('a', every(30 * minute));
  expect(() => h.reload([changed], 3)).toThrow('killed');
  expect(revision(h)).toBe(1);
  expect(h.store.findJob('a')?.job.schedules).toMatchObject([{ intervalMs: hour }]);
  expect(nextStart(h)).toBe('12:00');
  state.breaks = false;
  h.reload([changed], 3);
  expect(revision(h)).toBe(2);
  expect(nextStart(h)).toBe('14:00');
  h.clock.advance(second);
  expect(h.ledger('a')).toEqual(['skipped schedule_changed 2']);
  expect(h.store.auditLedger()).toEqual([]);
});

it('before the start: what came due of before is closed with the apply, or neither happens', async () => {
  const { state, wrapStore } = breaking();
  const h = await aScheduler('2026-03-01T08:30:00Z', [aJob('a', every(hour))], { wrapStore });
  await h.scheduler.detach();
  h.clock.advance(3 * hour);
  await h.renew();
  state.breaks = true;
  expect(() => h.reload([])).toThrow('killed');
  expect(revision(h)).toBe(1);
  expect(h.store.findJob('a')?.removedAt).toBeNull();
  state.breaks = false;
  h.reload([]);
  expect(h.ledger('a')).toEqual(['skipped removed 3']);
  await h.scheduler.start();
  expect(h.dispatcher.dispatched).toEqual([]);
});

it('an apply that is refused leaves the limits and the jobs as they were', async () => {
  const h = await aScheduler('2026-03-01T11:30:00Z', [aJob('a', every(hour))]);
  const refuse = (): never => {
    throw new Error('stale');
  };
  expect(() => h.scheduler.apply(refuse)).toThrow('stale');
  h.clock.advance(hour);
  expect(h.runsOf('a')).toHaveLength(1);
  expect(h.scheduler.problems).toEqual([]);
});
