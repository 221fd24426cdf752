import { expect, it } from 'vitest';
import type { RunView } from '../../src/api/service.ts';
import type { RunState } from '../../src/core/runs/run.ts';
import { resultStrip, resultStrips, stripWidth } from '../../src/cli/views/result-strip.ts';
import { aRunView } from '../support/fake-service.ts';
import { aTerminal } from '../support/terminal.ts';

const run = (state: RunState, durationMs: number | null = null): RunView => ({
  ...aRunView,
  state,
  durationMs,
  startedAt: '2026-03-27T13:04:00.000Z',
});

it('shows the oldest first: bars by duration for success, letters for the rest', () => {
  const newestFirst = [
    run('running'),
    run('succeeded', 1000),
    run('succeeded', 500),
    run('succeeded', 0),
    run('failed', 10),
    run('timed_out', 10),
    run('lost'),
    run('canceled'),
  ];
  expect(resultStrip(newestFirst, aTerminal())).toBe('CLTF▁▅█r');
});

it('aligns the newest results of all jobs', () => {
  const text = resultStrips(
    [
      { job: 'backup', runs: [run('failed', 10), run('succeeded', 10)] },
      { job: 'web', runs: [run('succeeded', 10)] },
      { job: 'never', runs: [] },
    ],
    aTerminal(),
  );
  expect(text.split('\n').slice(0, 3)).toEqual([
    'backup  █F  last 1m ago, took 10ms',
    'web      █  last 1m ago, took 10ms',
    'never       no run yet',
  ]);
});

it('shows as many results as fit beside the names', () => {
  expect(stripWidth(aTerminal({ width: 80 }), ['backup'])).toBe(42);
  expect(stripWidth(aTerminal({ width: 30 }), ['a-rather-long-name'])).toBe(10);
  expect(stripWidth(aTerminal(), ['backup'])).toBe(50);
});
