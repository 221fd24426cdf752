import { describe, expect, it } from 'vitest';
import { endOfSilent, unattendedSince } from '../../../src/core/runs/daemon-life.ts';
import type { DaemonLife } from '../../../src/core/runs/daemon-life.ts';

const life = (changes: Partial<DaemonLife> = {}): DaemonLife => ({
  id: 'd',
  version: '0.2.0',
  pid: 7,
  bootId: 'boot',
  startedAt: 100,
  admittingFrom: 110,
  admittingUntil: null,
  seenAt: 100,
  ended: null,
  ...changes,
});

describe('a daemon that left no word', () => {
  it.each([
    ['was last alive when it last touched its file', [900, null], 900],
    ['was alive when it admitted a run after that', [900, 905], 905],
    ['was alive at its start when there is no other sign', [null, null], 100],
    ['was not alive in the future, whatever a file says', [5_000, null], 100],
    ['was not dead before it was born, whatever a file of before says', [40, null], 100],
  ])('%s', (_, signs, seenAt) => {
    const end = endOfSilent(life(), { bootId: 'boot', now: 1_000, signs });
    expect(end).toEqual({ seenAt, ended: { at: seenAt, how: 'crashed' } });
  });

  it('went down with the host when the host has booted since', () => {
    const end = endOfSilent(life(), { bootId: 'another', now: 1_000, signs: [900] });
    expect(end.ended).toEqual({ at: 900, how: 'rebooted' });
  });
});

describe('nothing was admitted', () => {
  const stopped = { at: 950, how: 'stopped' } as const;

  it.each([
    ['nobody knows since when before the first daemon', [], null],
    ['since the end of the last daemon', [life({ ended: stopped })], 950],
    ['since the last daemon began to drain', [life({ admittingUntil: 930, ended: stopped })], 930],
    [
      'since the daemon before one that never came to admit',
      [life({ admittingFrom: null, ended: { at: 990, how: 'crashed' } }), life({ ended: stopped })],
      950,
    ],
    ['since it was last seen, when nobody has looked yet', [life({ seenAt: 970 })], 970],
  ])('%s', (_, lives, since) => {
    expect(unattendedSince(lives)).toBe(since);
  });
});
