import { expect, it } from 'vitest';
import { chooseBackfill } from '../../../src/core/runs/backfill.ts';

const runs = [
  { id: 'ok', nominalTime: 2, state: 'succeeded' },
  { id: 'bad', nominalTime: 3, state: 'failed' },
  { id: 'waits', nominalTime: 4, state: 'queued' },
] as const;
const decisions = (rules: { all: boolean; limit: number }) => {
  const { occurrences, more } = chooseBackfill([1, 2, 3, 4, 5], runs, rules);
  return [...occurrences.map(({ nominalTime, decision }) => `${nominalTime} ${decision}`), more];
};

it('runs what no run succeeded for and what is not under way', () => {
  expect(decisions({ all: false, limit: 9 })).toEqual([
    '1 run',
    '2 succeeded',
    '3 run',
    '4 under_way',
    '5 run',
    false,
  ]);
});

it('runs everything when asked to', () => {
  expect(decisions({ all: true, limit: 5 })).toEqual([
    '1 run',
    '2 run',
    '3 run',
    '4 run',
    '5 run',
    false,
  ]);
});

it('says that the range holds more than the limit allows, the oldest coming first', () => {
  expect(decisions({ all: false, limit: 2 })).toEqual([
    '1 run',
    '2 succeeded',
    '3 run',
    '4 under_way',
    true,
  ]);
});
