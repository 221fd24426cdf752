import { describe, expect, it } from 'vitest';
import {
  tenuresOf,
  tenuresWithin,
  tenureWords,
  type NameBearer,
} from '../../../src/core/why/tenures.ts';

type Change = NameBearer['changes'][number];
const at = (revision: number, action: Change['action'], name = 'a'): Change => ({
  revision,
  at: revision * 10,
  action,
  name,
});
const bearer = (uid: string, changes: readonly Change[], aliases: string[] = []): NameBearer => ({
  uid,
  aliases,
  changes,
});
const told = (...bearers: NameBearer[]): string[] =>
  tenuresOf('a', bearers).map(({ uid, from, to, since, until }) =>
    [uid, `${from}..${to}`, tenureWords({ since, until }) ?? 'always'].join(' '),
  );

describe('who had a name when', () => {
  it.each([
    [
      'removed, and another one came later',
      told(
        bearer('x', [at(1, 'create'), at(7, 'delete')]),
        bearer('y', [at(9, 'create'), at(10, 'update')]),
      ),
      ['x 10..70 from revision 1 to 7', 'y 90..Infinity since revision 9'],
    ],
    [
      'two that swapped their names',
      told(
        bearer('x', [at(1, 'create'), at(4, 'update', 'b')], ['a']),
        bearer('y', [at(1, 'create', 'b'), at(4, 'update')], ['b']),
      ),
      ['x 10..40 from revision 1 to 4', 'y 40..Infinity since revision 4'],
    ],
    [
      'renamed: the former name leads to it until another one gets it',
      told(
        bearer('x', [at(1, 'create'), at(4, 'update', 'b')], ['a']),
        bearer('y', [at(6, 'create')]),
      ),
      ['x 10..60 from revision 1 to 6', 'y 60..Infinity since revision 6'],
    ],
    [
      'renamed, and removed before another one got it',
      told(
        bearer('x', [at(1, 'create'), at(4, 'update', 'b'), at(5, 'delete', 'b')], ['a']),
        bearer('y', [at(6, 'create')]),
      ),
      ['x 10..50 from revision 1 to 5', 'y 60..Infinity since revision 6'],
    ],
    [
      'renamed and back: one time without a gap',
      told(bearer('x', [at(1, 'create'), at(4, 'update', 'b'), at(5, 'update')], ['a', 'b'])),
      ['x 10..Infinity since revision 1'],
    ],
    [
      'what came before the first change on record is not known',
      told(bearer('x', [at(3, 'known'), at(7, 'delete')]), bearer('y', [at(8, 'create', 'A')])),
      ['x -Infinity..70 until revision 7', 'y 80..Infinity since revision 8'],
    ],
    [
      'renamed before anything on record',
      told(bearer('x', [at(3, 'known', 'b')], ['a']), bearer('y', [at(5, 'create')])),
      ['x -Infinity..50 until revision 5', 'y 50..Infinity since revision 5'],
    ],
  ])('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('a time is that of those within it, else of the next, else of the last', () => {
    const tenures = tenuresOf('a', [
      bearer('x', [at(2, 'create'), at(4, 'delete')]),
      bearer('y', [at(6, 'create'), at(8, 'delete')]),
    ]);
    const of = (from: number, to: number): string[] =>
      tenuresWithin(tenures, { from, to }).map(({ uid }) => uid);
    expect([of(30, 31), of(40, 41), of(41, 42), of(61, 62)]).toEqual([['x'], ['x'], ['y'], ['y']]);
    expect([of(0, 100), of(0, 5), of(90, 99)]).toEqual([['x', 'y'], ['x'], ['y']]);
  });
});
