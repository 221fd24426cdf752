import { expect, it } from 'vitest';
import { spentRenames } from '../../../src/core/plan/spent-renames.ts';

const known = (name: string, ...aliases: string[]) => ({ name, aliases });

it.each([
  ['applied', ['old'], [known('new', 'old')], [{ job: 'new', from: ['old'], left: [] }]],
  ['not yet applied', ['old'], [known('old')], []],
  ['of a new job', ['old'], [], []],
  [
    'of a name that nobody has',
    ['typo'],
    [known('new')],
    [{ job: 'new', from: ['typo'], left: [] }],
  ],
  ['of a job that is there, too', ['old'], [known('new'), known('old')], []],
  [
    'one of two',
    ['a', 'b'],
    [known('new', 'a'), known('b')],
    [{ job: 'new', from: ['a'], left: ['b'] }],
  ],
  [
    'a swap that is done',
    ['old'],
    [known('new', 'old'), known('old', 'new')],
    [{ job: 'new', from: ['old'], left: [] }],
  ],
  ['nothing at all', [], [known('new')], []],
])('a rename: %s', (_what, renamedFrom, recorded, spent) => {
  expect(spentRenames([{ name: 'new', renamedFrom }], recorded)).toEqual(spent);
});
