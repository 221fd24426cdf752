// One world: a job is applied twice, lives on with a downtime, perhaps a pause, and
// is then planned anew at one moment. What the plan says of that change is held to
// two lives of the oracle from there on: one without the apply, one with it.
import type { Job as JobSpec } from '../../../src/core/manifest/job.ts';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import type { Change, Plan } from '../../../src/core/plan/plan.ts';
import type { Schedule } from '../../../src/core/schedule/schedule.ts';
import type { Random } from '../../simulation/random.ts';
import { aJob, specDigest } from '../../support/store-records.ts';
import {
  coming,
  dateOf,
  day,
  hour,
  live,
  minute,
  startsOf,
  type Job,
  type Pause,
  type Rule,
  type Span,
  type Spec,
  type Start,
} from './world.ts';

const name = 'a';

type Cron = Extract<Rule['schedule'], { kind: 'cron' }>;

/** Zones with a change of their clocks in the middle of what is looked at. */
const places: readonly [string, string][] = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Asia/Beirut', '2026-03-29'],
  ['UTC', '2026-06-15'],
];

export interface World {
  readonly label: string;
  readonly change: Change | null;
  readonly disagreements: readonly string[];
  readonly comparisons: number;
}

export function judgeWorld(random: Random): World {
  const [zone, date] = random.pick(places as [[string, string], ...[string, string][]]);
  const middle = Date.parse(`${date}T00:00:00Z`);
  const span = { from: middle - 75 * day, to: middle + 75 * day };
  // To the second, and now and then at the very minute of a run.
  const now = middle - 3 * day + random.int(0, 6 * 1440) * minute + random.pick([0, 1000, 31_000]);
  const horizonMs = random.pick([day, 2 * day, 7 * day]);
  const ago = (most: number): number => now - random.int(1, most / minute) * minute;
  const [created, applied] = [
    ago(40 * day),
    random.chance(0.5) ? ago(20 * hour) : ago(20 * day),
  ].toSorted((a, b) => a - b) as [number, number];
  const specs = [0, 1, 2].map(() => aSpec(random, zone, middle)) as [Spec, Spec, Spec];
  if (random.chance(0.2)) specs[2] = { ...specs[2], rule: specs[1].rule };
  const down = aDowntime(random, applied, now);
  const pause = aPause(random, down.to, now);
  const job = pastOf(specs, { created, applied, now, down, pause, span });
  const plan = planOf(job, specs[2], { now, horizonMs, pause });
  const truth = truthOf(job, specs[2], { now, horizonMs, pause, span });
  const { found: disagreements, comparisons } = differencesOf(plan, truth, specs);
  return {
    label: JSON.stringify({
      now: iso(now),
      created: iso(created),
      applied: iso(applied),
      down: [iso(down.from), iso(down.to)],
      pause,
      specs,
      horizonMs,
    }),
    change: plan.changes[0] ?? null,
    disagreements,
    comparisons,
  };
}

const iso = (instant: number): string => new Date(instant).toISOString();

function aSpec(random: Random, zone: string, middle: number): Spec {
  const at = (low: number, high: number): number => random.int(low, high);
  const daily = `${at(0, 59)} ${at(0, 23)}`;
  const cron = random.pick([
    `${daily} * * *`,
    `${daily} * * *`,
    `${random.pick([0, 30])} ${at(0, 4)} * * *`,
    `${at(0, 59)} ${at(0, 11)},${at(12, 23)} * * *`,
    `${daily} * * ${at(0, 6)}`,
    `${daily} * * 1-5`,
    `${daily} ${at(1, 28)} * *`,
    `${at(0, 59)} * * * *`,
    `*/20 8-18 * * 1-5`,
  ]);
  const schedule = random.chance(0.1)
    ? ({ kind: 'every', seconds: 60 * random.pick([20, 60, 300, 1440]) } as const)
    : ({
        kind: 'cron',
        zone,
        expression: cron,
        gap: random.pick<Cron['gap']>(['run_once', 'run_once', 'skip', 'shift']),
        overlap: random.pick<Cron['overlap']>(['first', 'first', 'last', 'both']),
      } as const);
  return {
    zone,
    rule: {
      schedule,
      jitterMs: random.chance(0.4) ? random.pick([10 * minute, hour, 6 * hour]) : 0,
      except: random.chance(0.15)
        ? [-2, -1, 0, 1]
            .filter(() => random.chance(0.5))
            .map((days) => iso(middle + days * day).slice(0, 10))
        : [],
      isSuspended: random.chance(0.05),
    },
    makesUp: random.chance(0.5),
    catchUp: {
      policy: random.pick(['latest', 'none', 'all']),
      windowMs: random.pick([hour, day]),
    },
  };
}

