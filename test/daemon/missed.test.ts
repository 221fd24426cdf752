// What was missed and not made up for, out of a store.
import { beforeEach, expect, it } from 'vitest';
import { missedOccurrences } from '../../src/daemon/missed.ts';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { anEndedRun, anOutcome, apply, create, noon } from '../support/store-records.ts';

const minute = 60_000;
const query = {
  jobs: null,
  since: new Date(noon - 60 * minute).toISOString(),
  until: new Date(noon + 60 * minute).toISOString(),
  all: false,
  limit: 10,
};

let store: Store;
beforeEach(() => {
  store = openStore(':memory:', { clock: new FakeClock(noon), ids: systemIds });
  apply(store, create('dump'));
  const missed = { disposition: 'missed', runId: null } as const;
  store.recordOutcome(anOutcome('dump', noon, { ...missed, reason: 'deadline', detail: 'waited' }));
  store.recordOutcome(
    anOutcome('dump', noon + minute, {
      ...missed,
      reason: 'catch_up_window',
      lastNominalTime: noon + 5 * minute,
      count: 5,
    }),
  );
  store.recordOutcome(
    anOutcome('dump', noon + 9 * minute, { ...missed, reason: 'catch_up_latest' }),
  );
  const skipped = { disposition: 'skipped', runId: null, reason: 'paused' } as const;
  store.recordOutcome(anOutcome('dump', noon + 10 * minute, skipped));
});

const found = (changes: Partial<typeof query> = {}) =>
  missedOccurrences(store, { ...query, ...changes }).missed.map(
    ({ reason, count, madeUpFor }) => `${reason} ${madeUpFor} of ${count}`,
  );

it('is told newest first, without what was skipped or replaced by the latest', () => {
  expect(found()).toEqual(['catch_up_window 0 of 5', 'deadline 0 of 1']);
  expect(found({ all: true })).toHaveLength(3);
  expect(missedOccurrences(store, { ...query, limit: 1 }).more).toBe(true);
});

it('is open until each of them has a run that succeeded or is under way', () => {
  const again = (id: string, nominalTime: number, state: 'succeeded' | 'failed') =>
    store.insertRun(anEndedRun('dump', id, { trigger: 'backfill', nominalTime, state }));
  again('r1', noon, 'failed');
  again('r2', noon + minute, 'succeeded');
  expect(found()).toEqual(['catch_up_window 1 of 5', 'deadline 0 of 1']);
  again('r3', noon, 'succeeded');
  expect(found()).toEqual(['catch_up_window 1 of 5']);
});

it('reaches into the time asked about, and knows that a job is gone', () => {
  const since = new Date(noon + 4 * minute).toISOString();
  expect(found({ since })).toEqual(['catch_up_window 0 of 5']);
  apply(store, { kind: 'delete', uid: 'uid-dump', at: noon });
  expect(missedOccurrences(store, query).missed.map(({ inForce }) => inForce)).toEqual([
    false,
    false,
  ]);
});
