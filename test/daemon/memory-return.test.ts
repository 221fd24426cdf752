import { describe, expect, test } from 'vitest';
import { createMemoryReturn } from '../../src/daemon/memory-return.ts';
import { FakeClock } from '../support/fake-clock.ts';

function aReturn(quietForMs: () => number) {
  const clock = new FakeClock(0);
  const at: number[] = [];
  const memory = createMemoryReturn({
    clock,
    quietForMs,
    collect: () => at.push(clock.monotonic()),
  });
  return { clock, at, memory };
}

describe('memory is given back', () => {
  test('in two passes, some time after a manifest was taken up', () => {
    const { clock, at, memory } = aReturn(() => 10_000);
    memory.loaded();
    memory.loaded();
    clock.advance(60_000);
    expect(at).toEqual([2_000, 5_000]);
  });

  test('not while something is about to start', () => {
    let quietForMs = 499;
    const { clock, at, memory } = aReturn(() => quietForMs);
    memory.loaded();
    clock.advance(4_500);
    quietForMs = 500;
    clock.advance(10_000);
    expect(at).toEqual([5_000, 8_000]);
  });

  test('never in a daemon that has no quiet moment, which is not asked for ever', () => {
    const { clock, at, memory } = aReturn(() => 0);
    memory.loaded();
    clock.advance(120_000);
    expect([at, clock.timerCount]).toEqual([[], 0]);
  });

  test('after many runs, and after few ones not at all', () => {
    const { clock, at, memory } = aReturn(() => 10_000);
    for (let run = 0; run < 499; run += 1) memory.ended();
    clock.advance(10_000);
    expect(at).toEqual([]);
    memory.ended();
    clock.advance(20_000);
    expect(at).toEqual([12_000, 15_000]);
  });

  test('not any more when the daemon stops', () => {
    const { clock, at, memory } = aReturn(() => 10_000);
    memory.loaded();
    memory.stop();
    memory.loaded();
    clock.advance(10_000);
    expect(at).toEqual([]);
  });
});
