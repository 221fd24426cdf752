import { describe, expect, it } from 'vitest';
import { relativeTime } from '../../src/cli/views/durations.ts';

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
