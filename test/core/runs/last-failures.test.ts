import { expect, it } from 'vitest';
import { lastFailures } from '../../../src/core/runs/last-failures.ts';
import type { RunState } from '../../../src/core/runs/run.ts';

const aRun = (id: string, state: RunState, more: { at?: string; repeats?: string } = {}) => ({
  id,
  job: 'a',
  state,
  nominalTime: more.at ?? null,
  repeats: more.repeats ?? null,
});
const ids = (newestFirst: ReturnType<typeof aRun>[]) =>
  lastFailures(newestFirst).map(({ id }) => id);

it('leaves out an occurrence whose newest run succeeded or goes on', () => {
  expect(
    ids([
      aRun('r5', 'running', { at: 'noon' }),
      aRun('r4', 'succeeded', { at: 'ten' }),
      aRun('r3', 'failed', { at: 'noon' }),
      aRun('r2', 'failed', { at: 'ten' }),
      aRun('r1', 'lost', { at: 'nine' }),
    ]),
  ).toEqual(['r1']);
});

it('follows a run by hand through those that repeated it', () => {
  expect(
    ids([
      aRun('r5', 'timed_out'),
      aRun('r4', 'succeeded', { repeats: 'r3' }),
      aRun('r3', 'failed', { repeats: 'r1' }),
      aRun('r2', 'canceled'),
      aRun('r1', 'failed'),
    ]),
  ).toEqual(['r5']);
});

it('ends also where repetitions would go round in a circle', () => {
  const circle = [aRun('r2', 'failed', { repeats: 'r1' }), aRun('r1', 'failed', { repeats: 'r2' })];
  expect(ids(circle)).toHaveLength(2);
});
