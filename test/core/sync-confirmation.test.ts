import { describe, expect, it } from 'vitest';
import {
  carriedOn,
  parseConfirmation,
  stillAwaited,
  withConfirmation,
  type Confirmation,
} from '../../src/core/sync/confirmation.ts';

const a = { uid: 'uid-a', job: 'a' };
const b = { uid: 'uid-b', job: 'b' };
const asked = { withinMs: 1_000, by: 'ann', returnsTo: 4 };
const onTrial = (awaits: readonly (typeof a)[] | null): Confirmation =>
  withConfirmation(null, { ...asked, awaits }, 5, 10_000);

describe('an apply on trial', () => {
  it('goes back to where the first one would, however often it is asked for again', () => {
    const again = withConfirmation(
      onTrial(null),
      { ...asked, returnsTo: 5, awaits: null },
      6,
      20_000,
    );
    expect(again).toEqual({
      revision: 6,
      returnsTo: 4,
      deadline: 21_000,
      by: 'ann',
      since: 10_000,
    });
  });

  it('waits for the jobs of all that was applied meanwhile, once it waits for any', () => {
    expect(carriedOn(onTrial([a]), 6, [b, a])).toMatchObject({ revision: 6, awaits: [a, b] });
    expect(withConfirmation(onTrial([a]), { ...asked, awaits: [b] }, 6, 0).awaits).toEqual([a, b]);
    expect(carriedOn(onTrial(null), 6, [b]).awaits).toBeUndefined();
  });

  it.each([
    ['no run yet', [], [a]],
    ['a run that failed', [{ state: 'failed', revision: 5 }], [a]],
    ['a success of before', [{ state: 'succeeded', revision: 4 }], [a]],
    ['a success of an unknown revision', [{ state: 'succeeded', revision: null }], [a]],
    ['a success under it', [{ state: 'succeeded', revision: 5 }], []],
    [
      'a success of later, after a failure',
      [
        { state: 'succeeded', revision: 6 },
        { state: 'failed', revision: 5 },
      ],
      [],
    ],
    ['no such job any more', null, []],
  ])('with %s', (_, runs, left) => {
    expect(stillAwaited(onTrial([a]), () => runs)).toEqual(left);
  });

  it('that no run can confirm waits for a person', () => {
    expect(stillAwaited(onTrial(null), () => [])).toBeNull();
    expect(stillAwaited(onTrial([]), () => [])).toBeNull();
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
