import { describe, expect, it } from 'vitest';
import { explainRun } from '../../../src/core/why/explain-run.ts';
import { describeDeadline, missedReason } from '../../../src/core/runs/missed.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import {
  attempt,
  change,
  down,
  evidence,
  hour,
  jobFacts,
  minute,
  noon,
  run,
  runFacts,
  said,
  second,
  spec,
} from './builders.ts';

const explain = (...facts: Parameters<typeof runFacts>) =>
  explainRun(runFacts(...facts), jobFacts());
const began = 'Run r-asked began on time and';
const killed = (intent: 'cancel' | 'replace' | 'remove' | 'stop' | 'restart') => ({
  attempts: [attempt({ killIntent: intent, state: 'canceled', exitCode: null })],
});
const canceled: Partial<Run> = { state: 'canceled', exitCode: null };

describe('how a run ended, and who or what ended it', () => {
  it.each([
    ['succeeded', explain(), `succeeded: ${began} succeeded, 3s after its start.`],
    [
      'succeeded with another code',
      explain({ exitCode: 3 }),
      `succeeded: ${began} succeeded with exit code 3, which the job counts as success, 3s after its start.`,
    ],
    [
      'succeeded at the third attempt',
      explain({ attempts: 3 }),
      `succeeded: ${began} succeeded after 3 attempts, 3s after its start.`,
    ],
    [
      'failed with an exit code',
      explain({ state: 'failed', exitCode: 2 }),
      `failed: ${began} failed: exit code 2, 3s after its start.`,
    ],
    [
      'failed by a signal',
      explain({
        state: 'failed',
        exitCode: null,
        signal: 'SIGKILL',
        reason: 'ended by signal SIGKILL',
      }),
      `failed: ${began} failed: ended by signal SIGKILL, 3s after its start.`,
    ],
    [
      'failed to start',
      explain({
        state: 'failed',
        exitCode: null,
        startedAt: null,
        reason: 'there is no directory /x',
      }),
      `failed: ${began} failed: there is no directory /x.`,
    ],
    [
      'timed out',
      explain({ state: 'timed_out', exitCode: null }, { spec: spec({ timeoutMs: 45 * minute }) }),
      `timed_out: ${began} was stopped because it ran longer than its timeout of 45m.`,
    ],
    [
      'canceled by somebody',
      explain(canceled, {
        ...killed('cancel'),
        canceledBy: { actor: 'cli (bob)', at: noon + second },
      }),
      `canceled: ${began} was canceled by cli (bob) at 2026-03-02 12:00:03 UTC.`,
    ],
    [
      'replaced',
      explain(canceled, { ...killed('replace'), replacedBy: run({ id: 'r-newer' }) }),
      `canceled: ${began} was replaced by run r-newer at 2026-03-02 12:00:03 UTC.`,
    ],
    [
      'removed',
      explain(canceled, killed('remove')),
      `canceled: ${began} was stopped at 2026-03-02 12:00:03 UTC because the job left the manifest.`,
    ],
    [
      'canceled by somebody who is not on record',
      explain({ ...canceled, endedAt: null }, killed('cancel')),
      `canceled: ${began} was canceled by a request.`,
    ],
    [
      'replaced by a run that is not kept any more',
      explain(canceled, killed('replace')),
      `canceled: ${began} was replaced by a newer run of the job at 2026-03-02 12:00:03 UTC.`,
    ],
    [
      'ended by a change of its job',
      explain(canceled, killed('restart')),
      `canceled: ${began} was ended at 2026-03-02 12:00:03 UTC because its job changed (on_change: restart).`,
    ],
    [
      'failed by a signal without a word',
      explain({ state: 'failed', exitCode: null, signal: 'SIGSEGV' }),
      `failed: ${began} failed: ended by signal SIGSEGV, 3s after its start.`,
    ],
    [
      'failed for a reason that nobody noted',
      explain({ state: 'failed', exitCode: null, attempts: 0, startedAt: null }),
      `failed: ${began} failed: for a reason that is not on record.`,
    ],
    [
      'lost without a word',
      explain({ state: 'lost', exitCode: null }),
      `lost: ${began} is lost: nobody saw its end; without an observed exit code it counts as no success.`,
    ],
    [
      'stopped',
      explain(canceled, killed('stop')),
      `canceled: ${began} was stopped at 2026-03-02 12:00:03 UTC because the scheduler was stopped.`,
    ],
    [
      'ended while it waited',
      explain(
        { ...canceled, attempts: 0, startedAt: null, reason: 'replaced by run r-newer' },
        { attempts: [] },
      ),
      'canceled: Run r-asked ended at 2026-03-02 12:00:03 UTC before it could begin: replaced by run r-newer.',
    ],
    [
      'lost',
      explain({ state: 'lost', exitCode: null, reason: 'the host was rebooted' }),
      `lost: ${began} is lost: the host was rebooted; without an observed exit code it counts as no success.`,
    ],
    [
      'running',
      explain(
        { state: 'running', endedAt: null, exitCode: null },
        { attempts: [attempt({ state: null, endedAt: null, exitCode: null })] },
      ),
      `running: ${began} is running: attempt 1 began at 2026-03-02 12:00 UTC, 1h ago.`,
    ],
    [
      'waiting for its turn',
      explain(
        {
          state: 'queued',
          attempts: 0,
          startedAt: null,
          endedAt: null,
          exitCode: null,
          reason: 'waits for a free slot',
        },
        { attempts: [] },
      ),
      'queued: Run r-asked was admitted at 2026-03-02 12:00 UTC and waits for a free slot.',
    ],
    [
      'running without an attempt on record',
      explain({ state: 'running', endedAt: null, exitCode: null }, { attempts: [] }),
      `running: ${began} is running: attempt 1.`,
    ],
    [
      'waiting for a reason worded otherwise',
      explain(
        {
          state: 'queued',
          attempts: 0,
          startedAt: null,
          endedAt: null,
          reason: 'the line is long',
        },
        { attempts: [] },
      ),
      'queued: Run r-asked was admitted at 2026-03-02 12:00 UTC and waits (the line is long).',
    ],
    [
      'waiting for a retry that nobody explained',
      explain({ state: 'queued', endedAt: null, exitCode: null, notBefore: noon + 2 * hour }),
      `queued: ${began} waits until 2026-03-02 14:00 UTC: a retry.`,
    ],
    [
      'waiting behind a start deadline',
      explainRun(
        runFacts(
          {
            state: 'queued',
            attempts: 0,
            startedAt: null,
            endedAt: null,
            exitCode: null,
            reason: 'waits for a free slot',
          },
          { attempts: [] },
        ),
        jobFacts({ changes: [change(1, noon - hour, { job: { startDeadlineMs: 10 * minute } })] }),
      ),
      'queued: Run r-asked was admitted at 2026-03-02 12:00 UTC and waits for a free slot; it is missed unless it begins by 2026-03-02 12:10 UTC (start_deadline).',
    ],
    [
      'given up while it waited',
      explain(
        {
          ...canceled,
          attempts: 0,
          startedAt: null,
          reason: missedReason(`${describeDeadline(minute)}; waits for a free slot`),
        },
        { attempts: [] },
      ),
      'canceled: Run r-asked never began and was given up at 2026-03-02 12:00:03 UTC: could not start within 1m of its time (start_deadline); waits for a free slot.',
    ],
    [
      'waiting for a retry',
      explain({
        state: 'queued',
        endedAt: null,
        exitCode: null,
        notBefore: noon + 2 * hour,
        reason: 'retry 1 of 3 after: exit code 2',
      }),
      `queued: ${began} waits until 2026-03-02 14:00 UTC: retry 1 of 3 after: exit code 2.`,
    ],
    [
      'by hand',
      explain({ trigger: 'manual', nominalTime: null, requestedBy: 'cli (bob)' }, { dueAt: null }),
      'succeeded: Run r-asked was started by hand by cli (bob) at 2026-03-02 12:00 UTC and succeeded, 3s after its start.',
    ],
  ])('%s', (_, explained, sentence) => {
    expect(said(explained)).toBe(sentence);
  });

  it('waiting: names the command that shows the line, or the one that ends the wait for a daemon', () => {
    const queued = runFacts({ state: 'queued', startedAt: null, endedAt: null, exitCode: null });
    expect(explainRun(queued, jobFacts()).hint).toBe('jm2 queue');
    const alone = jobFacts({ attendance: { kind: 'down', since: null } });
    expect(explainRun(queued, alone).hint).toBe('jm2 start');
  });

  it('lists each attempt with its end, and who canceled', () => {
    const explained = explain(canceled, {
      attempts: [
        attempt({ state: 'failed', exitCode: 2 }),
        attempt({
          attempt: 2,
          startedAt: noon + 10 * second,
          endedAt: noon + 12 * second,
          state: 'canceled',
          exitCode: null,
          signal: 'SIGTERM',
          killIntent: 'cancel',
        }),
      ],
      canceledBy: { actor: 'cli (bob)', at: noon + 11 * second },
    });
    expect(evidence(explained)).toEqual([
      'schedule: due',
      'ledger: admitted as run r-asked (schedule) under revision 1',
      'attempt: attempt 1: failed, exit code 2, after 3s',
      'attempt: attempt 2: canceled, SIGTERM, after 2s',
      'audit: canceled by cli (bob)',
    ]);
  });

  it('lists a bounded number of a hundred attempts', () => {
    const attempts = Array.from({ length: 100 }, (_, at) => attempt({ attempt: at + 1 }));
    const lines = evidence(explain({ attempts: 100 }, { attempts }));
    expect(lines.filter((line) => line.startsWith('attempt'))).toHaveLength(13);
    expect(lines).toContain('attempt: 88 further attempts are not listed');
  });

  it('cites the end of the daemon that began a lost run', () => {
    const daemon = {
      id: 'd',
      version: '0.2.0',
      pid: 7,
      bootId: 'boot',
      startedAt: noon - hour,
      admittingFrom: noon - hour,
      admittingUntil: null,
      seenAt: noon + minute,
      ended: { at: noon + minute, how: 'rebooted' },
    } as const;
    const explained = explain({ state: 'lost', reason: 'the host was rebooted' }, { daemon });
    expect(evidence(explained)).toContain(
      'daemon: the daemon that began it went down with the host',
    );
  });
});

