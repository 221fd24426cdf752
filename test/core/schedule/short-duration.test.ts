import { describe, expect, it } from 'vitest';
import { coarseDuration, shortDuration } from '../../../src/core/schedule/short-duration.ts';

describe('a length of time', () => {
  it.each([
    [0, '0ms'],
    [250, '250ms'],
    [999.6, '1s'],
    [1_000, '1s'],
    [1_240, '1.2s'],
    [10_000, '10s'],
    [59_940, '59.9s'],
    [59_960, '1m'],
    [250_000, '4m10s'],
    [3_599_600, '1h'],
    [7_200_000, '2h'],
    [7_500_000, '2h5m'],
    [100 * 3_600_000, '4d4h'],
    [-1_500, '-1.5s'],
  ])('of %d ms reads "%s"', (ms, words) => {
    expect(shortDuration(ms)).toBe(words);
  });
});

describe('a distance', () => {
  it.each([
    [0, '1s'],
    [20_400, '20s'],
    [59_700, '1m'],
    [119_000, '1m'],
    [14 * 3_600_000 + 5 * 60_000, '14h5m'],
    [3 * 86_400_000 + 3_600_000, '3d1h'],
    [40 * 86_400_000 + 3_600_000, '40d'],
  ])('of %d ms reads "%s"', (ms, words) => {
    expect(coarseDuration(ms)).toBe(words);
  });
});
