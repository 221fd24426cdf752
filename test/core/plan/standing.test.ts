// What of a job has happened and what is to come, in the plan of its change.
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/core/manifest/job.ts';
import type { Pause } from '../../../src/core/overrides/pause.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import type { PlanInput } from '../../../src/core/plan/plan-input.ts';
import type { Change, Plan, RecordedJob } from '../../../src/core/plan/plan.ts';
import { madeUpRun } from '../../../src/core/plan/starts-by-apply.ts';
import { aJob } from '../../support/store-records.ts';
import { cron, day, every, friday, recorded, states } from './plan-states.ts';

const berlin = { timezone: 'Europe/Berlin' };
const minute = 60_000;
const hour = 60 * minute;
const at = (time: string): number => Date.parse(`2026-03-27T${time}:00+01:00`);

/** Local time of a daily job. */
function daily(time: string, changes: Partial<Job> = {}, jitterMs = 0): Partial<Job> {
  const [hours, minutes] = time.split(':').map(Number);
  return {
    ...berlin,
    schedules: [cron(`${minutes} ${hours} * * *`, { ...berlin, jitterMs })],
    ...changes,
  };
}

function planOf(
  from: Partial<Job>,
  to: Partial<Job>,
  record: Partial<RecordedJob> = {},
  changes: Partial<PlanInput> = {},
): Plan {
  const before = { ...recorded(aJob('a', from)), ...record };
  return computePlan(states([before], [aJob('a', to)], changes));
}

function changeOf(...given: Parameters<typeof planOf>): Change {
  const [change] = planOf(...given).changes;
  if (change === undefined) throw new Error('no change');
  return change;
}

const codesOf = (change: Change): string[] => change.hazards.map(({ code }) => code);
const catchUp = { onScheduleChange: 'catch_up' } as const;

/** Ledger of a job with runs at these instants. */
const ran = (...times: number[]): Partial<PlanInput> => ({
  admitted: (_uid, { from, to }) => times.filter((time) => time >= from && time < to),
});

describe('a schedule in force for ten minutes', () => {
  const since = { scheduledSince: friday - 10 * minute };

  it('has had no run this morning, so that tonight is the only one', () => {
    const change = changeOf(daily('05:00'), daily('23:00'), since);
    expect(change.impact.period).toMatchObject({ before: 0, after: 1, verdict: 'kept' });
    expect(codesOf(change)).toEqual([]);
  });

  it('has had one that lies within the ten minutes', () => {
    const change = changeOf(daily('14:00'), daily('23:00'), since);
    expect(change.impact.period).toMatchObject({ before: 1, after: 2, verdict: 'doubled' });
  });

  it('loses no run whose time came before it, though jitter would hold it back', () => {
    // 13:50 with up to an hour of jitter: had it been in force then, it would still wait.
    const from = daily('13:50', {}, hour);
    expect(codesOf(changeOf(from, daily('05:00')))).toEqual(['period_lost']);
    expect(codesOf(changeOf(from, daily('05:00'), since))).toEqual([]);
    expect(changeOf(from, daily('05:00'), since).impact.nextRun.before).toBeGreaterThan(
      friday + 20 * hour,
    );
  });
});

describe('runs under an earlier schedule of today', () => {
  const since = { scheduledSince: at('12:00') };
  const [night, morning] = [daily('23:00'), daily('05:00')];

  it('count, so that the day is not without one', () => {
    const ledger = ran(at('05:00'));
    expect(codesOf(changeOf(night, morning, since))).toEqual(['period_lost']);
    expect(codesOf(changeOf(night, morning, since, ledger))).toEqual([]);
  });

  it('keep an apply from starting one too many', () => {
    const record = { ...recorded(aJob('a', night)), ...since };
    const after = aJob('a', { ...morning, ...catchUp });
    expect(madeUpRun(record, after, friday, null)).toBe(at('23:00'));
    expect(madeUpRun(record, after, friday, ran(at('05:00')).admitted ?? null)).toBeNull();
  });
});

