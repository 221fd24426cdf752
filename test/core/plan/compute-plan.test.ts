import { describe, expect, it } from 'vitest';
import { computePlan, isEmptyPlan, planInSlices } from '../../../src/core/plan/compute-plan.ts';
import type { Change } from '../../../src/core/plan/plan.ts';
import type { PlanInput } from '../../../src/core/plan/plan-input.ts';
import { aJob } from '../../support/store-records.ts';
import { cron, day, every, friday, states } from './plan-states.ts';

const berlin = { timezone: 'Europe/Berlin' };
const daily = (hour: number) => [cron(`0 ${hour} * * *`, berlin)];

function only(input: PlanInput): Change {
  const { changes } = computePlan(input);
  expect(changes).toHaveLength(1);
  return changes[0] as Change;
}
const codes = (change: Change) => change.hazards.map((hazard) => hazard.code);

const running1 = { run: 'r1', startedAt: friday - 60_000 };
const running2 = { run: 'r2', startedAt: friday - 30_000 };

describe('the plan', () => {
  it('is empty for equal states', () => {
    const plan = computePlan(states([aJob('a')], [aJob('a')]));
    expect(plan.changes).toEqual([]);
    expect(plan.summary).toEqual({ create: 0, update: 0, rename: 0, delete: 0, unchanged: 1 });
    expect(isEmptyPlan(plan)).toBe(true);
  });

  it('says what it was computed from', () => {
    const input = states([], [aJob('a')]);
    expect(computePlan(input)).toMatchObject({
      basis: {
        lineage: 'here',
        revision: 1,
        appliedDigest: 'before',
        desiredDigest: input.desired.digest,
      },
      at: friday,
      horizonMs: 7 * day,
      guard: null,
    });
  });

  it('lists creates, updates, renames and deletes by name and sums them up', () => {
    const plan = computePlan(
      states(
        [aJob('keep'), aJob('edit'), aJob('old'), aJob('gone')],
        [
          aJob('new', { renamedFrom: ['old'] }),
          aJob('keep'),
          aJob('fresh'),
          aJob('edit', { timeoutMs: 2_700_000 }),
        ],
      ),
    );
    expect(
      plan.changes.map(({ job, action, reason, previousName }) => [
        job,
        action,
        reason,
        previousName,
      ]),
    ).toEqual([
      ['edit', 'update', 'config_changed', null],
      ['fresh', 'create', 'new_in_config', null],
      ['gone', 'delete', 'not_in_config', null],
      ['new', 'rename', 'renamed_from', 'old'],
    ]);
    expect(plan.summary).toEqual({ create: 1, update: 1, rename: 1, delete: 1, unchanged: 1 });
  });

  it('does not show a job of which only the digest changed', () => {
    const input = states([aJob('a')], [aJob('a')]);
    const rewritten = {
      ...input,
      desired: { ...input.desired, jobDigests: new Map([['a', 'another']]) },
    };
    expect(computePlan(rewritten).changes).toEqual([]);
    expect(computePlan(rewritten).summary.unchanged).toBe(1);
  });

  it('shows manifest-wide values that change', () => {
    const input = states([aJob('a')], [aJob('a')]);
    const { manifest } = input.desired;
    const plan = computePlan({
      ...input,
      desired: {
        ...input.desired,
        manifest: {
          ...manifest,
          limits: { concurrencyMax: 4, queueLimit: 20, groups: { database: 1 } },
        },
      },
    });
    expect(plan.manifestFields).toEqual([
      { path: '/concurrency/max', before: 64, after: 4, effect: 'capacity' },
      { path: '/concurrency/queue_limit', before: 200, after: 20, effect: 'capacity' },
      { path: '/groups/database/max', before: null, after: 1, effect: 'capacity' },
    ]);
    expect(isEmptyPlan(plan)).toBe(false);
  });
});

