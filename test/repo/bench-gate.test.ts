import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error the bench has no types
import { bestOf, worsened } from '../../bench/verdict.mjs';

test('a ratio that is worse by a third passes, one that is worse by more does not', () => {
  const recorded = { runs: 1.5, plan: 3 };
  expect(worsened(recorded, { runs: 2, plan: 4 })).toEqual([]);
  expect(worsened(recorded, { runs: 2.01, plan: 2 })).toEqual(['runs']);
});

test('a measure that was not taken, or came to no number, does not pass', () => {
  expect(worsened({ runs: 1.5, plan: 3 }, { runs: Number.NaN })).toEqual(['runs', 'plan']);
});

test('of several rounds the best counts', () => {
  expect(bestOf(bestOf({}, { runs: 3 }), { runs: 2 })).toEqual({ runs: 2 });
  expect(bestOf({ runs: 2 }, { runs: 3 })).toEqual({ runs: 2 });
});

test('what is recorded are ratios of processor time', () => {
  const recorded = Object.values(JSON.parse(readFileSync('bench/recorded.json', 'utf8')) as object);
  expect(recorded.length).toBeGreaterThanOrEqual(4);
  expect(recorded.every((ratio) => typeof ratio === 'number' && ratio > 0)).toBe(true);
});
