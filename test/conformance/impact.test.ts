// What a plan says of one change, held to two lives of the job from there on. The
// whole is `npm run prove:impact`; here is a seeded sample of it.
import { expect, it } from 'vitest';
import { judgeWorlds } from './impact/judge-worlds.ts';

it('next run, runs, lost, gained, period, made up for and sums are what happens', () => {
  const { worlds, disagreements, seen } = judgeWorlds(1, 200);
  expect(disagreements).toEqual([]);
  expect(worlds).toBe(200);
  // A sample without them would prove little.
  for (const kind of ['period_lost', 'period_doubled', 'made up for', 'paused', 'period month']) {
    expect([kind, (seen.get(kind) ?? 0) > 0]).toEqual([kind, true]);
  }
});
