import { describe, expect, it } from 'vitest';
import type { RetryPolicy } from '../../../src/core/manifest/job.ts';
import { admit, type AdmissionFacts } from '../../../src/core/runs/admission.ts';
import { endOfAttempt, type AttemptEnd } from '../../../src/core/runs/attempt-end.ts';
import { describeInterruption, interruption, join } from '../../../src/core/runs/interruption.ts';
import { describeLateness } from '../../../src/core/runs/late.ts';
import { retryDelay } from '../../../src/core/runs/retry.ts';
import { canBecome, isEnded } from '../../../src/core/runs/run-state.ts';
import type { AttemptExit, KillIntent, Run, RunState } from '../../../src/core/runs/run.ts';
import { isStillWanted } from '../../../src/core/runs/still-wanted.ts';

describe('run states', () => {
  const all: RunState[] = [
    'queued',
    'running',
    'succeeded',
    'failed',
    'timed_out',
    'canceled',
    'lost',
  ];

  it('an ended run never moves again', () => {
    for (const state of all.filter((s) => isEnded(s))) {
      expect(all.filter((next) => canBecome(state, next))).toEqual([]);
    }
  });

  it('a queued run cannot succeed, time out or be lost: it has no process', () => {
    expect(all.filter((next) => canBecome('queued', next))).toEqual([
      'running',
      'failed',
      'canceled',
    ]);
  });

  it('a running run may end in every way, or wait for a retry', () => {
    expect(all.filter((next) => canBecome('running', next))).toEqual(
      all.filter((state) => state !== 'running'),
    );
  });
});

describe('end of an attempt', () => {
  const at = 0;
  const exited = (code: number): AttemptExit => ({ kind: 'exited', code, at });
  const signaled: AttemptExit = { kind: 'signaled', signal: 'SIGTERM', at };
  const lost: AttemptExit = { kind: 'lost', reason: 'reboot', at };
  const failure = { code: 'cwd_missing', detail: 'no directory /srv/x' } as const;
  const notStarted: AttemptExit = { kind: 'not_started', failure, at };

  it.each<[AttemptExit, KillIntent | null, string, string | null]>([
    [exited(0), null, 'succeeded', null],
    [exited(3), null, 'failed', null],
    [signaled, null, 'failed', 'ended by signal SIGTERM'],
    [notStarted, null, 'failed', 'no directory /srv/x'],
    [lost, null, 'lost', 'reboot'],
    [exited(0), 'timeout', 'timed_out', 'ran longer than its timeout'],
    [signaled, 'timeout', 'timed_out', 'ran longer than its timeout'],
    [lost, 'timeout', 'timed_out', 'ran longer than its timeout'],
    [notStarted, 'timeout', 'failed', 'no directory /srv/x'],
    [signaled, 'cancel', 'canceled', 'canceled on request'],
    [exited(0), 'replace', 'canceled', 'replaced by a newer run of the job'],
    [lost, 'remove', 'canceled', 'the job left the manifest'],
    [signaled, 'stop', 'canceled', 'the scheduler was stopped'],
    [notStarted, 'cancel', 'canceled', 'canceled on request'],
  ])('%j with intent %s is %s', (exit, intent, state, reason) => {
    expect(endOfAttempt(exit, intent, [0])).toMatchObject({ state, reason });
  });

  it('takes other codes for success only when the job says so', () => {
    expect(endOfAttempt(exited(3), null, [0, 3]).state).toBe('succeeded');
    expect(endOfAttempt(exited(0), null, [3]).state).toBe('failed');
  });

  it('never succeeds without an observed exit code', () => {
    for (const exit of [signaled, lost, notStarted]) {
      expect(endOfAttempt(exit, null, [0]).state).not.toBe('succeeded');
    }
  });
});