/** Ends a while before now, so that all of it is settled. */
function aDowntime(random: Random, applied: number, now: number): Span {
  const room = Math.floor((now - applied) / minute);
  if (room < 10 || random.chance(0.6)) return { from: applied, to: applied };
  const to = applied + random.int(5, room - 1) * minute;
  return { from: to - random.int(1, Math.min(5, (to - applied) / minute)) * minute, to };
}

function aPause(random: Random, from: number, now: number): Pause | null {
  const room = Math.floor((now - from) / minute);
  if (room < 2 || random.chance(0.8)) return null;
  const since = from + random.int(1, room) * minute;
  return { since, until: random.chance(0.4) ? null : now + random.int(1, 3 * 1440) * minute };
}

/** As the two applies and the time since have left it. */
function pastOf(
  specs: readonly [Spec, Spec, Spec],
  at: {
    readonly created: number;
    readonly applied: number;
    readonly now: number;
    readonly down: Span;
    readonly pause: Pause | null;
    readonly span: Span;
  },
): Job {
  const { created, applied, now, down, pause, span } = at;
  const never = { from: applied, to: applied };
  const first: Job = { spec: specs[0], settled: created, since: created, ran: [] };
  const lived = live(first, startsOf(specs[0], name, span), {
    now: applied,
    down: never,
    pause: null,
  });
  const second = applyTo(lived, specs[1], { now: applied, pause: null, span });
  return live(second.job, startsOf(specs[1], name, span), { now, down, pause });
}

interface Applied {
  readonly job: Job;
  readonly madeUp: number | null;
  readonly period: Period | null;
}

/** What an apply does to the job, by the documentation of `on_schedule_change`. */
function applyTo(
  job: Job,
  spec: Spec,
  { now, pause, span }: { readonly now: number; readonly pause: Pause | null; readonly span: Span },
): Applied {
  const same = sameTimes(job.spec, spec);
  const isAnew = !same || (job.spec.rule.isSuspended && !spec.rule.isSuspended);
  const next = {
    spec,
    settled: isAnew ? now : job.settled,
    since: isAnew ? now : job.since,
    ran: job.ran,
  };
  if (same && job.spec.rule.isSuspended === spec.rule.isSuspended)
    return { job: next, madeUp: null, period: null };
  const isStopped = pause !== null;
  const period = periodOf(job, next, { now, pause, span });
  const isLost = period?.before !== undefined && period.before > 0 && period.after === 0;
  const madeUp =
    isLost && !same && spec.makesUp && !isStopped && !spec.rule.isSuspended ? period.first : null;
  return { job: madeUp === null ? next : { ...next, ran: [...next.ran, madeUp] }, madeUp, period };
}

/** Equal rules; suspension is another matter. */
function sameTimes(a: Spec, b: Spec): boolean {
  const plain = ({ schedule, jitterMs, except }: Rule) =>
    JSON.stringify([schedule, jitterMs, except]);
  return plain(a.rule) === plain(b.rule);
}

interface Period {
  readonly unit: 'day' | 'week' | 'month';
  readonly before: number;
  readonly after: number;
  readonly usual: number;
  /** Nominal time of the first that is to come without the apply. */
  readonly first: number | null;
}

/** By the local dates of Intl alone. */
function periodOf(
  job: Job,
  next: Job,
  { now, pause, span }: { readonly now: number; readonly pause: Pause | null; readonly span: Span },
): Period | null {
  const { zone } = next.spec;
  if (job.spec.rule.isSuspended || next.spec.rule.isSuspended || pause?.until === null) return null;
  const [olds, news] = [startsOf(job.spec, name, span), startsOf(next.spec, name, span)];
  const unit = unitOf(olds, now);
  if (unit === null) return null;
  const open = { now, to: span.to, pause };
  const [without, withIt] = [coming(job, olds, open), coming(next, news, open)];
  const first = without[0]?.nominal ?? null;
  const anchor = periodKey(unit, dateOf(zone, Math.min(first ?? now, now)));
  const isIn = (nominal: number): boolean => periodKey(unit, dateOf(zone, nominal)) === anchor;
  const ran = job.ran.filter(isIn);
  // One that had its run before its time does not come again.
  const count = (starts: readonly Start[]): number =>
    starts.filter(({ nominal }) => isIn(nominal) && !job.ran.includes(nominal)).length;
  return {
    unit,
    before: ran.length + count(without),
    after: ran.length + count(withIt),
    usual: news.filter(({ nominal }) => isIn(nominal)).length,
    first: first !== null && isIn(first) ? first : null,
  };
}

