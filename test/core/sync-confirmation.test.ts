import { describe, expect, it } from 'vitest';
import {
  carriedOn,
  hasProvedItself,
  isProvable,
  parseConfirmation,
  withConfirmation,
  type Confirmation,
  type Proof,
  type TrialChanges,
} from '../../src/core/sync/confirmation.ts';
import { schedulesOf } from '../support/a-schedule.ts';

const a = { uid: 'uid-a', job: 'a' };
const b = { uid: 'uid-b', job: 'b' };
const changing = (provable: readonly (typeof a)[] = [], ...idle: string[]): TrialChanges => ({
  provable,
  idle: new Set(idle),
});
const asked = { withinMs: 1_000, by: 'ann', returnsTo: 4, when: null, changed: changing() };
const onTrial = (awaits: readonly (typeof a)[] | null): Confirmation =>
  withConfirmation(
    null,
    { ...asked, when: awaits === null ? null : 'succeeded', changed: changing(awaits ?? [b]) },
    5,
    10_000,
  );

describe('an apply on trial', () => {
  it('goes back to where the first one would, however often it is asked for again', () => {
    const again = withConfirmation(onTrial(null), { ...asked, returnsTo: 5 }, 6, 20_000);
    expect(again).toEqual({
      revision: 6,
      returnsTo: 4,
      deadline: 21_000,
      by: 'ann',
      since: 10_000,
    });
  });

  it('waits for the jobs of all that was applied meanwhile, once it waits for any', () => {
    expect(carriedOn(onTrial([a]), 6, changing([b, a]))).toMatchObject({
      revision: 6,
      awaits: [a, b],
    });
    const more = { ...asked, changed: changing([b]) };
    expect(withConfirmation(onTrial([a]), more, 6, 0).awaits).toEqual([a, b]);
    expect(withConfirmation(onTrial([a]), { ...more, when: 'succeeded' }, 6, 0).awaits).toEqual([
      a,
      b,
    ]);
  });

  it('does not wait any more for what was removed or suspended meanwhile', () => {
    expect(carriedOn(onTrial([a, b]), 6, changing([], 'uid-b')).awaits).toEqual([a]);
    expect(carriedOn(onTrial([a]), 6, changing([], 'uid-a')).awaits).toEqual([]);
  });

  it('that a person has to confirm stays with that person, whatever is applied meanwhile', () => {
    const more = { ...asked, when: 'succeeded' as const, changed: changing([b]) };
    expect(carriedOn(onTrial(null), 6, changing([b])).awaits).toBeUndefined();
    expect(withConfirmation(onTrial(null), more, 6, 0).awaits).toBeUndefined();
  });

  const proved = { revision: 5, succeededUnder: [5] };
  const open = { revision: 5, succeededUnder: [] };
  it.each<[string, Proof | null, Proof | null, boolean]>([
    ['no success yet', open, open, false],
    ['a success of one', proved, open, false],
    ['a success of each', proved, proved, true],
    ['a success of before', proved, { revision: 5, succeededUnder: [4, null] }, false],
    ['one that was changed again after it', proved, { revision: 6, succeededUnder: [5] }, false],
    ['an earlier spec run once more', proved, { revision: 6, succeededUnder: [5, 6] }, true],
    ['one of which nothing starts any more', proved, null, true],
    ['nothing left that could prove it', null, null, false],
  ])('with %s', (_, ofA, ofB, stays) => {
    const proofOf = (uid: string): Proof | null => (uid === 'uid-a' ? ofA : ofB);
    expect(hasProvedItself(onTrial([a, b]), proofOf)).toBe(stays);
  });

  it('that no run can confirm waits for a person', () => {
    expect(hasProvedItself(onTrial(null), () => proved)).toBe(false);
    expect(hasProvedItself(onTrial([]), () => proved)).toBe(false);
  });

  it('is proved by jobs that their schedules start alone', () => {
    const schedules = schedulesOf('every 1h');
    expect(isProvable({ suspend: false, schedules })).toBe(true);
    expect(isProvable({ suspend: true, schedules })).toBe(false);
    expect(isProvable({ suspend: false, schedules: [] })).toBe(false);
  });

  it('is read back as it was written, and as none where nobody wrote it', () => {
    for (const one of [onTrial(null), onTrial([a, b])]) {
      expect(parseConfirmation(JSON.stringify(one))).toEqual(one);
    }
    const damaged = [null, '', '7', 'null', '{"revision":1}'];
    const odd = [[a, null], [{ uid: 1, job: 'a' }], [{ uid: 'x' }], 'a'];
    for (const awaits of odd) damaged.push(JSON.stringify({ ...onTrial(null), awaits }));
    expect(damaged.map(parseConfirmation).filter((one) => one !== null)).toEqual([]);
  });
});
