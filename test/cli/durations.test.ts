import { describe, expect, it } from 'vitest';
import { humanDuration, relativeTime } from '../../src/cli/views/durations.ts';

describe('a length of time', () => {
  it.each([
    [0, '0ms'],
    [250, '250ms'],
    [1_000, '1s'],
    [1_240, '1.2s'],
    [59_960, '1m'],
    [250_000, '4m10s'],
    [7_200_000, '2h'],
    [7_500_000, '2h5m'],
    [100 * 3_600_000, '4d4h'],
    [-1_500, '-1.5s'],
  ])('of %d ms reads "%s"', (ms, words) => {
    expect(humanDuration(ms)).toBe(words);
  });
});

describe('a distance from now', () => {
  const now = 1_000_000_000_000;
  it.each([
    [0, 'now'],
    [20_000, 'in 20s'],
    [4 * 60_000, 'in 4m'],
    [-2 * 3_600_000, '2h ago'],
    [14 * 3_600_000 + 5 * 60_000, 'in 14h5m'],
    [-3 * 86_400_000, '3d ago'],
    [40 * 86_400_000, 'in 40d'],
  ])('of %d ms reads "%s"', (distance, words) => {
    expect(relativeTime(now + distance, now)).toBe(words);
  });
});
