import { expect, test } from 'vitest';
import { untilBeat } from '../../src/system/clock.ts';

test.each([
  ['in the middle of a period', 12_345, 7_655],
  ['on the beat', 20_000, 10_000],
  ['a little before it, as a timer that counts whole milliseconds may fire', 29_999.4, 10_000.6],
  ['a little after it', 30_000.3, 9_999.7],
])('the next beat of ten seconds, %s', (_, mono, leftMs) => {
  expect(untilBeat(mono, 10_000)).toBeCloseTo(leftMs, 6);
});
