import { describe, expect, it } from 'vitest';
import { exitCodeOfRun } from '../../src/cli/run-exit-code.ts';

describe('run --wait ends', () => {
  it.each([
    [{ state: 'succeeded', exitCode: 0, signal: null }, 0],
    [{ state: 'succeeded', exitCode: 3, signal: null }, 3],
    [{ state: 'failed', exitCode: 7, signal: null }, 7],
    [{ state: 'failed', exitCode: 0, signal: null }, 1],
    [{ state: 'failed', exitCode: null, signal: 'SIGKILL' }, 137],
    [{ state: 'failed', exitCode: null, signal: null }, 126],
    [{ state: 'timed_out', exitCode: null, signal: 'SIGTERM' }, 124],
    [{ state: 'lost', exitCode: null, signal: null }, 125],
    [{ state: 'canceled', exitCode: null, signal: 'SIGTERM' }, 130],
  ] as const)('%o with %d', (run, code) => {
    expect(exitCodeOfRun(run)).toBe(code);
  });
});
