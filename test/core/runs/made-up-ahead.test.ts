// What an apply has made up for before its time is not to come any more.
import { describe, expect, it } from 'vitest';
import {
  madeUpText,
  parseMadeUp,
  withMadeUp,
  withoutMadeUp,
} from '../../../src/core/runs/made-up-ahead.ts';
import { toIso } from '../../../src/core/schedule/local-time.ts';
import { compiled, timesIn } from '../../support/a-schedule.ts';

const at = (text: string): number => Date.parse(text);
const daily = compiled('0 23 * * *');
const today = at('2026-03-27T23:00:00Z');
const noon = at('2026-03-27T12:00:00Z');

describe('a schedule without what was made up for', () => {
  const open = withoutMadeUp(daily, [today, at('2026-03-28T22:00:00Z')]);

  it('has its next run a day later, and its last one a day earlier', () => {
    expect(toIso(open.next(noon)?.nominalTime ?? 0)).toBe('2026-03-28T23:00:00Z');
    expect(toIso(open.previous(today)?.nominalTime ?? 0)).toBe('2026-03-26T23:00:00Z');
    expect(timesIn(open, '2026-03-27T00:00:00Z', '2026-03-29T00:00:00Z')).toEqual([
      '2026-03-28T23:00:00Z',
    ]);
    const blocks = [...open.times(at('2026-03-27T00:00:00Z'), at('2026-03-29T00:00:00Z'))];
    expect(blocks.flatMap((block) => [...block])).toEqual([at('2026-03-28T23:00:00Z')]);
    expect(open.hasJitter).toBe(false);
  });

  it.each([
    ['2026-03-27T00:00:00Z', '2026-04-03T00:00:00Z', 9, 6],
    ['2026-03-27T00:00:00Z', '2026-03-28T00:00:00Z', 9, 0],
    ['2026-03-28T00:00:00Z', '2026-04-03T00:00:00Z', 9, 6],
    ['2026-03-27T00:00:00Z', '2026-04-03T00:00:00Z', 4, 4],
  ])('counts from %s to %s, up to %i: %i', (from, to, cap, expected) => {
    expect(open.count(at(from), at(to), cap)).toBe(expected);
  });

  it('is the same schedule where there is none, and ends where none is left', () => {
    expect(withoutMadeUp(daily, [])).toBe(daily);
    expect(withoutMadeUp(daily, undefined)).toBe(daily);
    const once = compiled('at 2026-03-27T23:00:00');
    expect(withoutMadeUp(once, [today]).next(noon)).toBeNull();
    expect(withoutMadeUp(once, [today]).previous(today)).toBeNull();
  });
});

describe('what is kept of it', () => {
  it('is read as it was written, without what has passed, in order', () => {
    const ahead = withMadeUp(withMadeUp(new Map(), 'u1', today), 'u1', noon + 1);
    const text = madeUpText(withMadeUp(ahead, 'u2', noon));
    expect(parseMadeUp(text, noon)).toEqual(new Map([['u1', [noon + 1, today]]]));
    expect(madeUpText(parseMadeUp(text, today))).toBeNull();
  });

  it.each([null, '', '[', '7', 'null', '{"u1": 7}', '{"u1": ["x"]}'])(
    'is none where it says %j',
    (text) => {
      expect(parseMadeUp(text, noon).size).toBe(0);
    },
  );
});