describe('what the ledger says', () => {
  it('weighs more than the schedule: a run that was missed is none', () => {
    const settled = { watermark: at('05:00') };
    const missed = changeOf(daily('05:00'), daily('23:00'), settled, ran());
    expect(missed.impact.period).toMatchObject({ before: 0, after: 1, verdict: 'kept' });
    const known = changeOf(daily('05:00'), daily('23:00'), settled, ran(at('05:00')));
    expect(known.impact.period).toMatchObject({ before: 1, after: 2, verdict: 'doubled' });
  });

  it('is nothing where it has nothing of the job', () => {
    const unknown = changeOf(daily('05:00'), daily('23:00'), {}, { admitted: () => null });
    expect(unknown.impact.period).toMatchObject({ before: 1, after: 2 });
  });

  it('ends where nothing is settled: from there on the schedule counts', () => {
    const plan = changeOf(daily('05:00'), daily('23:00'), { watermark: at('05:00') - day }, ran());
    expect(plan.impact.period).toMatchObject({ before: 1, after: 2 });
  });

  it('has a run that was made up for before its time, which does not come again', () => {
    const change = changeOf(daily('05:00'), daily('23:00'), {}, ran(at('23:00')));
    expect(change.impact.period).toMatchObject({ after: 2 });
    const watermark = { watermark: friday };
    const early = changeOf(daily('05:00'), daily('23:00'), watermark, ran(at('23:00')));
    expect(early.impact.period).toMatchObject({ before: 1, after: 1, verdict: 'kept' });
  });
});

describe('a run that jitter holds back', () => {
  // Nominal 13:50, ahead of its start at 14:05.
  const held = daily('13:50', {}, hour);

  it('is the next run, and counts in lost and in runs', () => {
    const { impact, hazards } = changeOf(held, daily('05:00'));
    expect(impact.nextRun.before).toBeGreaterThan(friday);
    expect(impact.nextRun.before).toBeLessThan(at('14:50'));
    expect(impact.lost[0]).toBe(at('13:50'));
    expect(impact.runs).toEqual({ before: 8, after: 7 });
    expect(impact.period).toMatchObject({ before: 1, after: 0, verdict: 'lost' });
    expect(hazards[0]?.detail).toMatch(
      /^The run of 2026-03-27 13:50 \+01:00, which its jitter lets start at 2026-03-27 14:\d\d(:\d\d)? \+01:00, is lost/,
    );
  });

  it('is counted by the sums, and stays where the schedule stays', () => {
    const plan = planOf(held, { ...held, tags: ['x'] });
    expect(plan.impact?.runs).toEqual({ before: 8, after: 8 });
    expect(plan.changes[0]?.impact).toMatchObject({ runs: { before: 8, after: 8 }, lost: [] });
  });

  it('is made up for where the job asks for it', () => {
    const change = changeOf(held, daily('05:00', catchUp));
    expect(change.impact.catchUpRuns).toBe(1);
    expect(codesOf(change)).toEqual(['starts_run']);
  });

  it('is not lost to a day that has one left', () => {
    const change = changeOf(held, daily('23:00'));
    expect(change.impact.period).toMatchObject({ before: 1, after: 1, verdict: 'kept' });
    expect(codesOf(change)).toEqual([]);
  });

  it('of yesterday counts for yesterday', () => {
    const now = at('00:05');
    const late = daily('23:59', {}, hour);
    const change = changeOf(late, daily('05:00'), {}, { now });
    expect(change.impact.period).toMatchObject({ end: at('00:00'), before: 1, after: 0 });
    expect(codesOf(change)).toEqual(['period_lost']);
  });

  it('is told of a job that has no period, too', () => {
    const yearly = { ...berlin, schedules: [cron('50 13 27 3 *', { ...berlin, jitterMs: hour })] };
    const change = changeOf(yearly, { ...berlin, schedules: [cron('0 5 1 4 *', berlin)] });
    expect(change.impact.period).toBeNull();
    expect(codesOf(change)).toContain('period_lost');
  });

  it('goes on under another name, and one that has begun does not begin again', () => {
    const renamed = (name: string) =>
      computePlan(
        states([recorded(aJob('a', held))], [aJob(name, { ...held, renamedFrom: ['a'] })]),
      ).changes[0]?.impact;
    expect(renamed('b')).toMatchObject({ runs: { before: 8, after: 8 }, lost: [], gained: [] });
    expect(renamed('b')?.nextRun.after).toBeGreaterThanOrEqual(friday);
    const begun = daily('13:04', {}, minute);
    const after = computePlan(
      states([recorded(aJob('a', begun))], [aJob('c', { ...begun, renamedFrom: ['a'] })]),
    ).changes[0]?.impact;
    expect(after).toMatchObject({ runs: { before: 7, after: 7 } });
  });
});

