import { describe, expect, it } from 'vitest';
import {
  afterTurn,
  effectivePriority,
  isBefore,
  stillWaitingSince,
  waitingSince,
  type Turn,
} from '../../../src/core/runs/turns.ts';

const minute = 60_000;
const turn = (changes: Partial<Turn> = {}): Turn => ({
  priority: 0,
  since: 0,
  served: 0,
  dueAt: 0,
  order: 1,
  ...changes,
});

describe('whose turn it is', () => {
  it.each<[string, Partial<Turn>, Partial<Turn>]>([
    ['the higher priority', { priority: 1, order: 2 }, { priority: 0, order: 1 }],
    ['high before normal, though due later', { priority: 10, dueAt: 9 }, { dueAt: 1 }],
    ['the job that had no turn yet', { served: 0, dueAt: 9 }, { served: 3, dueAt: 1 }],
    ['the job whose turn is longest ago', { served: 3 }, { served: 7 }],
    ['the one due first', { dueAt: 1, order: 2 }, { dueAt: 2, order: 1 }],
    ['the one admitted first', { order: 1 }, { order: 2 }],
    ['five minutes of waiting make up for one step', { since: 0 }, { since: 300_001, priority: 1 }],
    ['less than that does not', { since: 299_999, priority: 1 }, { since: 0 }],
    [
      'low before a high one that came 101 minutes later',
      { priority: -10 },
      { priority: 10, since: 101 * minute },
    ],
  ])('%s', (_, first, second) => {
    expect(isBefore(turn(first), turn(second))).toBe(true);
    expect(isBefore(turn(second), turn(first))).toBe(false);
  });

  it('is the same at every later time, so that a line never has to be sorted again', () => {
    const low = turn({ priority: -10, since: 0 });
    const high = turn({ priority: 10, since: 99 * minute });
    for (const mono of [100, 200, 100_000].map((minutes) => minutes * minute)) {
      expect(effectivePriority(high, mono) - effectivePriority(low, mono)).toBeCloseTo(0.2);
    }
  });
});

describe('since when a run waits', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const at = { mono: 10 * minute, now, dueAt: now, heldUpUntil: null };

  it.each([
    ['one admitted in time: since then', at, 10 * minute],
    ['one admitted late: since it was due', { ...at, dueAt: now - 20_000 }, 10 * minute - 20_000],
    ['... for a minute at most', { ...at, dueAt: now - 9 * minute }, 9 * minute],
    [
      'one held up by an interruption: since that ended',
      { ...at, dueAt: now - 9 * minute, heldUpUntil: now - 5_000 },
      10 * minute - 5_000,
    ],
    [
      'one due in the future of a clock set back: since now',
      { ...at, dueAt: now + minute },
      10 * minute,
    ],
  ])('%s', (_, given, expected) => {
    expect(waitingSince(given)).toBe(expected);
  });

  it('goes on over a restart, and begins anew with a retry and a turn', () => {
    expect(stillWaitingSince(10 * minute, now, now - 3 * minute)).toBe(7 * minute);
    expect(afterTurn(10 * minute + 700)).toBe(10 * minute);
  });
});