describe('a run that somebody asked for', () => {
  const asked = (changes: Partial<Run>) =>
    explain({ nominalTime: null, requestedBy: 'cli (bob)', ...changes }, { dueAt: null }).answer;
  const at = 'at 2026-03-02 12:00 UTC and succeeded, 3s after its start.';

  it.each([
    ['by nobody known', { trigger: 'manual', requestedBy: null }, `by hand ${at}`],
    [
      'once more',
      { trigger: 'rerun', repeats: 'r-first' },
      `to repeat run r-first by cli (bob) ${at}`,
    ],
    [
      'by a change of the job',
      { trigger: 'restart', repeats: 'r-first' },
      `in place of run r-first, which a change of the job ended (on_change: restart), by cli (bob) ${at}`,
    ],
    [
      'for a time that is over',
      { trigger: 'backfill', nominalTime: noon - 24 * hour },
      `to make up for 2026-03-01 12:00 UTC by cli (bob) ${at}`,
    ],
    [
      'for later',
      { trigger: 'manual', queuedAt: noon - hour, startAt: noon },
      'by hand by cli (bob) at 2026-03-02 12:00 UTC, as asked at 2026-03-02 11:00 UTC for 2026-03-02 12:00 UTC, and succeeded, 3s after its start.',
    ],
  ] as const)('%s', (_, changes, words) => {
    expect(asked(changes)).toBe(`Run r-asked was started ${words}`);
  });

  it.each([
    ['cli (bob)', ' by cli (bob)'],
    [null, ''],
  ])('for a time to come by %s: says when, in how long, and how to call it off', (by, words) => {
    const later = explain(
      {
        trigger: 'manual',
        nominalTime: null,
        requestedBy: by,
        state: 'queued',
        attempts: 0,
        startedAt: null,
        endedAt: null,
        startAt: noon + 3 * hour,
      },
      { dueAt: null, attempts: [] },
    );
    expect(later.answer).toBe(
      `Run r-asked was asked for${words} at 2026-03-02 12:00 UTC to begin at 2026-03-02 15:00 UTC, in 2h.`,
    );
    expect(later.hint).toBe('jm2 cancel r-asked');
  });

  it('before its time by a change that would have lost it', () => {
    const caughtUp = explain({ trigger: 'catch-up', nominalTime: noon + hour }, { dueAt: null });
    expect(caughtUp.answer).toBe(
      'Run r-asked was started at 2026-03-02 12:00 UTC, before its time, because a change of the schedule took it away (on_schedule_change: catch_up), and succeeded, 3s after its start.',
    );
  });
});

