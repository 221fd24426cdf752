import { describe, expect, it } from 'vitest';
import type { SourceRead } from '../../src/reconciler/read-source.ts';
import { readSettled } from '../../src/reconciler/settled-read.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** What the file holds from each instant on (ms after the hint); null: missing. */
type Timeline = readonly (readonly [at: number, text: string | null])[];

async function settle(
  timeline: Timeline,
  options: {
    lastGoodBytes?: number;
    gitBusyUntil?: number;
    hintsUntil?: number;
    age?: number;
  } = {},
) {
  const clock = new FakeClock('2026-03-01T00:00:00Z');
  const begunAt = clock.now();
  const read = (): Promise<SourceRead> => {
    const [at, text] = timeline.findLast(([since]) => since <= clock.monotonic()) ?? [0, null];
    if (text === null) return Promise.resolve({ kind: 'missing', detail: 'gone' });
    const changedAt = begunAt + at - (options.age ?? 0);
    return Promise.resolve({ kind: 'read', bytes: Buffer.from(text), digest: text, changedAt });
  };
  const result = await readSettled(
    {
      clock,
      read,
      sleep: (ms) => {
        clock.advance(ms);
        return Promise.resolve();
      },
      lastHintAt: () => Math.min(clock.monotonic(), options.hintsUntil ?? 0),
      isGitBusy: () => Promise.resolve(clock.monotonic() < (options.gitBusyUntil ?? 0)),
      isCutShort: () => false,
    },
    options.lastGoodBytes ?? null,
  );
  return { text: result.kind === 'read' ? result.digest : result.kind, atMs: clock.monotonic() };
}

describe('a settled read', () => {
  it('takes 100 ms of quiet', async () => {
    expect(await settle([[0, 'new']])).toEqual({ text: 'new', atMs: 100 });
  });

  it('follows content that changes until it holds still for 50 ms', async () => {
    const { text, atMs } = await settle([
      [0, 'a'],
      [40, 'ab'],
      [90, 'abc'],
      [130, 'abcd'],
    ]);
    expect(text).toBe('abcd');
    expect(atMs).toBeGreaterThanOrEqual(180);
  });

  it('waits 2 s when the file is more than 20 % smaller than the last good one', async () => {
    expect(await settle([[0, 'x'.repeat(79)]], { lastGoodBytes: 100 })).toMatchObject({
      atMs: 2000,
    });
    expect(await settle([[0, 'x'.repeat(80)]], { lastGoodBytes: 100 })).toMatchObject({
      atMs: 100,
    });
  });

  it('takes the rest of a file that comes 1.9 s after its cut', async () => {
    const whole = 'x'.repeat(100);
    const timeline: Timeline = [
      [0, ''],
      [1900, whole],
    ];
    expect((await settle(timeline, { lastGoodBytes: 100 })).text).toBe(whole);
  });

  it('does not wait for a file that has lain there for long', async () => {
    expect(await settle([[0, 'x']], { age: 60_000 })).toEqual({ text: 'x', atMs: 100 });
  });

  it('takes the rest of a file whose save was cut in two by a sleep of the host', async () => {
    const whole = 'x'.repeat(100);
    const timeline: Timeline = [
      [0, 'x'.repeat(60)],
      [300, whole],
    ];
    expect((await settle(timeline, { lastGoodBytes: 100, age: 60_000 })).text).toBe(whole);
  });

  it('sees through an absence shorter than half a second', async () => {
    const timeline: Timeline = [
      [0, null],
      [400, 'back'],
    ];
    expect((await settle(timeline)).text).toBe('back');
    expect(await settle([[0, null]])).toEqual({ text: 'missing', atMs: 500 });
  });

  it('waits for the end of a merge while both sides stand in the text', async () => {
    const torn = 'a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n';
    const timeline: Timeline = [
      [0, torn],
      [1500, 'a\nb\n'],
    ];
    expect((await settle(timeline)).text).toBe('a\nb\n');
    expect((await settle([[0, torn]])).atMs).toBe(2000);
  });

  it('waits while git changes the work tree', async () => {
    const timeline: Timeline = [
      [0, 'old'],
      [700, 'new'],
    ];
    expect((await settle(timeline, { gitBusyUntil: 800 })).text).toBe('new');
  });

  it('is not kept waiting for ever by hints without a change', async () => {
    const { text, atMs } = await settle([[0, 'same']], { hintsUntil: 60_000 });
    expect([text, atMs]).toEqual(['same', 1000]);
  });

  it('gives up after 10 s of endless writing', async () => {
    const endless: Timeline = Array.from({ length: 2000 }, (_, n) => [n * 10, `text ${n}`]);
    const { text, atMs } = await settle(endless);
    expect(text).toBe('unsettled');
    expect(atMs).toBeLessThan(11_000);
  });
});
