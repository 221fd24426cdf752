// Which jobs were in force with a revision, from the changes that revisions made.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../../src/store/sqlite/open-store.ts';
import type { JobWrite, Store } from '../../src/store/store.ts';
import { systemIds } from '../../src/system/ids.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { aJob, apply, create, noon, specDigest } from '../support/store-records.ts';

let store: Store;
beforeEach(() => {
  store = openStore(':memory:', { clock: new FakeClock(noon), ids: systemIds });
});
afterEach(() => store.close());

const named = (uid: string, name: string, command = name): JobWrite => {
  const job = aJob(name, { command: { kind: 'shell', text: command, shell: '/bin/sh' } });
  return { kind: 'update', uid, job, digest: specDigest(job), watermark: null, aliases: [] };
};
const gone = (name: string): JobWrite => ({ kind: 'delete', uid: `uid-${name}`, at: noon });
const names = (revision: number) => [...(store.jobsOfRevision(revision)?.keys() ?? [])].toSorted();

it('those that had been created and had not left, by the names and specs of then', () => {
  apply(store, create('a'), create('b'));
  apply(store, named('uid-a', 'a', 'changed'), gone('b'), create('c'));
  apply(store, gone('a'));
  expect([1, 2, 3].map(names)).toEqual([['a', 'b'], ['a', 'c'], ['c']]);
  expect(store.jobsOfRevision(1)?.get('a')).toBe(specDigest(aJob('a')));
  expect(store.jobsOfRevision(2)?.get('a')).toContain('changed');
});

it('two that changed names have them in the order of then', () => {
  apply(store, create('a'), create('b'));
  apply(store, named('uid-a', 'b', 'of a'), named('uid-b', 'a', 'of b'));
  expect(store.jobsOfRevision(2)?.get('b')).toContain('of a');
  expect(store.jobsOfRevision(1)?.get('b')).toBe(specDigest(aJob('b')));
  apply(store, gone('a'));
  const uids = [1, 2, 3].map((revision) => Object.fromEntries(store.uidsOfRevision(revision)));
  expect(uids).toEqual([{ a: 'uid-a', b: 'uid-b' }, { a: 'uid-b', b: 'uid-a' }, { a: 'uid-b' }]);
});

it('one that left and came back was in force before and after, not between', () => {
  apply(store, create('a'), create('b'));
  apply(store, gone('a'));
  const job = aJob('a');
  const back = { kind: 'restore', uid: 'uid-a', job, digest: specDigest(job) } as const;
  apply(store, { ...back, watermark: noon, aliases: [] });
  expect([1, 2, 3].map(names)).toEqual([['a', 'b'], ['b'], ['a', 'b']]);
});

it('are not known where the beginning of a job is forgotten: none is better than a part', () => {
  apply(store, create('a'), create('b'));
  for (let n = 0; n < 110; n += 1) apply(store, named('uid-a', 'a', `command ${n}`));
  expect(store.jobChanges('uid-a')).toHaveLength(100);
  expect(store.jobsOfRevision(1)).toBeNull();
  expect(names(111)).toEqual(['a', 'b']);
});
