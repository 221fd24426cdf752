import { describe, expect, test } from 'vitest';
import { healthView } from '../../src/daemon/health.ts';
import { commandText, jobState, lastRunView } from '../../src/daemon/views.ts';
import type { Job } from '../../src/core/manifest/job.ts';
import type { Run, RunState } from '../../src/core/runs/run.ts';

const cron = { schedules: [{}], suspend: false } as unknown as Job;
const byHand = { schedules: [], suspend: false } as unknown as Job;
const run = (state: RunState): Run => ({ state }) as Run;
const base = {
  job: cron,
  fault: null,
  isRunning: false,
  isPaused: false,
  next: 1,
  lastRun: null,
  wasMissed: false,
};

describe('the state of a job', () => {
  test.each([
    ['scheduled', {}],
    ['running', { isRunning: true }],
    ['running', { isRunning: true, isPaused: true }],
    ['paused', { isPaused: true }],
    ['suspended', { isPaused: true, job: { ...cron, suspend: true } }],
    ['running', { isRunning: true, job: { ...cron, suspend: true } }],
    ['suspended', { job: { ...cron, suspend: true }, next: null }],
    ['manual', { job: byHand, next: null }],
    ['manual', { job: byHand, next: null, lastRun: run('failed') }],
    ['scheduled', { next: null, lastRun: run('queued') }],
    ['completed', { next: null, lastRun: run('succeeded') }],
    ['failed', { next: null, lastRun: run('timed_out') }],
    ['failed', { next: null, lastRun: run('lost') }],
    ['failed', { next: null, wasMissed: true }],
    ['completed', { next: null }],
    ['scheduled', { lastRun: run('failed') }],
    ['invalid', { fault: 'no next', isRunning: true }],
  ] as const)('is %s for %o', (state, facts) => {
    expect(jobState({ ...base, ...facts })).toBe(state);
  });
});

describe('a command', () => {
  test('is shown as one could type it', () => {
    expect(commandText({ kind: 'shell', text: 'a | b', shell: '/bin/sh' })).toBe('a | b');
    expect(commandText({ kind: 'argv', argv: ['curl', '-fsS', "it's", '', 'a b'] })).toBe(
      `curl -fsS 'it'\\''s' '' 'a b'`,
    );
  });
});

describe('health', () => {
  test('is degraded by problems and not by notices', () => {
    const facts = { isStopping: false, running: 1, queued: 2, concurrencyMax: 64, loopDelay: null };
    expect(healthView({ ...facts, problems: [null], notices: ['Old data.', null] })).toEqual({
      state: 'healthy',
      problems: ['Old data.'],
      conditions: [],
      running: 1,
      queued: 2,
      concurrencyMax: 64,
      loopDelay: null,
    });
    expect(healthView({ ...facts, problems: ['Disk.'], notices: [] }).state).toBe('degraded');
    const ending = healthView({ ...facts, isStopping: true, problems: ['Disk.'], notices: [] });
    expect([ending.state, ending.problems[1]]).toEqual(['draining', 'Disk.']);
  });

  test('tells since when a condition holds and what to do', () => {
    const full = { code: 'JM2-T104', text: 'Full.', since: 1_000, remedy: 'Free space.' };
    const facts = {
      isStopping: false,
      running: 0,
      queued: 0,
      concurrencyMax: 64,
      notices: [],
      loopDelay: null,
    };
    expect(healthView({ ...facts, problems: [full, 'Old.'] })).toMatchObject({
      problems: ['Full.', 'Old.'],
      conditions: [
        { ...full, since: '1970-01-01T00:00:01.000Z' },
        { code: null, text: 'Old.', since: null, remedy: null },
      ],
    });
  });
});

test('how long a run took is not known when the clock was set back beyond its start', () => {
  const ended = { ...run('succeeded'), startedAt: 10_000, endedAt: 11_500 };
  expect(lastRunView(ended).durationMs).toBe(1_500);
  expect(lastRunView({ ...ended, endedAt: 9_000 }).durationMs).toBeNull();
});
