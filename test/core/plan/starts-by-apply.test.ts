// What a plan says that applying it starts by itself.
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import type { PlanInput } from '../../../src/core/plan/plan-input.ts';
import { isAsItShallBe, isRestarted } from '../../../src/core/plan/starts-by-apply.ts';
import { aJob } from '../../support/store-records.ts';
import { cron, friday, recorded, states } from './plan-states.ts';

const command = (text: string): Partial<Job> => ({
  command: { kind: 'shell', text, shell: '/bin/sh' },
});
const restart = { onChange: 'restart' } as const;
const catchUp = { onScheduleChange: 'catch_up' } as const;
const pause = { by: 'me', reason: null, until: null, since: friday, skipped: 0 };

function plan(from: Partial<Job>, to: Partial<Job>, changes: Partial<PlanInput> = {}) {
  const { changes: all, impact } = computePlan(states([aJob('a', from)], [aJob('a', to)], changes));
  const [change] = all;
  return {
    started: impact?.startedByApply,
    policies: change?.impact.running.map(({ policy }) => policy),
    catchUpRuns: change?.impact.catchUpRuns,
    hazards: change?.hazards.filter(({ code }) => code === 'starts_run'),
    codes: change?.hazards.map(({ code }) => code),
  };
}

describe('a run that goes on', () => {
  const running = new Map([
    [
      'uid-a',
      [
        { run: 'r1', startedAt: friday - 1 },
        { run: 'r2', startedAt: friday - 1, isEnding: true },
      ],
    ],
  ]);

  it('is begun anew when the job asks for it, but for one that is being ended already', () => {
    const told = plan({}, { ...restart, ...command('new') }, { running });
    expect(told).toMatchObject({ started: 1, policies: ['restart', 'finish'] });
    expect(told.hazards?.[0]?.detail).toBe(
      'Applying ends the run that goes on and starts it anew, as the job is then (on_change: restart).',
    );
  });

  it('is told with others that go on', () => {
    const two = ['r1', 'r2'].map((run) => ({ run, startedAt: friday - 1 }));
    const told = plan(
      {},
      { ...restart, ...command('new') },
      { running: new Map([['uid-a', two]]) },
    );
    expect(told.hazards?.[0]?.detail).toContain('ends the 2 runs that go on and starts them anew');
  });

  it('ends as it began without the opt-in, for what is not executed, and when there is none', () => {
    const finish = { started: 0, policies: ['finish', 'finish'], hazards: [] };
    expect(plan({}, command('new'), { running })).toMatchObject(finish);
    expect(plan({}, { ...restart, timeoutMs: 5 }, { running })).toMatchObject(finish);
    expect(plan({}, { ...restart, ...command('new') })).toMatchObject({ started: 0, hazards: [] });
  });

  const changes: [string, Partial<Job>, boolean][] = [
    ['command', command('x'), true],
    ['shell', { command: { kind: 'shell', text: 'true', shell: '/bin/bash' } }, true],
    ['cwd', { cwd: '/srv' }, true],
    ['env', { env: { A: '1' } }, true],
    ['env_file', { envFile: ['a.env'] }, true],
    ['inherit_env', { inheritEnv: ['PATH'] }, true],
    ['user', { user: 'backup' }, true],
    ['umask', { umask: '077' }, true],
    ['nice', { nice: 5 }, true],
    ['limits', { limits: { openFiles: 5 } }, true],
    ['timeout', { timeoutMs: 1 }, false],
    ['kill', { kill: { signal: 'INT', graceMs: 1, leftovers: false } }, false],
    ['success_codes', { successCodes: [0, 1] }, false],
    ['concurrency', { concurrency: 'allow' }, false],
    ['schedule', { schedules: [cron('0 4 * * *')] }, false],
    ['tags', { tags: ['x'] }, false],
    ['suspend', { suspend: true, ...command('x') }, false],
  ];
  it.each(changes)('a change of %s begins it anew: %s', (_field, fields, expected) => {
    const before = { job: aJob('a') };
    expect(isRestarted(before, aJob('a', { ...restart, ...fields }), friday)).toBe(expected);
  });

  it('goes on where it executes what it shall already, as after a step back', () => {
    const began = aJob('a', command('old'));
    expect(isAsItShallBe(began, aJob('a', { ...restart, ...command('old') }))).toBe(true);
    expect(isAsItShallBe(began, aJob('a', { ...restart, ...command('new') }))).toBe(false);
    expect(isAsItShallBe(null, began)).toBe(false);
  });

  it('is left alone while somebody has paused the job', () => {
    const before = { ...recorded(aJob('a')), pause };
    const after = aJob('a', { ...restart, ...command('new') });
    expect(isRestarted(before, after, friday)).toBe(false);
    expect(isRestarted({ ...before, pause: { ...pause, until: friday - 1 } }, after, friday)).toBe(
      true,
    );
  });
});

