import { describe, expect, it } from 'vitest';
import {
  heldByPerson,
  heldJobs,
  isHeld,
  isHoldOver,
  outlasting,
  parseHold,
  type Hold,
} from '../../src/core/sync/hold.ts';

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
  until: null,
  under: null,
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

  it('of an earlier version lasts until somebody ends it, and lies over nothing', () => {
    const { until: _until, under: _under, ...earlier } = hold;
    expect(parseHold(JSON.stringify(earlier))).toEqual(hold);
    expect(parseHold(JSON.stringify({ ...hold, until: 'soon', under: 7 }))).toEqual(hold);
  });

  const word = { by: 'bob', reason: null, since: 5, revision: 8, until: 10 };
  it.each([
    [null, 10, false],
    [10, 9, false],
    [10, 10, true],
  ])('until %s is over at %s: %s', (until, now, expected) => {
    expect(isHoldOver({ ...hold, until }, now)).toBe(expected);
  });

  it('of a person lies over the one before, and a second one over the same', () => {
    const first = heldByPerson(hold, word);
    expect(first).toMatchObject({ cause: 'person', mode: 'manual', held: hold.held, under: hold });
    expect(heldByPerson(first, { ...word, by: 'eve' })).toMatchObject({ by: 'eve', under: hold });
    expect(heldByPerson(null, word)).toMatchObject({ held: {}, under: null });
    expect(parseHold(JSON.stringify(first))).toEqual(first);
  });

  it('of a person outlasts an apply, and what it lay over does not', () => {
    expect(outlasting(heldByPerson(hold, word))).toMatchObject({
      by: 'bob',
      until: 10,
      under: null,
    });
    expect([outlasting(hold), outlasting(null)]).toEqual([null, null]);
  });

  it('reads what it wrote', () => {
    expect(parseHold(JSON.stringify(hold))).toEqual(hold);
  });
});
