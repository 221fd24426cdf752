import { expect, it } from 'vitest';
import { spentRenames, unknownRenames } from '../../../src/core/plan/spent-renames.ts';

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

it.each<[string, string[], ReturnType<typeof known>[], string[], string[]]>([
  ['of a name that nobody has', ['typo'], [known('other')], [], ['new']],
  ['of one that is in force', ['old'], [known('old')], [], []],
  ['of one that was', ['older'], [known('old', 'older')], [], []],
  ['of one that left not long ago', ['gone'], [known('other')], ['gone'], []],
  ['one of two', ['typo', 'old'], [known('old')], [], []],
  ['of a job that is there already', ['typo'], [known('new')], [], []],
  ['where nothing is in force', ['typo'], [], [], []],
  ['none', [], [known('other')], [], []],
])('a rename that nobody can carry out: %s', (_what, renamedFrom, recorded, removed, unknown) => {
  expect(unknownRenames([{ name: 'new', renamedFrom }], recorded, new Set(removed))).toEqual(
    unknown,
  );
});