describe('retry', () => {
  const policy: RetryPolicy = {
    limit: 5,
    delayMs: 1_000,
    backoff: 'exponential',
    factor: 2,
    maxDelayMs: 5_000,
    jitter: 0,
    on: ['exit', 'timeout', 'signal', 'start'],
  };
  const end = (cause: AttemptEnd['cause'], exitCode: number | null = null): AttemptEnd => ({
    state: 'failed',
    exitCode,
    signal: null,
    reason: null,
    cause,
  });

  it('grows up to max_delay and ends at the limit', () => {
    const delays = [0, 1, 2, 3, 4, 5].map((used) => retryDelay(policy, end('exit', 1), used, 0));
    expect(delays).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, null]);
  });

  it('stays constant when asked to', () => {
    const constant = { ...policy, backoff: 'constant' } as const;
    expect([0, 3].map((used) => retryDelay(constant, end('exit', 1), used, 0))).toEqual([
      1_000, 1_000,
    ]);
  });

  it('is bounded even when the power overflows', () => {
    const long = { ...policy, limit: 5_000 };
    expect(retryDelay(long, end('exit', 1), 4_000, 0)).toBe(5_000);
  });

  it('spreads by its jitter, never beyond max_delay', () => {
    const spread = { ...policy, jitter: 0.5 };
    expect([0, 0.5, 1].map((random) => retryDelay(spread, end('exit', 1), 0, random))).toEqual([
      1_000, 750, 500,
    ]);
  });

  it.each<[RetryPolicy['on'], AttemptEnd, boolean]>([
    [['exit'], end('exit', 1), true],
    [['exit'], end('signal'), false],
    [['timeout'], end('timeout'), true],
    [['timeout'], end('exit', 1), false],
    [['start'], end('start'), true],
    [['signal'], end('signal'), true],
    [[75], end('exit', 75), true],
    [[75], end('exit', 1), false],
    [[75], end('timeout', 75), false],
    [['64-78'], end('exit', 64), true],
    [['64-78'], end('exit', 78), true],
    [['64-78', 3], end('exit', 3), true],
    [['64-78'], end('exit', 79), false],
    [['64-78'], end('signal'), false],
    [['lost'], end('lost'), true],
    [['exit', 'timeout', 'signal', 'start'], end('lost'), false],
    [['exit', 'timeout', 'signal', 'start'], end(null), false],
  ])('on %j answers %j: %s', (on, ended, expected) => {
    expect(retryDelay({ ...policy, on }, ended, 0, 0) !== null).toBe(expected);
  });
});

describe('admission', () => {
  const facts: AdmissionFacts = {
    policy: 'forbid',
    inProgress: [],
    waiting: [],
    slots: { max: 2, free: 1, group: null },
    queueLimit: 3,
    waitingInAll: 0,
    force: false,
    serial: false,
  };
  const busy = { inProgress: ['r1'] };
  const waiting = { waiting: ['w1'] };
  const noSlot = { slots: { max: 2, free: 0, group: null } };

  it.each<[string, Partial<AdmissionFacts>, object]>([
    ['forbid, idle', {}, { kind: 'start' }],
    ['forbid, running', busy, { kind: 'skip', reason: 'forbid' }],
    ['forbid, one waits for a slot', waiting, { kind: 'skip', reason: 'forbid' }],
    ['forbid, running, forced', { ...busy, force: true }, { kind: 'start' }],
    ['allow, running', { ...busy, policy: 'allow' }, { kind: 'start' }],
    ['allow, no slot', { policy: 'allow', ...noSlot }, { kind: 'queue', behind: 'slot' }],
    ['queue, idle', { policy: 'queue' }, { kind: 'start' }],
    ['queue, running', { ...busy, policy: 'queue' }, { kind: 'queue', behind: 'job' }],
    [
      'queue, one waits',
      { ...busy, ...waiting, policy: 'queue' },
      { kind: 'skip', reason: 'queue_full', evidence: 'run w1 was waiting already' },
    ],
    ['replace, idle', { policy: 'replace' }, { kind: 'start' }],
    ['replace, running', { ...busy, policy: 'replace' }, { kind: 'replace', cancel: ['r1'] }],
    [
      'replace, running and waiting',
      { ...busy, ...waiting, policy: 'replace' },
      { kind: 'replace', cancel: ['r1', 'w1'] },
    ],
    [
      'forbid, no slot',
      noSlot,
      {
        kind: 'queue',
        behind: 'slot',
        because: 'waits for a free slot (concurrency.max 2)',
      },
    ],
    [
      'group full',
      { slots: { max: 2, free: 1, group: { name: 'db', max: 1, free: 0 } } },
      { kind: 'queue', because: 'waits for a free slot in group db (max 1)' },
    ],
    [
      'allow, as many wait as may',
      { ...noSlot, policy: 'allow', waiting: ['w1', 'w2', 'w3'] },
      {
        kind: 'skip',
        reason: 'queue_full',
        evidence: '3 runs of the job were waiting already (concurrency.queue_limit 3)',
      },
    ],
    [
      'allow, as many wait as may, and a slot is free',
      { policy: 'allow', waiting: ['w1', 'w2', 'w3'] },
      { kind: 'start' },
    ],
    [
      'allow, as many wait as may, forced',
      { ...noSlot, policy: 'allow', waiting: ['w1', 'w2', 'w3'], force: true },
      { kind: 'skip', reason: 'queue_full' },
    ],
    [
      'catch-up series beyond the bound of the queue',
      { ...busy, serial: true, waiting: ['w1', 'w2', 'w3'] },
      { kind: 'queue', behind: 'job' },
    ],
    [
      'no slot, and too many wait in all',
      { ...noSlot, waitingInAll: 100_000 },
      {
        kind: 'skip',
        reason: 'queue_full',
        evidence: '100,000 runs of all jobs were waiting already',
      },
    ],
    ['catch-up series, running', { ...busy, serial: true }, { kind: 'queue', behind: 'job' }],
    ['catch-up series, allow', { ...busy, serial: true, policy: 'allow' }, { kind: 'start' }],
  ])('%s', (_, given, expected) => {
    expect(admit({ ...facts, ...given })).toMatchObject(expected);
  });
});

