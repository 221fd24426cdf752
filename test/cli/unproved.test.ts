import { expect, it } from 'vitest';
import type { JobView } from '../../src/api/service.ts';
import { unprovedWords } from '../../src/cli/views/unproved.ts';

const confirmation = {
  revision: 5,
  returnsTo: 4,
  by: 'ann',
  since: '2026-03-01T02:00:00.000Z',
  deadline: '2026-03-01T03:00:00.000Z',
  awaits: ['a', 'b'],
};
const soon = '2026-03-01T02:30:00.000Z';
const late = '2026-03-01T03:00:00.000Z';
const job = (name: string, nextRun: string | null, more: Partial<JobView> = {}): JobView =>
  ({ name, nextRun, pause: null, lastRun: null, ...more }) as JobView;
const paused = { pause: { by: 'bob' } } as Partial<JobView>;
const ran = (startedAt: string) =>
  ({ lastRun: { state: 'succeeded', startedAt } }) as Partial<JobView>;

it.each<[string, JobView[], string | null]>([
  ['all start in time', [job('a', soon), job('b', soon)], null],
  ['another job is paused', [job('a', soon), job('b', soon), job('c', null, paused)], null],
  ['one is paused', [job('a', soon), job('b', null, paused)], 'b is paused'],
  [
    'one starts at the deadline',
    [job('a', late), job('b', soon)],
    'a starts only after the deadline',
  ],
  ['none starts', [job('a', null), job('b', null)], 'a, b start only after the deadline'],
  ['one has succeeded since', [job('a', late, ran(soon)), job('b', soon)], null],
  [
    'one succeeded before',
    [job('a', late, ran('2026-03-01T01:00:00.000Z'))],
    'a starts only after the deadline',
  ],
  [
    'both things',
    [job('a', null, paused), job('b', late)],
    'a is paused, b starts only after the deadline',
  ],
])('tells of a trial whose jobs cannot prove it in time: %s', (_, jobs, told) => {
  expect(unprovedWords(confirmation, jobs)).toBe(told && `${told}: jm2 run, or jm2 confirm`);
});