function unitOf(starts: readonly Start[], now: number): Period['unit'] | null {
  const index = starts.findIndex(({ nominal }) => nominal > now);
  const [last, next, following] = [starts[index - 1], starts[index], starts[index + 1]];
  if (next === undefined) return null;
  const gaps = [
    ...(last === undefined ? [] : [next.nominal - last.nominal]),
    ...(following === undefined ? [] : [following.nominal - next.nominal]),
  ];
  const gap = Math.min(...gaps);
  if (gap <= day + hour) return 'day';
  if (gap <= 7 * day + hour) return 'week';
  return gap <= 31 * day + hour ? 'month' : null;
}

function periodKey(unit: Period['unit'], date: string): string {
  if (unit === 'day') return date;
  if (unit === 'month') return date.slice(0, 7);
  const at = Date.parse(`${date}T00:00:00Z`);
  return iso(at - ((new Date(at).getUTCDay() + 6) % 7) * day).slice(0, 10);
}

interface Truth {
  readonly without: readonly Start[];
  readonly withIt: readonly Start[];
  readonly nextWithout: number | null;
  readonly nextWith: number | null;
  readonly madeUp: number | null;
  readonly period: Period | null;
  /** What is in sums: nothing under a pause without an end. */
  readonly isStopped: boolean;
}

function truthOf(
  job: Job,
  spec: Spec,
  at: {
    readonly now: number;
    readonly horizonMs: number;
    readonly pause: Pause | null;
    readonly span: Span;
  },
): Truth {
  const { now, horizonMs, pause, span } = at;
  const isStopped = pause?.until === null;
  const held = isStopped ? null : pause;
  const { job: next, madeUp, period } = applyTo(job, spec, { now, pause, span });
  const [olds, news] = [startsOf(job.spec, name, span), startsOf(spec, name, span)];
  const all = (to: number) =>
    [
      coming(job, olds, { now, to, pause: held }),
      coming(next, news, { now, to, pause: held }),
    ] as const;
  const [without, withIt] = all(now + horizonMs);
  const [anyWithout, anyWith] = all(span.to);
  return {
    without,
    withIt,
    nextWithout: anyWithout[0]?.at ?? null,
    nextWith: anyWith[0]?.at ?? null,
    madeUp,
    period,
    isStopped,
  };
}

function planOf(
  job: Job,
  spec: Spec,
  {
    now,
    horizonMs,
    pause,
  }: { readonly now: number; readonly horizonMs: number; readonly pause: Pause | null },
): Plan {
  const [before, after] = [jobOf(job.spec, 1), jobOf(spec, 2)];
  const limits = { concurrencyMax: 64, queueLimit: 200, groups: {} };
  return computePlan({
    desired: {
      manifest: {
        version: 1,
        timezone: 'UTC',
        limits,
        calendars: {},
        namedSchedules: {},
        jobs: [after],
      },
      digest: 'after',
      jobDigests: new Map([[name, specDigest(after)]]),
    },
    recorded: {
      lineage: 'here',
      revision: 2,
      digest: 'before',
      limits,
      timezone: 'UTC',
      jobs: [
        {
          uid: 'uid',
          job: before,
          digest: specDigest(before),
          aliases: [],
          scheduledSince: job.since,
          watermark: job.settled,
          pause: pause === null ? null : { by: 'bob', reason: null, skipped: 0, ...pause },
        },
      ],
    },
    now,
    horizonMs,
    admitted: (_uid, { from, to }) => job.ran.filter((time) => time >= from && time < to),
  });
}