describe('the impact in time', () => {
  it('tells next run, runs of the horizon, lost and gained instants of a moved schedule', () => {
    const change = only(
      states(
        [aJob('a', { schedules: daily(3), ...berlin })],
        [aJob('a', { schedules: daily(4), ...berlin })],
        { horizonMs: 2 * day },
      ),
    );
    expect(change.scheduleInWords).toEqual({
      before: 'daily at 03:00 (Europe/Berlin)',
      after: 'daily at 04:00 (Europe/Berlin)',
    });
    expect(change.impact).toMatchObject({
      nextRun: {
        before: Date.parse('2026-03-28T02:00:00Z'),
        after: Date.parse('2026-03-28T03:00:00Z'),
      },
      runs: { before: 2, after: 2 },
      // On the 29th the clocks go from 02:00 to 03:00.
      lost: ['2026-03-28T02:00:00Z', '2026-03-29T01:00:00Z'].map((at) => Date.parse(at)),
      gained: ['2026-03-28T03:00:00Z', '2026-03-29T02:00:00Z'].map((at) => Date.parse(at)),
    });
  });

  it('is the same on both sides when the schedule stays', () => {
    const change = only(states([aJob('a')], [aJob('a', { timeoutMs: 1000 })]));
    expect(change.scheduleInWords).toBeNull();
    expect(change.impact).toMatchObject({
      nextRun: { before: friday + 60_000, after: friday + 60_000 },
      runs: { before: 10_080, after: 10_080 },
      lost: [],
      gained: [],
    });
  });

  it('lists at most twenty lost and gained instants', () => {
    const { impact } = only(
      states(
        [aJob('a', { schedules: [every(60_000)] })],
        [aJob('a', { schedules: [every(50_000)] })],
      ),
    );
    expect(impact.lost).toHaveLength(20);
    expect(impact.gained).toHaveLength(20);
  });

  it('counts a suspended job as never due', () => {
    const change = only(states([aJob('a')], [aJob('a', { suspend: true })]));
    expect(change.fields).toEqual([
      { path: '/suspend', before: false, after: true, effect: 'schedule' },
    ]);
    expect(change.impact).toMatchObject({
      nextRun: { after: null },
      runs: { before: 10_080, after: 0 },
    });
    expect(change.scheduleInWords?.after).toMatch(/^suspended \(/);
    expect(change.hazards).toMatchObject([
      {
        code: 'silenced',
        severity: 'medium',
        detail: 'It is suspended: runs within the horizon 10080 → 0.',
      },
    ]);
  });
});

describe('hazards', () => {
  const at = (changes: Parameters<typeof aJob>[1]) => aJob('a', { ...berlin, ...changes });
  const cases: [string, Parameters<typeof aJob>[1], Parameters<typeof aJob>[1], string[]][] = [
    ["today's run lost", { schedules: daily(23) }, { schedules: daily(5) }, ['period_lost']],
    ['moved within today', { schedules: daily(23) }, { schedules: daily(22) }, []],
    ["today's run was before now", { schedules: daily(9) }, { schedules: daily(5) }, []],
    [
      'one of several runs of today lost',
      { schedules: [cron('0 9,21 * * *', berlin)] },
      { schedules: daily(5) },
      [],
    ],
    [
      'a run lost that its jitter holds back',
      { schedules: [cron('4 14 * * *', { ...berlin, jitterMs: 3_600_000 })] },
      { schedules: daily(5) },
      ['period_lost'],
    ],
    [
      'a run that its jitter has let start',
      { schedules: [cron('4 13 * * *', { ...berlin, jitterMs: 60_000 })] },
      { schedules: daily(5) },
      [],
    ],
    [
      'a day that became a day of the year',
      { schedules: daily(3) },
      { schedules: [cron('0 3 1 1 *', berlin)] },
      ['silenced'],
    ],
    [
      'every hour, through the one that comes twice',
      { schedules: [cron('0 */2 * * *', berlin)] },
      { schedules: [cron('0 * * * *', berlin)] },
      [],
    ],
    ['schedule taken away', { schedules: daily(3) }, { schedules: [] }, ['silenced']],
    [
      'schedule that ended',
      { schedules: daily(3) },
      { schedules: [cron('0 3 * * *', { ...berlin, until: friday })] },
      ['silenced', 'never_fires'],
    ],
    [
      'ten times as often',
      { schedules: [every(600_000)] },
      { schedules: [every(60_000)] },
      ['frequency_x10'],
    ],
    ['nine times as often', { schedules: [every(540_000)] }, { schedules: [every(60_000)] }, []],
    ['another account', {}, { user: 'backup' }, ['security_widened']],
    ['the same account', { user: 'backup' }, { user: 'backup', timeoutMs: 5000 }, []],
  ];
  it.each(cases)('%s', (_, before, after, expected) => {
    expect(codes(only(states([at(before)], [at(after)])))).toEqual(expected);
  });

  it('takes root for the highest grade of another account', () => {
    const change = only(states([aJob('a')], [aJob('a', { user: 'root' })]));
    expect(change.hazards).toMatchObject([
      {
        code: 'security_widened',
        severity: 'high',
        detail: 'The command runs as "root" instead of the daemon\'s account.',
      },
    ]);
  });

  it('says that a new job never fires', () => {
    const ended = aJob('a', { schedules: [cron('0 3 * * *', { until: friday })] });
    expect(codes(only(states([], [ended])))).toEqual(['never_fires']);
    expect(codes(only(states([], [aJob('a', { schedules: [] })])))).toEqual([]);
  });

  it.each([
    ['finish', 'medium', '2 runs are active now; they may finish.'],
    ['cancel', 'high', '2 runs are active now; applying cancels them all.'],
  ] as const)('says that a removed job runs (on_remove %s)', (onRemove, severity, detail) => {
    const running = new Map([['uid-a', [running1, running2]]]);
    const change = only(states([aJob('a', { onRemove }), aJob('b')], [aJob('b')], { running }));
    expect(change.hazards).toMatchObject([{ code: 'removes_running', severity, detail }]);
    expect(change.impact.running.map(({ run, policy }) => [run, policy])).toEqual([
      ['r1', onRemove],
      ['r2', onRemove],
    ]);
  });

  it('says of a single run that it is canceled', () => {
    const removed = states([aJob('a', { onRemove: 'cancel' }), aJob('b')], [aJob('b')], {
      running: new Map([['uid-a', [running1]]]),
    });
    expect(only(removed).hazards[0]?.detail).toBe('1 run is active now; applying cancels it.');
  });

  it('points out a removed job with the same command', () => {
    const command = { kind: 'argv', argv: ['./backup.sh'] } as const;
    const plan = computePlan(
      states([aJob('old', { command })], [aJob('new', { command }), aJob('x')]),
    );
    const [created] = plan.changes;
    expect(created?.job).toBe('new');
    expect(created?.hazards).toMatchObject([{ code: 'looks_like_rename', severity: 'low' }]);
    expect(created?.hazards[0]?.detail).toContain('renamed_from: old');
  });
});

describe('the shrink guard', () => {
  const jobs = (count: number) => Array.from({ length: count }, (_, i) => aJob(`j${i}`));
  it.each([
    ['three of four', 4, 1, null],
    ['four of five', 5, 1, 'shrink'],
    ['five of fifty', 50, 45, null],
    ['six of fifty', 50, 44, 'shrink'],
    ['the only one', 1, 0, 'empty'],
    ['all', 50, 0, 'empty'],
    ['none of none', 0, 0, null],
  ])('%s removed', (_, before, after, code) => {
    const plan = computePlan(states(jobs(before), jobs(after)));
    expect(plan.guard?.code ?? null).toBe(code);
    const massive = plan.changes.filter((change) => codes(change).includes('mass_remove'));
    expect(massive).toHaveLength(code === null ? 0 : before - after);
  });
});

it('plans a thousand jobs with few changes quickly', () => {
  const before = Array.from({ length: 1000 }, (_, i) => aJob(`j${i}`));
  const after = before.map((job, i) =>
    i % 100 === 0 ? { ...job, schedules: [cron('5 4 * * *')] } : job,
  );
  const input = states(before, after);
  const started = performance.now();
  expect(computePlan(input).summary).toMatchObject({ update: 10, unchanged: 990 });
  // The target is 500 ms for the whole command; a loaded machine gets room.
  expect(performance.now() - started).toBeLessThan(5000);
});

describe('a plan in slices', () => {
  const many = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => aJob(`job-${from + i}`));

  it('is the plan, with a breath after each hundred changes', () => {
    const input = states(many(150), many(150, 1_000));
    const slices = planInSlices(input);
    let breaths = 0;
    for (;;) {
      const slice = slices.next();
      if (slice.done === true) {
        expect(slice.value).toEqual(computePlan(input));
        break;
      }
      breaths += 1;
    }
    expect(breaths).toBe(2);
  });
});
