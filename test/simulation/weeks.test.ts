import { describe, expect, it } from 'vitest';
import { broken } from './broken.ts';
import { simulate } from './simulate.ts';

describe('a simulated world', () => {
  it.each([
    ['calm', 40],
    ['rough', 12],
  ] as const)(
    'keeps every promise for weeks of %s weather with jobs that come daily or less often',
    async (weather, days) => {
      expect(await broken({ seed: 19, days, weather, density: 'sparse' })).toBeNull();
    },
    120_000,
  );

  it('is the same world when made again from its seed', async () => {
    const [once, again] = [
      await simulate({ seed: 7, days: 1 }),
      await simulate({ seed: 7, days: 1 }),
    ];
    expect(again).toEqual(once);
  });
});
