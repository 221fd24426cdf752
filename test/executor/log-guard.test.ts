import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogGuard } from '../../src/executor/log-guard.ts';
import { FakeClock } from '../support/fake-clock.ts';

let directory: string;
let log: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'jm2-guard-'));
  log = join(directory, 'log');
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the log guard', () => {
  it('keeps the log of a running command near its bound, however much it prints', () => {
    const clock = new FakeClock(0);
    const guard = createLogGuard(clock);
    guard.watch(directory, 10_000);
    for (let second = 0; second < 20; second += 1) {
      appendFileSync(log, String(second % 10).repeat(30_000));
      clock.advance(1_000);
      expect(statSync(log).size).toBe(5_000);
      expect(statSync(`${log}.tail`).size).toBe(5_000 + 128);
    }
  });

  it('puts head, count and tail together at the end', () => {
    const clock = new FakeClock(0);
    const guard = createLogGuard(clock);
    guard.watch(directory, 10_000);
    appendFileSync(log, 'a'.repeat(4_000) + 'b'.repeat(30_000));
    clock.advance(1_000);
    appendFileSync(log, 'c'.repeat(4_500));
    expect(guard.finish(directory)).toEqual([
      {
        code: 'log_cut',
        text: '28500 bytes were cut out of the run log by log.max_size',
        at: 1_000,
      },
    ]);
    expect(readFileSync(log, 'utf8')).toBe(
      `${'a'.repeat(4_000)}${'b'.repeat(1_000)}` +
        '\n[jm2: 28500 bytes of output were cut here by log.max_size]\n' +
        `${'b'.repeat(500)}${'c'.repeat(4_500)}`,
    );
    expect(existsSync(`${log}.tail`)).toBe(false);
  });

  it('cuts a command that printed and ended between two looks', () => {
    const guard = createLogGuard(new FakeClock(0));
    guard.watch(directory, 10_000);
    appendFileSync(log, 'x'.repeat(50_000));
    guard.finish(directory);
    expect(statSync(log).size).toBeLessThan(10_100);
  });

  it('does not touch a log within its bound', () => {
    const clock = new FakeClock(0);
    const guard = createLogGuard(clock);
    guard.watch(directory, 10_000);
    appendFileSync(log, 'x'.repeat(10_000));
    clock.advance(5_000);
    expect(guard.finish(directory)).toEqual([]);
    expect(readFileSync(log, 'utf8')).toBe('x'.repeat(10_000));
  });

  it('wakes up only while a command runs', () => {
    const clock = new FakeClock(0);
    const guard = createLogGuard(clock);
    expect(clock.timerCount).toBe(0);
    guard.watch(directory, 10_000);
    guard.watch(join(directory, 'other'), 10_000);
    expect(clock.timerCount).toBe(1);
    guard.finish(directory);
    guard.finish(join(directory, 'other'));
    clock.advance(1_000);
    expect(clock.timerCount).toBe(0);
  });

  it('tells that the log was removed or replaced while the command ran, and touches no other file', () => {
    const clock = new FakeClock(0);
    for (const harm of [() => rmSync(log), () => renameSync(`${log}.other`, log)]) {
      writeFileSync(log, 'a');
      writeFileSync(`${log}.other`, 'x'.repeat(50_000));
      const guard = createLogGuard(clock);
      guard.watch(directory, 10_000);
      harm();
      clock.advance(1_000);
      const at = clock.now();
      clock.advance(5_000);
      expect(guard.finish(directory)).toMatchObject([{ code: 'log_replaced', at }]);
    }
    expect(statSync(log).size).toBe(50_000);
  });

  it('tells that the disk was full, for all logs that were written then', () => {
    const clock = new FakeClock(0);
    const disk = { isFull: false };
    const guard = createLogGuard(clock, () => disk.isFull);
    writeFileSync(log, 'a');
    guard.watch(directory, 10_000);
    clock.advance(1_000);
    disk.isFull = true;
    clock.advance(2_000);
    disk.isFull = false;
    clock.advance(3_000);
    expect(guard.finish(directory)).toMatchObject([{ code: 'log_incomplete', at: 2_000 }]);
  });
});