describe('a run that the present day loses', () => {
  const [tonight, morning] = [
    { schedules: [cron('0 23 * * *')] },
    { schedules: [cron('0 5 * * *')] },
  ];

  it('is made up for when the job asks for it, and then no longer told as lost', () => {
    const told = plan(tonight, { ...morning, ...catchUp });
    expect(told).toMatchObject({ started: 1, catchUpRuns: 1, codes: ['starts_run'] });
    expect(told.hazards?.[0]).toMatchObject({ at: Date.parse('2026-03-27T23:00:00Z') });
  });

  it('is lost without, and the remedy names the field', () => {
    const { changes } = computePlan(states([aJob('a', tonight)], [aJob('a', morning)]));
    const lost = changes[0]?.hazards.find(({ code }) => code === 'period_lost');
    expect(lost?.remedies).toContain(
      'Set `on_schedule_change: catch_up`: applying then starts it at once.',
    );
  });

  it('is not made up for under suspension or a pause', () => {
    expect(plan(tonight, { ...morning, ...catchUp, suspend: true }).started).toBe(0);
    const input = states(
      [{ ...recorded(aJob('a', tonight)), pause }],
      [aJob('a', { ...morning, ...catchUp })],
    );
    expect(computePlan(input).impact?.startedByApply).toBe(0);
  });

  it('is counted beside the run that goes on and begins anew', () => {
    const running = new Map([['uid-a', [{ run: 'r1', startedAt: friday - 1 }]]]);
    const to = { ...morning, ...catchUp, ...restart, ...command('new') };
    expect(plan(tonight, to, { running })).toMatchObject({ started: 2, catchUpRuns: 1 });
  });
});

describe('a run that waits for its jitter under another name', () => {
  const held = { schedules: [cron('0 13 * * *', { jitterMs: 3_600_000 })] };
  const renamedTo = (name: string) => {
    const to = aJob(name, { ...held, renamedFrom: ['a'] });
    const plan = computePlan(states([aJob('a', held)], [to]));
    return { plan, starts: plan.changes[0]?.hazards.filter(({ code }) => code === 'starts_run') };
  };
  // Five past one: names whose delay is shorter or longer than these five minutes.
  const names = Array.from({ length: 40 }, (_, index) => `b${index}`);

  it('starts at once where the new delay is over, and is counted and told', () => {
    const told = names.map((name) => renamedTo(name));
    const atOnce = told.filter(({ plan }) => plan.changes[0]?.impact.nextRun.after === friday);
    expect(atOnce.length).toBeGreaterThan(0);
    expect(atOnce.length).toBeLessThan(names.length);
    for (const { plan, starts } of atOnce) {
      expect([plan.impact?.startedByApply, starts?.length]).toEqual([1, 1]);
      expect(starts?.[0]?.detail).toMatch(
        /^Applying starts the run that waits for its jitter until /,
      );
    }
    const others = told.filter((one) => !atOnce.includes(one));
    expect(others.map(({ plan }) => plan.impact?.startedByApply)).toEqual(others.map(() => 0));
  });
});
