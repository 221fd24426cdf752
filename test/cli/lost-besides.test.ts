import { expect, it } from 'vitest';
import { lostBesides } from '../../src/cli/lost-besides.ts';

/** A plan that lets these jobs go, and leaves so many others as they are. */
function planOf(removed: string, unchanged: number, guard = true) {
  const changes = removed.split(',').map((job) => ({ job, action: 'delete' as const }));
  const summary = { create: 0, update: 0, rename: 0, delete: changes.length, unchanged, retain: 0 };
  return { changes, summary, guard: guard ? { code: 'shrink', detail: '' } : null };
}

it.each([
  ['four that the file has lost', planOf('a,b,c,d', 5), ['x'], 'a,b,c,d'],
  ['three, as the watcher would', planOf('a,b,c,x', 5), ['x'], ''],
  [
    'those that the edit removes itself',
    planOf('a,b,c,d,e,f', 5),
    ['a', 'b', 'c', 'd', 'e', 'f'],
    '',
  ],
  ['a tenth of many', planOf('a,b,c,d', 40), [], ''],
  ['any, where the manifest allows it', planOf('a,b,c,d', 0, false), [], ''],
  ['any, for a change of all', planOf('a,b,c,d', 0), null, ''],
  ['none without a store', null, [], ''],
])('an edit lets go: %s', (_what, plan, touched, held) => {
  expect(lostBesides(plan, touched).join(',')).toBe(held);
});
