import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DURATION_MAX_MS,
  durationPattern,
  formatDuration,
  parseDuration,
} from '../../../src/core/schedule/parse-duration.ts';

describe('parseDuration', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1w', 604_800_000],
    ['1w2d3h4m5s6ms', 788_645_006],
    ['3650d', DURATION_MAX_MS],
  ])('reads %s as %i ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, ms });
  });

  it.each([
    ['', 1, 'a duration is missing, such as 90s or 1h30m'],
    ['0s', 1, 'a duration must be above zero'],
    ['-5m', 1, 'a duration must be above zero'],
    ['90', 3, 'the unit is missing: one of w, d, h, m, s, ms'],
    ['1.5h', 2, 'a duration has whole numbers only, as in 1h30m'],
    ['1h1.5m', 4, 'a duration has whole numbers only, as in 1h30m'],
    ['30m1h', 5, 'the largest unit comes first, as in 1h30m'],
    ['1h2h', 4, 'the unit h appears twice'],
    ['1h 30m', 3, 'a duration has no blanks, as in 1h30m'],
    ['5 minutes', 2, 'write the unit as m, right after the number'],
    ['10sec', 3, 'write the unit as s, right after the number'],
    ['1y', 2, 'the unit "y" is not known: one of w, d, h, m, s, ms'],
    ['5M', 2, 'write the unit as m, right after the number'],
    ['soon', 1, 'a duration is a whole number with a unit, such as 90s or 1h30m'],
    ['3651d', 1, 'a duration must not exceed ten years (3650d)'],
    ['99999999999999999999999d', 1, 'a duration must not exceed ten years (3650d)'],
  ])('refuses %s at column %i', (text, column, problem) => {
    expect(parseDuration(text)).toEqual({ ok: false, problem, column });
  });

  it('has a pattern that lets every accepted duration pass and no other unit order', () => {
    const pattern = new RegExp(durationPattern);
    for (const text of ['250ms', '90s', '1h30m', '1w2d3h4m5s6ms', '5m', '3m5ms']) {
      expect(pattern.test(text)).toBe(true);
    }
    for (const text of ['', '90', '30m1h', '-5m', '1.5h', '1h 30m', '5M']) {
      expect(pattern.test(text)).toBe(false);
    }
  });

  it('reads back what formatDuration writes', () => {
    const pattern = new RegExp(durationPattern);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: DURATION_MAX_MS }), (ms) => {
        const text = formatDuration(ms);
        expect(parseDuration(text)).toEqual({ ok: true, ms });
        expect(pattern.test(text)).toBe(true);
      }),
      { seed: 20260329 },
    );
  });
});

describe('formatDuration', () => {
  it.each([
    [90_000, '1m30s'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [1_209_600_000, '2w'],
    [1_211_400_000, '14d30m'],
    [0, '0s'],
    [12, '12ms'],
    [-90_000, '-1m30s'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
