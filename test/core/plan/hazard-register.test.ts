// Each hazard that jm2 can explain is one that a plan can name, with a severity
// that its page allows. That no other is named, the compiler sees to.
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import { findHazard, hazardEntries, hazardPage } from '../../../src/core/plan/hazard-register.ts';
import type { DurationBasis } from '../../../src/core/plan/impact.ts';
import type { PlanInput } from '../../../src/core/plan/plan-input.ts';
import type { CronSchedule } from '../../../src/core/schedule/schedule.ts';
import { aJob } from '../../support/store-records.ts';
import { cron, day, every, friday, recorded, states } from './plan-states.ts';

const minute = 60_000;

function daily(expression: string, more: Partial<CronSchedule> = {}): Partial<Job> {
  return {
    schedules: [cron(expression, { timezone: 'Europe/Berlin', ...more })],
    timezone: 'Europe/Berlin',
  };
}

function edit(before: Partial<Job>, after: Partial<Job>, more: Partial<PlanInput> = {}): PlanInput {
  return states([aJob('a', before)], [aJob('a', after)], more);
}

function took(minutes: number, ...names: string[]): { durations: Map<string, DurationBasis> } {
  const ms = minutes * minute;
  const basis = { runs: 40, p50Ms: ms, p95Ms: ms, maxMs: ms };
  return { durations: new Map(names.map((name) => [`uid-${name}`, basis])) };
}

/** Two jobs of a group that runs one at once; the second comes at three. */
function grouped(from: string, to: string, minutes: number): PlanInput {
  const group = { group: 'db', concurrency: 'queue' } as const;
  const other = aJob('b', { ...daily('0 3 * * *'), ...group });
  const input = states(
    [aJob('a', { ...daily(from), ...group }), other],
    [aJob('a', { ...daily(to), ...group }), other],
    took(minutes, 'a', 'b'),
  );
  const limits = { concurrencyMax: 64, queueLimit: 200, groups: { db: 1 } };
  return {
    ...input,
    desired: { ...input.desired, manifest: { ...input.desired.manifest, limits } },
    recorded: { ...input.recorded, limits },
  };
}

const many = ['a', 'b', 'c', 'd', 'e'].map((name) => aJob(name));
const sameCommand = { command: { kind: 'argv', argv: ['./same'] } } as const;
const renamed = states([aJob('old', sameCommand)], [aJob('new', sameCommand)], took(1, 'old'));
const over = { name: 'old-days', days: ['2020-01-01'], files: [], digests: [] };
const running = new Map([['uid-a', [{ run: '01', startedAt: friday - minute }]]]);

const provoked: Readonly<Record<string, PlanInput>> = {
  dst_double: edit(daily('0 1 * * *'), daily('30 2 * * *', { dstOverlap: 'both' }), {
    now: friday + 14 * day,
  }),
  dst_gap: edit(daily('0 1 * * *'), daily('30 2 * * *')),
  frequency_x10: edit(daily('0 3 * * *'), daily('* 3 * * *')),
  identity_reset: states([aJob('a')], [aJob('a'), aJob('b', { renamedFrom: ['x'] })]),
  imminent: edit(daily('0 3 * * *'), daily('0 4 * * *'), {
    now: Date.parse('2026-03-27T01:59:30Z'),
  }),
  looks_like_rename: renamed,
  mass_remove: states(many, many.slice(0, 1)),
  never_fires: edit(daily('0 3 * * *'), daily('0 3 * * *', { until: friday - day })),
  overlap_new: grouped('0 9 * * *', '10 3 * * *', 25),
  overlap_self: edit(
    { schedules: [every(60 * minute)] },
    { schedules: [every(10 * minute)] },
    took(25, 'a'),
  ),
  override_conflict: states(
    [
      {
        ...recorded(aJob('a', { suspend: true })),
        pause: { by: 'bob', reason: null, since: friday, until: null, skipped: 0 },
      },
    ],
    [aJob('a')],
  ),
  period_doubled: edit(daily('0 3 * * *'), daily('0 20 * * *')),
  period_lost: edit(daily('0 23 * * *'), daily('0 5 * * *')),
  protected: states([aJob('a', { protect: true }), aJob('b')], [aJob('b')]),
  queue_saturated: grouped('0 9 * * *', '1 3 * * *', 25),
  removes_running: states([aJob('a'), aJob('b')], [aJob('b')], { running }),
  security_widened: edit({}, { user: 'root' }),
  starts_run: edit(
    { ...daily('0 23 * * *'), onScheduleChange: 'catch_up' },
    { ...daily('0 5 * * *'), onScheduleChange: 'catch_up' },
  ),
  silenced: edit(daily('0 3 * * *'), { ...daily('0 3 * * *'), suspend: true }),
  calendar_over: edit(
    daily('0 3 * * *'),
    daily('0 4 * * *', { calendar: { only: [], except: [over], roll: 'skip' } } as never),
  ),
};

describe.each(Object.entries(provoked))('%s', (code, input) => {
  it('is named by a plan, with a severity of its page', () => {
    const hazards = computePlan(input).changes.flatMap((change) => change.hazards);
    const found = hazards.filter((hazard) => hazard.code === code);
    expect(hazards.map((hazard) => hazard.code)).toContain(code);
    for (const { severity } of found) expect(findHazard(code)?.severities).toContain(severity);
  });
});

it('every hazard of the register is among them', () => {
  expect(Object.keys(provoked).toSorted()).toEqual(hazardEntries.map(({ code }) => code));
});

it('a page says what the hazard means and what helps, whatever the case of its code', () => {
  const page = hazardPage(findHazard('Period_Lost') ?? hazardEntries[0]!);
  expect(page).toContain('# period_lost: the present day, week or month gets no run');
  expect(page).toContain('- Start it by hand: `jm2 run JOB`.');
  expect(findHazard('period')).toBeUndefined();
});
