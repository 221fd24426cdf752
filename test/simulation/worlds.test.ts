import { describe, expect, it } from 'vitest';
import { broken } from './broken.ts';

describe('a simulated world', () => {
  // About a hundred days in all; `npm run simulate` goes on from here.
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])(
    'keeps every promise with seed %i',
    async (seed) => {
      expect(await broken({ seed, days: 2 })).toBeNull();
    },
    120_000,
  );
});
