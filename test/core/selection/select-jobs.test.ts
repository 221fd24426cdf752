import fc from 'fast-check';
import { expect, it } from 'vitest';
import { selectJobs } from '../../../src/core/selection/select-jobs.ts';

const jobs = [
  { name: 'web-shop', tags: ['web', 'prod'], description: 'The shop' },
  { name: 'web-blog', tags: ['web'], description: null },
  { name: 'db.dump', tags: ['prod'], description: 'Nightly dump' },
];
const none = { names: [], tags: [], grep: null };

it.each([
  ['all without anything', none, 'web-shop web-blog db.dump'],
  ['a name', { ...none, names: ['db.dump'] }, 'db.dump'],
  ['a name without regard to case', { ...none, names: ['WEB-Blog'] }, 'web-blog'],
  ['a star', { ...none, names: ['web-*'] }, 'web-shop web-blog'],
  ['a question mark', { ...none, names: ['web-?log'] }, 'web-blog'],
  ['a set and a range', { ...none, names: ['[a-d]*', 'web-[sx]*'] }, 'web-shop db.dump'],
  ['a set that excludes', { ...none, names: ['[!w]*'] }, 'db.dump'],
  ['a dot as a dot', { ...none, names: ['d?.du*'] }, 'db.dump'],
  ['both tags', { ...none, tags: ['web', 'prod'] }, 'web-shop'],
  ['a name and a tag', { ...none, names: ['web-*'], tags: ['prod'] }, 'web-shop'],
  ['a word of the description', { ...none, grep: 'NIGHTLY' }, 'db.dump'],
  ['a word of a tag', { ...none, grep: 'web' }, 'web-shop web-blog'],
])('%s selects', (_, selection, names) => {
  expect(selectJobs(jobs, selection).names.join(' ')).toBe(names);
});

it('tells names that it does not know apart from patterns that match nothing', () => {
  const selected = selectJobs(jobs, { ...none, names: ['old-name', 'x*', 'web-shop'] });
  expect(selected).toEqual({ names: ['web-shop'], unknown: ['old-name'], idle: ['x*'] });
});

it('reads every pattern, however it is written', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      expect(() => selectJobs(jobs, { ...none, names: [text] })).not.toThrow();
    }),
    { numRuns: 500 },
  );
});
