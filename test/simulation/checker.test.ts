import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { broken } from './broken.ts';

/** The store with one of its writes done in another way. */
function changed<Name extends keyof Store>(
  name: Name,
  change: (write: Store[Name]) => Store[Name],
): (store: Store) => Store {
  return (store) =>
    new Proxy(store, {
      get: (target, wanted) => {
        const found: unknown = Reflect.get(target, wanted);
        return wanted === name ? change(found as Store[Name]) : found;
      },
    });
}

describe('the checker of simulated worlds', () => {
  const world = { seed: 12, days: 2, weather: 'rough', density: 'normal' } as const;

  it('notices an occurrence without a row', async () => {
    const store = changed('recordOutcome', (record) => (outcome) => {
      if (outcome.disposition === 'admitted') record(outcome);
    });
    expect(await broken({ ...world, tamper: { store } })).toMatch(/^P2: /);
  });

  it('notices a command that is started twice', async () => {
    const result = await broken({
      ...world,
      tamper: {
        dispatcher: (sound) => ({
          ...sound,
          dispatch: (asked) => sound.dispatch([...asked, ...asked]),
        }),
      },
    });
    expect(result).toMatch(/^P1: attempt \S+ of \S+ was handed over twice/);
  });

  it('notices an exit code that nobody saw', async () => {
    const store = changed('endAttempt', (end) => (runId, attempt, how) => {
      end(runId, attempt, how.state === 'failed' ? { ...how, exitCode: 9 } : how);
    });
    expect(await broken({ ...world, seed: 4, days: 4, tamper: { store } })).toMatch(
      /^P3: .*nobody saw that exit code/,
    );
  });

  it('notices a pause that is kept in memory alone', async () => {
    const store = changed('setPause', () => () => {});
    expect(await broken({ ...world, tamper: { store } })).toMatch(
      /^(pause: .* under no pause|memory: .* comes next at never)/,
    );
  });

  it('notices runs that were skipped under a pause and not counted', async () => {
    const store = changed('setPause', (set) => (uid, pause) => {
      set(uid, pause === null ? null : { ...pause, skipped: 0 });
    });
    expect(await broken({ ...world, tamper: { store } })).toMatch(/^pause: .* in the ledger/);
  });

  it('notices a command that its timeout does not end', async () => {
    const result = await broken({
      ...world,
      days: 4,
      tamper: { dispatcher: (sound) => ({ ...sound, kill: () => true }) },
    });
    expect(result).toMatch(/^(timeout|drain): /);
  });

  it('notices a position that moves although nothing was settled', async () => {
    const store = changed('setWatermark', (set) => (uid, watermark, epoch) => {
      set(uid, watermark + 3_600_000, epoch);
    });
    expect(await broken({ ...world, tamper: { store } })).toMatch(/^(P2|epoch|P9): /);
  });
});