it('what is settled does not come again, though a new name would hold it back longer', () => {
  const held = daily('13:50', {}, hour);
  const settled = changeOf(held, { ...held, timeoutMs: 1 }, { watermark: at('13:50') });
  expect(settled.impact.runs).toEqual({ before: 7, after: 7 });
  // As of a moment before it was settled, it is still to come.
  const ahead = changeOf(held, { ...held, timeoutMs: 1 }, { watermark: friday + day });
  expect(ahead.impact.runs).toEqual({ before: 8, after: 8 });
});

describe('under a pause', () => {
  const pause: Pause = { by: 'bob', reason: null, since: friday - hour, until: null, skipped: 0 };
  const until = (time: number): Partial<RecordedJob> => ({ pause: { ...pause, until: time } });

  it('without an end the figures are those once it is over, and nothing is lost or gained', () => {
    const forGood = { pause };
    const change = changeOf(daily('23:00'), daily('05:00'), forGood);
    expect(change.impact).toMatchObject({
      pausedUntil: null,
      runs: { before: 7, after: 7 },
      period: null,
    });
    expect(codesOf(change)).toEqual([]);
    expect(codesOf(changeOf(daily('14:06'), daily('05:00'), forGood))).toEqual([]);
    expect(
      codesOf(changeOf(daily('23:00'), { ...berlin, schedules: [every(hour)] }, forGood)),
    ).toEqual([]);
  });

  it('the schedule itself is judged all the same', () => {
    const over = { ...berlin, schedules: [cron('0 5 * * *', { ...berlin, until: friday })] };
    expect(codesOf(changeOf(daily('05:00'), over, { pause }))).toEqual(['never_fires']);
  });

  it('without an end it is in no sum', () => {
    const { impact } = planOf(daily('23:00'), daily('05:00'), { pause });
    expect(impact).toMatchObject({
      runs: { before: 0, after: 0 },
      nextRunsMoved: 0,
      peakStartsPerMinute: { before: null, after: null },
      clockChanges: [{ jobs: [] }],
    });
  });

  it('with an end counts from the end on', () => {
    const tomorrow = until(at('04:00') + day);
    const { impact, changes } = planOf(daily('23:00'), daily('05:00'), tomorrow);
    expect(changes[0]?.impact).toMatchObject({
      pausedUntil: at('04:00') + day,
      nextRun: { before: at('23:00') + day, after: at('05:00') + day },
      runs: { before: 6, after: 7 },
      period: { before: 0, after: 0, verdict: 'kept' },
    });
    expect(codesOf(changes[0] as Change)).toEqual([]);
    expect(impact?.runs).toEqual({ before: 6, after: 7 });
  });

  it('that is over before the run, the run is lost as ever', () => {
    const change = changeOf(daily('23:00'), daily('05:00'), until(at('15:00')));
    expect(codesOf(change)).toEqual(['period_lost']);
  });

  it('what fell under it has not run', () => {
    const since = { ...until(at('15:00')).pause!, since: at('04:00') };
    const change = changeOf(daily('05:00'), daily('23:00'), { pause: since });
    expect(change.impact.period).toMatchObject({ before: 0, after: 1, verdict: 'kept' });
  });

  it.each([
    ['without an end', null, 7, 0],
    ['with one', friday + 2 * day, 5, 5],
  ])('%s a job that comes back is told so', (_, end, runs, sum) => {
    const archived = new Map([['a', { ...pause, until: end }]]);
    const input = states([], [aJob('a', daily('05:00'))]);
    const plan = computePlan({ ...input, recorded: { ...input.recorded, archived } });
    expect(plan.changes[0]?.impact).toMatchObject({ pausedUntil: end, runs: { after: runs } });
    expect(plan.impact?.runs.after).toBe(sum);
  });

  it('a job that leaves is told with the runs that it would have had', () => {
    const plan = computePlan(states([{ ...recorded(aJob('a', daily('05:00'))), pause }], []));
    expect(plan.changes[0]?.impact).toMatchObject({
      pausedUntil: null,
      runs: { before: 7, after: 0 },
    });
    expect(plan.impact?.runs).toEqual({ before: 0, after: 0 });
  });
});

