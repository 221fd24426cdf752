import { describe, expect, it } from 'vitest';
import { heldJobs, isHeld, parseHold, type Hold } from '../../src/core/sync/hold.ts';

const bad = new Map([
  ['a', 'bad'],
  ['b', 'same'],
  ['new', 'n'],
]);
const good = new Map([
  ['a', 'good'],
  ['b', 'same'],
  ['gone', 'g'],
]);
const hold: Hold = {
  cause: 'rollback',
  mode: 'until_changed',
  by: 'alice',
  reason: 'wrong hour',
  since: 1,
  revision: 7,
  held: heldJobs(bad, good),
};

describe('a hold', () => {
  it('is about the jobs that differ from what is in force, also absent ones', () => {
    expect(hold.held).toEqual({ a: 'bad', new: 'n', gone: null });
  });

  const cases: [string, Record<string, string>, boolean][] = [
    ['the same content again, by whatever commit', Object.fromEntries(bad), true],
    ['another job changed beside it', { a: 'bad', b: 'other', new: 'n' }, true],
    ['one of its jobs put right, the others not', { a: 'good', b: 'same', new: 'n' }, true],
    ['all of its jobs put right', Object.fromEntries(good), false],
    ['all of its jobs say something else', { a: 'better', b: 'same', gone: 'h' }, false],
  ];
  it.each(cases)('%s', (_, manifest, expected) => {
    expect(isHeld(hold, new Map(Object.entries(manifest)))).toBe(expected);
  });

  it('by hand stays until somebody applies, whatever the manifest says', () => {
    expect(isHeld({ ...hold, mode: 'manual' }, good)).toBe(true);
  });

  it.each(['', '{', '1', '{"mode":"manual"}'])('no version wrote %j: there is none', (text) => {
    expect(parseHold(text)).toBeNull();
  });

  it('reads what it wrote', () => {
    expect(parseHold(JSON.stringify(hold))).toEqual(hold);
  });
});