/** As a manifest would have it; the timeout differs, so that each plan has a change. */
function jobOf({ rule, zone, makesUp, catchUp }: Spec, timeoutMs: number): JobSpec {
  return aJob(name, {
    timezone: zone,
    schedules: [scheduleOf(rule, zone)],
    suspend: rule.isSuspended,
    catchUp: { ...catchUp, limit: 100 },
    onScheduleChange: makesUp ? 'catch_up' : 'ignore',
    timeoutMs,
  });
}

function scheduleOf({ schedule, jitterMs, except }: Rule, zone: string): Schedule {
  const around = {
    timezone: zone,
    jitterMs,
    from: null,
    until: null,
    written: '',
    ...(except.length === 0
      ? {}
      : { calendar: { except: [{ name: 'off', days: except }], only: [], roll: 'skip' as const } }),
  };
  switch (schedule.kind) {
    case 'every':
      return { ...around, kind: 'every', intervalMs: schedule.seconds * 1000, anchor: 0 };
    case 'at':
      return { ...around, kind: 'at', instant: schedule.instant };
    case 'cron': {
      const { expression, gap, overlap } = schedule;
      return { ...around, kind: 'cron', expression, dstGap: gap, dstOverlap: overlap };
    }
  }
}

function differencesOf(
  plan: Plan,
  truth: Truth,
  specs: readonly [Spec, Spec, Spec],
): { readonly found: readonly string[]; readonly comparisons: number } {
  const found: string[] = [];
  let comparisons = 0;
  const same = (what: string, told: unknown, real: unknown): void => {
    comparisons += 1;
    if (JSON.stringify(told) !== JSON.stringify(real)) {
      found.push(`${what}: told ${JSON.stringify(told)}, is ${JSON.stringify(real)}`);
    }
  };
  const [change] = plan.changes;
  if (change === undefined || plan.impact === null) return { found: ['no change'], comparisons };
  const { impact, hazards } = change;
  const { without, withIt, madeUp, period, isStopped } = truth;
  const nominals = (starts: readonly Start[]) => starts.map(({ nominal }) => nominal);
  const minus = (a: readonly Start[], b: readonly Start[]) => {
    const others = new Set(nominals(b));
    return nominals(a)
      .filter((time) => !others.has(time))
      .slice(0, 20);
  };
  same('runs', impact.runs, { before: without.length, after: withIt.length });
  same('next before', impact.nextRun.before, truth.nextWithout);
  same('next after', impact.nextRun.after, truth.nextWith);
  same('lost', impact.lost, minus(without, withIt));
  same('gained', impact.gained, minus(withIt, without));
  same('made up', impact.catchUpRuns, madeUp === null ? 0 : 1);
  same('started', plan.impact.startedByApply, madeUp === null ? 0 : 1);
  const sums = isStopped
    ? { before: 0, after: 0 }
    : { before: without.length, after: withIt.length };
  same('sum', plan.impact.runs, sums);
  // A start that jitter moves behind the horizon is a run of it, but no start within it.
  const end = Math.ceil((plan.at + plan.horizonMs + 1) / minute);
  const peak = isStopped ? [null, null] : [peakOf(without, end), peakOf(withIt, end)];
  same(
    'peak',
    [
      plan.impact.peakStartsPerMinute.before?.count ?? null,
      plan.impact.peakStartsPerMinute.after?.count ?? null,
    ],
    peak,
  );
  const isSame = sameTimes(specs[1], specs[2]);
  const told = impact.period;
  const real =
    isSame || period === null || (truth.nextWithout === null && truth.nextWith === null)
      ? null
      : period;
  if (told !== null || real !== null) {
    same(
      'period',
      told && [told.unit, told.before, told.after],
      real && [real.unit, real.before, real.after],
    );
  }
  const codes = new Set(hazards.map(({ code }) => code));
  const isLost = real !== null && real.before > 0 && real.after === 0;
  const isDoubled = real !== null && real.before === 1 && real.after > Math.max(1, real.usual);
  if (real !== null) {
    same(
      'period_lost',
      codes.has('period_lost'),
      isLost && madeUp === null && truth.nextWith !== null,
    );
    same('period_doubled', codes.has('period_doubled'), isDoubled);
  }
  return { found, comparisons };
}

function peakOf(starts: readonly Start[], end: number): number | null {
  const counts = new Map<number, number>();
  for (const { at } of starts) {
    const slot = Math.floor(at / minute);
    if (slot <= end) counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  return counts.size === 0 ? null : Math.max(...counts.values());
}