describe('a run that is about to start', () => {
  const soon = daily('14:06');
  it.each<[string, Partial<Job>, string[]]>([
    ['is no news for words alone', { description: 'new', tags: ['x'], owner: 'me' }, []],
    ['is told where something else would run', { timeoutMs: 1000 }, ['imminent']],
    ['is told where it would be another hour', daily('14:30'), ['imminent']],
  ])('%s', (_, changes, codes) => {
    expect(codesOf(changeOf(soon, { ...soon, ...changes }))).toEqual(codes);
  });
});

describe('a job that is silenced', () => {
  const weekly = { ...berlin, schedules: [cron('0 5 * * 1', berlin)] };
  const yearly = { ...berlin, schedules: [cron('0 5 1 12 *', berlin)] };
  it.each<[string, Partial<Job>, Partial<Job>, string[]]>([
    ['from every week to every year', weekly, yearly, ['silenced']],
    [
      'from every month to every year',
      { ...berlin, schedules: [cron('0 5 2 * *', berlin)] },
      yearly,
      ['silenced'],
    ],
    [
      'not by another day of the month',
      { ...berlin, schedules: [cron('0 5 28 * *', berlin)] },
      { ...berlin, schedules: [cron('0 5 20 * *', berlin)] },
      ['period_lost'],
    ],
    [
      'not by another month of the year',
      { ...berlin, schedules: [cron('0 5 1 4 *', berlin)] },
      yearly,
      [],
    ],
  ])('%s', (_, from, to, codes) => {
    expect(codesOf(changeOf(from, to)).filter((code) => !code.startsWith('dst'))).toEqual(codes);
  });
});

describe('the period that a change falls into', () => {
  const within = (from: number | null, until: number | null) => ({
    ...berlin,
    schedules: [cron('0 23 * * *', { ...berlin, from, until })],
  });
  it.each<[string, Partial<Job>, string | null]>([
    ['goes by the runs to come where there was none', within(friday, null), 'day'],
    ['goes by the last run and the only one to come', within(null, friday + day), 'day'],
    ['is none where a single run is all there is', within(friday, friday + day), null],
    ['is none where no run is to come', within(null, friday), null],
    ['is none between years', { ...berlin, schedules: [cron('0 23 1 4 *', berlin)] }, null],
  ])('%s', (_, from, unit) => {
    expect(changeOf(from, daily('05:00')).impact.period?.unit ?? null).toBe(unit);
  });

  it('is none on the way from or to a suspension', () => {
    const suspended = daily('23:00', { suspend: true });
    expect(changeOf(daily('05:00'), suspended).impact.period).toBeNull();
    expect(changeOf(suspended, daily('05:00')).impact).toMatchObject({
      period: null,
      runs: { before: 0, after: 7 },
    });
  });
});

describe('a run that was made up for before its time', () => {
  const madeUp = { scheduledSince: friday - minute, madeUp: [at('23:00')] };
  const [night, morning] = [daily('23:00'), daily('05:00')];

  it('is not to come again when its schedule comes back the same day', () => {
    const { impact } = changeOf(morning, night, madeUp, ran(at('23:00')));
    expect(impact.nextRun.after).toBe(at('23:00') + day);
    expect(impact.runs).toEqual({ before: 7, after: 6 });
    expect(impact.gained).not.toContain(at('23:00'));
    expect(impact.period).toMatchObject({ before: 1, after: 1, verdict: 'kept' });
  });

  it('is not lost when the job goes, stays against the manifest, or comes back', () => {
    const gone = computePlan(states([{ ...recorded(aJob('a', night)), ...madeUp }], []));
    expect(gone.changes[0]?.impact.runs).toEqual({ before: 6, after: 0 });
    const tombstone = () => ({ ...recorded(aJob('a', night)), ...madeUp });
    const base = states([], [aJob('a', night)]);
    const back = computePlan({ ...base, recorded: { ...base.recorded, tombstone } });
    expect(back.changes[0]).toMatchObject({ reason: 'restored', impact: { runs: { after: 6 } } });
  });

  it('counts nowhere in the sums where its job stays as it is', () => {
    const job = aJob('a', night);
    const others = [{ ...recorded(job), ...madeUp }];
    const plan = computePlan(states(others, [job, aJob('b', morning)]));
    expect(plan.impact?.runs).toEqual({ before: 6, after: 13 });
  });
});
