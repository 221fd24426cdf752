import { expect, it } from 'vitest';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { apply, create, noon } from '../support/store-records.ts';

const aStore = () => openStore(':memory:', { clock: new FakeClock(noon), ids: systemIds });
const numbers = (store: ReturnType<typeof aStore>) =>
  store.revisions(10).map(({ number }) => number);

it('keeps the newest revisions, named ones, and those that jobs stem from', () => {
  const store = aStore();
  apply(store, create('backup'));
  for (let more = 0; more < 4; more += 1) apply(store);
  store.noteRevision(3, { reason: 'x', restores: 1 });
  store.tagRevision('golden', 2, { at: noon, by: 'ann' });
  store.pruneRevisions({ keep: 1, olderThan: noon });
  expect(numbers(store)).toEqual([5, 4, 3, 2, 1]);
  store.pruneRevisions({ keep: 1, olderThan: noon + 86_400_000 });
  // 1 is where the job comes from, 2 has a name, 5 is the newest.
  expect(numbers(store)).toEqual([5, 2, 1]);
  expect([...store.revisionNotes().keys()]).toEqual([2]);
  store.close();
});

it('a name stands for one revision, without regard to case, and can be taken away', () => {
  const store = aStore();
  apply(store, create('backup'));
  apply(store);
  store.tagRevision('golden', 1, { at: noon, by: 'ann' });
  store.tagRevision('Golden', 2, { at: noon, by: 'ann' });
  expect([...store.revisionNotes()].map(([number, { tags }]) => [number, tags])).toEqual([
    [2, ['Golden']],
  ]);
  store.tagRevision('GOLDEN', null, { at: noon, by: 'ann' });
  expect(store.revisionNotes().size).toBe(0);
  store.close();
});