describe('what is cited for a run', () => {
  const daemon = {
    id: 'd',
    version: '0.2.0',
    pid: 7,
    bootId: 'boot',
    startedAt: noon - hour,
    admittingFrom: noon - hour,
    admittingUntil: null,
    seenAt: noon + minute,
    ended: { at: noon + minute, how: 'crashed' },
  } as const;

  it('names how the daemon of a lost run ended', () => {
    const explained = explain({ state: 'lost', reason: 'no exit file' }, { daemon });
    expect(evidence(explained)).toContain('daemon: the daemon that began it crashed');
  });

  it('tells an attempt whose start nobody saw by when it was to begin', () => {
    const unseen = attempt({ startedAt: null, intendedAt: noon, state: 'lost', exitCode: null });
    const explained = explain({ state: 'lost', startedAt: null }, { attempts: [unseen] });
    expect(explained.evidence).toContainEqual({
      at: noon,
      source: 'attempt',
      text: 'attempt 1: lost, its start was not seen',
    });
  });

  it('tells the run in the way of one that waited, also where it has not ended', () => {
    const before = [run({ id: 'r-before', startedAt: noon - hour, endedAt: null })];
    const explained = explain({ startedAt: noon + 5 * minute }, { before });
    expect(evidence(explained)).toContain(
      'run: run r-before of the job was in progress; it has not ended',
    );
  });

  it('sends a failed run that had no attempt to no log', () => {
    expect(explain({ state: 'failed', attempts: 0 }).hint).toBeNull();
    expect(explain({ state: 'failed', attempts: 1 }).hint).toBe('jm2 logs --run r-asked');
  });
});

