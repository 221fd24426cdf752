import { describe, expect, test } from 'vitest';
import { createLoopDelayMeter } from '../../src/system/loop-delay.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('the meter of the event loop', () => {
  test('knows nothing and holds no timer until there is work', () => {
    const clock = new FakeClock(0);
    const meter = createLoopDelayMeter(clock);
    clock.advance(60_000);
    expect([meter.read(), clock.timerCount]).toEqual([null, 0]);
  });

  test('stops by itself a second after the last work', () => {
    const clock = new FakeClock(0);
    const meter = createLoopDelayMeter(clock);
    meter.noteWork();
    clock.advance(900);
    expect(clock.timerCount).toBe(1);
    clock.advance(200);
    expect(clock.timerCount).toBe(0);
    expect(meter.read()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0, since: 0 });
  });

  test('counts a blocked loop as everybody who had to wait for it', () => {
    const clock = new FakeClock(0);
    const meter = createLoopDelayMeter(clock);
    meter.noteWork();
    clock.advance(500);
    clock.freeze(1_020);
    clock.advance(0);
    const seen = meter.read();
    expect(seen?.maxMs).toBeCloseTo(1_000, -1);
    expect(seen?.p99Ms).toBeGreaterThan(900);
    expect(seen?.p50Ms).toBeGreaterThan(200);
  });

  test('forgets after an hour what was measured before', () => {
    const clock = new FakeClock(0);
    const meter = createLoopDelayMeter(clock);
    meter.noteWork();
    clock.freeze(500);
    clock.advance(2 * 3_600_000);
    meter.noteWork();
    clock.advance(100);
    expect(meter.read()).toMatchObject({ maxMs: 0, since: 2 * 3_600_000 + 500 });
  });

  test('takes no samples after its close', () => {
    const clock = new FakeClock(0);
    const meter = createLoopDelayMeter(clock);
    meter.noteWork();
    meter.close();
    meter.noteWork();
    expect(clock.timerCount).toBe(0);
  });
});