describe('a run that never began', () => {
  const hour = 3_600_000;
  const run = { trigger: 'schedule', nominalTime: 0, queuedAt: 0, notBefore: null } as Run;

  it.each<[string, Partial<Run>, 'latest' | 'none', number, boolean]>([
    ['within the window', {}, 'latest', hour, true],
    ['beyond the window', {}, 'latest', 25 * hour, false],
    ['no catch-up, quick restart', {}, 'none', 30_000, true],
    ['no catch-up, later', {}, 'none', hour, false],
    ['by hand, whatever the policy', { trigger: 'manual', nominalTime: null }, 'none', hour, true],
    ['its retry was due just now', { notBefore: 25 * hour }, 'latest', 26 * hour, true],
  ])('%s: wanted is %s', (_, given, policy, now, expected) => {
    const rule = { policy, windowMs: 24 * hour, limit: 100 };
    expect(isStillWanted({ ...run, ...given }, rule, now)).toBe(expected);
  });
});

describe('words for lateness', () => {
  const at = Date.parse('2026-03-01T12:00:00Z');
  const facts = { dueAt: at, queuedAt: at, now: at, before: null, last: null, hasWaited: true };
  const blocked = interruption('blocked', at, at + 14_000);
  const blockedWords =
    'the scheduler was stopped or blocked from 2026-03-01T12:00:00Z to 2026-03-01T12:00:14Z';

  it.each([
    [999, null],
    [1_000, '1s late: it waited for its turn'],
    [65_000, '1m 5s late: it waited for its turn'],
    [7_200_000, '2h late: it waited for its turn'],
    [90_061_000, '1d 1h late: it waited for its turn'],
  ])('%i ms', (ms, words) => {
    expect(describeLateness({ ...facts, now: at + ms })).toBe(words);
  });

  it('a late admission names what kept it, not a wait that never was', () => {
    const late = { ...facts, queuedAt: at + 14_000, now: at + 14_000 };
    expect(describeLateness({ ...late, before: blocked })).toBe(`14s late: ${blockedWords}`);
    expect(describeLateness(late)).toBe('14s late: the scheduler came to it late');
  });

  it('a late admission and a wait are both named', () => {
    const facts14 = { ...facts, queuedAt: at + 14_000, before: blocked, last: blocked };
    expect(describeLateness({ ...facts14, now: at + 60_000 })).toBe(
      `1m late: ${blockedWords}, and it waited for its turn`,
    );
  });

  it('an interruption counts for a wait only when it ended within it', () => {
    const waits = { ...facts, now: at + 20_000, last: blocked };
    expect(describeLateness(waits)).toBe(`20s late: it waited for its turn, and ${blockedWords}`);
    const earlier = interruption('blocked', at - 9_000, at - 5_000);
    expect(describeLateness({ ...waits, last: earlier })).toBe('20s late: it waited for its turn');
  });

  it('of steps that were each too short to be noticed the longer one is named', () => {
    const steps = (admittedMs: number, waitedMs: number, hasWaited = true) =>
      describeLateness({
        ...facts,
        queuedAt: at + admittedMs,
        now: at + admittedMs + waitedMs,
        before: blocked,
        hasWaited,
      });
    expect(steps(500, 700)).toBe('1s late: it waited for its turn');
    expect(steps(700, 500)).toBe(`1s late: ${blockedWords}`);
    expect(steps(500, 700, false)).toBe(`1s late: ${blockedWords}`);
  });

  it('two causes in one stretch are named together', () => {
    const both = join(blocked, interruption('unrecorded', at + 5_000, at + 30_000));
    expect(describeInterruption(both)).toBe(
      'the scheduler was stopped or blocked and decisions could not be recorded from 2026-03-01T12:00:00Z to 2026-03-01T12:00:30Z',
    );
    expect(describeInterruption(join(interruption('down', null, at), blocked))).toBe(
      'the scheduler was not running and the scheduler was stopped or blocked until 2026-03-01T12:00:14Z',
    );
  });

  it('a sleep lies between two looks at the clocks', () => {
    expect(describeInterruption(interruption('asleep', at, at + 60_000))).toBe(
      'the host was asleep between 2026-03-01T12:00:00Z and 2026-03-01T12:01:00Z',
    );
  });
});
