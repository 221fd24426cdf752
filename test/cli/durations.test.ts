import { describe, expect, it } from 'vitest';
import { humanDuration, relativeTime } from '../../src/cli/views/durations.ts';

describe('a length of time', () => {
  it.each([
    [0, '0 ms'],
    [250, '250 ms'],
    [1_000, '1 s'],
    [1_240, '1.2 s'],
    [59_960, '1 m'],
    [250_000, '4 m 10 s'],
    [7_200_000, '2 h'],
    [7_500_000, '2 h 5 m'],
    [100 * 3_600_000, '4 d 4 h'],
    [-1_500, '-1.5 s'],
  ])('of %d ms reads "%s"', (ms, words) => {
    expect(humanDuration(ms)).toBe(words);
  });
});

describe('a distance from now', () => {
  const now = 1_000_000_000_000;
  it.each([
    [0, 'now'],
    [20_000, 'in 20 s'],
    [4 * 60_000, 'in 4 m'],
    [-2 * 3_600_000, '2 h ago'],
    [14 * 3_600_000 + 5 * 60_000, 'in 14 h 5 m'],
    [-3 * 86_400_000, '3 d ago'],
    [40 * 86_400_000, 'in 40 d'],
  ])('of %d ms reads "%s"', (distance, words) => {
    expect(relativeTime(now + distance, now)).toBe(words);
  });
});