describe('why a run was late', () => {
  const lateBy = (
    ms: number,
    rest: Parameters<typeof runFacts>[1] = {},
    changes: Partial<Run> = {},
  ) => explain({ queuedAt: noon + ms, startedAt: noon + ms, endedAt: noon + ms, ...changes }, rest);

  it('because nobody was there, with the times', () => {
    const interruptions = [down(noon - hour, noon + 2 * hour)];
    const explained = lateBy(2 * hour, { interruptions }, { trigger: 'catch-up' });
    expect(explained.answer).toBe(
      'Run r-asked was caught up and began 2h late because the scheduler was not running from 2026-03-02 11:00 UTC to 2026-03-02 14:00 UTC; it succeeded, 0ms after its start.',
    );
    expect(evidence(explained)[0]).toBe(
      'interruption: the scheduler was not running from 2026-03-02 11:00 UTC to 2026-03-02 14:00 UTC',
    );
  });

  it.each([
    [
      'because of what was said at its admission, when nothing else is on record',
      lateBy(
        5 * minute,
        {},
        { reason: '5m late: the scheduler was not running until 2026-03-02T12:05:00Z' },
      ),
      'the scheduler was not running until 2026-03-02T12:05:00Z',
    ],
    ['for a reason nobody knows', lateBy(5 * minute), 'the scheduler came to it late'],
    [
      'because the clock was set forward',
      lateBy(5 * minute, {
        interruptions: [
          {
            causes: ['clock_step'],
            from: noon - second,
            until: noon + 5 * minute,
            stepMs: 5 * minute,
          },
        ],
      }),
      'the clock was set forward by 5m at 2026-03-02 12:05 UTC',
    ],
    [
      'because it waited for the run before it',
      lateBy(
        0,
        { before: [run({ id: 'r-before', endedAt: noon + 4 * minute })] },
        { startedAt: noon + 4 * minute },
      ),
      'it waited for run r-before of the job, which ended at 2026-03-02 12:04 UTC',
    ],
    [
      'because no slot was free',
      lateBy(0, {}, { startedAt: noon + 4 * minute }),
      'it waited for its turn',
    ],
  ])('%s', (_, explained, because) => {
    expect(explained.answer).toContain(` late because ${because}; it `);
  });

  it('for no reason but a busy machine when each step alone took too short to be noticed', () => {
    const explained = explain({ queuedAt: noon + 600, startedAt: noon + 1200 });
    expect(explained.answer).toContain('began 1.2s late because the machine was busy; it ');
  });

  it('is not late when it began within a second, nor because the clock was set back', () => {
    expect(lateBy(900).answer).toContain('began on time');
    const setBack = { causes: ['clock_step'], from: null, until: noon, stepMs: -hour } as const;
    expect(lateBy(5 * minute, { interruptions: [setBack] }).answer).toContain('came to it late');
  });

  it('counts from the start time with its jitter', () => {
    const explained = explain({ startedAt: noon + 5 * minute }, { dueAt: noon + 5 * minute });
    expect(explained.answer).toContain('began on time');
    expect(evidence(explained)[0]).toBe('schedule: due, with its jitter 2026-03-02 12:05 UTC');
  });
});
