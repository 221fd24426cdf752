// Thousands of jobs due in one second, on a store on disk: what a slice may do is
// bounded, and the sum of the slices is exactly what was due.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { runsFor } from '../support/fake-dispatcher.ts';
import { aJob, aScheduler, at, every, second, type Harness } from './harness.ts';

const count = 2_000;
/** Jobs settled in one transaction. */
const perSlice = 64;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jm2-herd-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Counts the claims in each transaction of the scheduler. */
function counting() {
  const claims: number[] = [];
  let open: number | null = null;
  const wrapStore = (store: Store): Store => ({
    ...store,
    transaction: (body) => {
      if (open !== null) return store.transaction(body);
      open = 0;
      try {
        const result = store.transaction(body);
        claims.push(open);
        return result;
      } finally {
        open = null;
      }
    },
    recordOutcome: (outcome) => {
      store.recordOutcome(outcome);
      if (open !== null) open += 1;
    },
  });
  return { claims, wrapStore };
}

async function aHerd(wrapStore: (store: Store) => Store): Promise<Harness> {
  const jobs = Array.from({ length: count }, (_, i) =>
    // Spread over the second, as a minute of crontabs is not.
    aJob(`job-${i}`, at(new Date(Date.UTC(2026, 2, 1, 12, 0, 0, i % 1_000)).toISOString())),
  );
  return aScheduler('2026-03-01T11:59:58Z', jobs, {
    path: join(directory, 'jm2.db'),
    wrapStore,
  });
}

describe(`${count} jobs due in one second`, () => {
  it('are all claimed, none twice, in slices of bounded size', async () => {
    const { claims, wrapStore } = counting();
    const h = await aHerd(wrapStore);
    h.dispatcher.behave = () => runsFor(5);
    h.clock.advance(2 * second + 999);
    // One slice per millisecond at most: all is claimed within the second after it.
    h.clock.advance(second);
    const outcomes = h.store.outcomes({ limit: 2 * count });
    expect(outcomes.filter(({ disposition }) => disposition === 'admitted')).toHaveLength(count);
    expect(new Set(outcomes.map(({ jobUid }) => jobUid)).size).toBe(count);
    expect(Math.max(...claims)).toBeLessThanOrEqual(perSlice);
    h.store.close();
  });

  it('are claimed in as few commits as there are slices when a late loop finds them all', async () => {
    const { claims, wrapStore } = counting();
    const h = await aHerd(wrapStore);
    h.clock.advance(second);
    h.clock.freeze(2 * second);
    h.clock.advance(100);
    const slices = claims.filter((claimed) => claimed > 0);
    expect(slices).toHaveLength(Math.ceil(count / perSlice));
    expect(slices.reduce((sum, claimed) => sum + claimed)).toBe(count);
    h.store.close();
  });

  it('start once each, and never more at once than the limit', async () => {
    const { wrapStore } = counting();
    const h = await aHerd(wrapStore);
    let most = 0;
    h.dispatcher.behave = () => runsFor(100);
    h.scheduler.on(() => {
      most = Math.max(most, h.dispatcher.runningCount);
    });
    h.clock.advance(20 * second);
    const ids = h.dispatcher.dispatched.map(({ runId }) => runId);
    expect([ids.length, new Set(ids).size, most]).toEqual([count, count, 64]);
    h.store.close();
  });
});

it('a job that nobody waits for keeps its time while thousands are settled', async () => {
  const jobs = [
    aJob('every-second', every(second)),
    ...Array.from({ length: count }, (_, i) => aJob(`job-${i}`, at('2026-03-01T12:00:00Z'))),
  ];
  const h = await aScheduler('2026-03-01T11:59:58Z', jobs, { path: join(directory, 'jm2.db') });
  h.dispatcher.behave = () => runsFor(5);
  h.clock.advance(6 * second + 500);
  const late = h.runsOf('every-second').map(({ lateMs }) => lateMs ?? Infinity);
  expect(late).toHaveLength(6);
  expect(Math.max(...late)).toBeLessThan(500);
  h.store.close();
});
