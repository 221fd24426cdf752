// The plan: desired against recorded state. Pure and deterministic; how it is
// shown is left to the views, how it is carried out to job-steps.ts, what it does
// to all jobs together to plan-impact.ts.
import type { Job } from '../manifest/job.ts';
import { livePause, type Pause } from '../overrides/pause.ts';
import { describeSchedules } from '../schedule/describe-schedule.ts';
import { displayZone } from '../schedule/display-zone.ts';
import { diffJob } from './diff-job.ts';
import {
  clockHazards,
  createHazards,
  deleteHazards,
  identityHazards,
  overrideHazards,
  updateHazards,
} from './hazards.ts';
import { lookalikeHazards, retainHazards } from './removal-hazards.ts';
import type { ActiveRun, ScheduleImpact } from './impact.ts';
import { durationRunsMin } from './impact.ts';
import { findLookalikes, type Lookalike } from './lookalikes.ts';
import { limitChanges } from './limit-changes.ts';
import { withLoadHazards } from './load-hazards.ts';
import { matchingOf } from './match-jobs.ts';
import { decideRemovals, takenNames, type Retained } from './removals.ts';
import { periodImpact } from './period-impact.ts';
import { planImpact, type Pair } from './plan-impact.ts';
import { isAsItShallBe, isRestarted, madeUpRun } from './starts-by-apply.ts';
import { startHazards } from './start-hazards.ts';
import { planOverrides } from './plan-overrides.ts';
import type { PlanInput, RunningRun } from './plan-input.ts';
import type { Change, FieldChange, Hazard, Plan, RecordedJob } from './plan.ts';
import { needsNewPosition } from './same-schedule.ts';
import {
  nowhere,
  onceResumed,
  pastOf,
  pauseOfNew,
  standingAnew,
  standingOfRecorded,
  standingOn,
} from './standing.ts';
import { weekGrid, type WeekGrid } from './week-grid.ts';
import {
  DuesBook,
  scheduleImpact,
  withoutRun,
  type Dues,
  type Standing,
  type WalkBudget,
} from './schedule-impact.ts';
import { securityWidened } from './security-hazards.ts';

/** Occurrences that are walked through in search of gaps, in a whole plan. */
const walkMax = 400_000;

/** What the changes of one plan share while they are measured. */
interface Measuring {
  readonly input: PlanInput;
  readonly walk: WalkBudget | null;
  readonly dues: DuesBook;
  /** Of new jobs, by when they come due and the zone they are told in. */
  readonly news: Map<Dues, Map<string, NewDues>>;
}

/** What new jobs that come due alike have in common. */
interface NewDues {
  readonly impact: ReturnType<typeof scheduleImpact>;
  readonly hazards: readonly Hazard[];
}

/** Changes that are measured between two breaths: a few milliseconds of work. */
const sliceMax = 100;

/** Changes stand in the order of their job names. */
export function computePlan(input: PlanInput): Plan {
  const slices = planInSlices(input);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
  }
}

/** The same plan, for callers that have other things to do between its slices. */
export function* planInSlices(input: PlanInput): Generator<void, Plan, void> {
  const { desired, recorded, now, horizonMs } = input;
  const measuring: Measuring = {
    input,
    walk: input.isBrief === true ? null : { left: walkMax },
    dues: new DuesBook(),
    news: new Map(),
  };
  const matching = matchingOf(input);
  const removals = decideRemovals(input, matching);
  const { guard, removed, retained } = removals;
  const lookalikes = findLookalikes(
    matching.matches
      .filter((match) => match.recorded === null && match.removedBefore === null)
      .map(({ job }) => job),
    matching.removed,
  );
  const measured: Measured[] = [];
  const kept: RecordedJob[] = [];
  let breathAt = sliceMax;
  for (const { job, recorded: record, removedBefore } of matching.matches) {
    if (measured.length >= breathAt) {
      breathAt += sliceMax;
      yield;
    }
    if (record === null) {
      const lookalike = lookalikes.get(job.name) ?? null;
      measured.push(created(job, removedBefore, measuring, lookalike));
      continue;
    }
    const isRenamed = record.job.name !== job.name;
    // A digest alone may change with the program that computes it: nothing to show.
    const isSame = !isRenamed && record.digest === desired.jobDigests.get(job.name);
    const fields = isSame ? [] : diffJob(record.job, job);
    if (isRenamed || fields.length > 0) measured.push(updated(record, job, fields, measuring));
    else kept.push(record);
  }
  const counts = { removed: matching.removed.length, recorded: recorded.jobs.length };
  for (const record of removed) {
    if (measured.length >= breathAt) {
      breathAt += sliceMax;
      yield;
    }
    measured.push(deleted(record, measuring, guard === null ? null : counts));
  }
  for (const one of retained) measured.push(retain(one, measuring));
  const blockedNames = takenNames(removals, matching);
  measured.sort(
    ({ change: a }, { change: b }) => compareText(a.job, b.job) || compareText(a.action, b.action),
  );
  const changes = measured.map(({ change }) => change);
  const pairs = input.isBrief === true ? [] : pairsOf(measured, kept, measuring);
  const impact = input.isBrief === true ? null : planImpact(pairs, changes, input);
  const manifestFields = manifestChanges(input);
  const overrides = planOverrides({ ...matching, removed }, recorded.archived ?? new Map(), now);
  const count = (action: Change['action']) =>
    changes.filter((change) => change.action === action).length;
  return {
    basis: {
      lineage: recorded.lineage,
      revision: recorded.revision,
      appliedDigest: recorded.digest,
      desiredDigest: desired.digest,
    },
    changes:
      impact === null
        ? changes
        : changes.map((change) => withLoadHazards(change, impact, desired.manifest.limits)),
    impact,
    ...(input.hasWeek === true ? { week: weekOf(pairs, now, desired.manifest.timezone) } : {}),
    summary: {
      create: count('create'),
      update: count('update'),
      rename: count('rename'),
      delete: count('delete'),
      unchanged: kept.length,
      ...(retained.length === 0 ? {} : { retain: retained.length }),
    },
    ...(blockedNames.length === 0 ? {} : { blockedNames }),
    ...(desired.manifest.publicEnv === undefined ? {} : { publicEnv: desired.manifest.publicEnv }),
    ...(input.listsUnchanged === true
      ? { unchangedJobs: kept.map(({ job }) => job.name).toSorted(compareText) }
      : {}),
    ...(manifestFields.length === 0 ? {} : { manifestFields }),
    ...(overrides.length === 0 ? {} : { overrides }),
    guard,
    at: now,
    horizonMs,
  };
}

interface Measured {
  readonly change: Change;
  readonly pair: Pair;
}

function pairsOf(
  measured: readonly Measured[],
  kept: readonly RecordedJob[],
  { dues: book, input: { now } }: Measuring,
): Pair[] {
  const pairs = measured.map(({ pair }) => pair);
  for (const record of kept) {
    const { uid, job, madeUp } = record;
    const dues = withoutRun(book.of(job), madeUp);
    const side = { job, ...standingOfRecorded(record, dues, now) };
    pairs.push({ uid, before: side, after: side });
  }
  return pairs;
}

function weekOf(pairs: readonly Pair[], now: number, zone: string): WeekGrid {
  const jobs = pairs.map(({ before, after }) => ({
    before: before?.dues?.compiled ?? null,
    after: after?.dues?.compiled ?? null,
    openAfter: { before: before?.openAfter ?? now, after: after?.openAfter ?? now },
  }));
  return weekGrid(jobs, now, zone);
}

/** The plan without what it changes: the jobs that it leaves in force against the manifest. */
export function retainedPart(plan: Plan): Plan {
  const { manifestFields: _, ...rest } = plan;
  const changes = plan.changes.filter(({ action }) => action === 'retain');
  const { retain = 0, unchanged, create, update, rename } = plan.summary;
  const kept = unchanged + create + update + rename;
  const summary = { create: 0, update: 0, rename: 0, delete: 0, unchanged: kept, retain };
  return { ...rest, changes, summary };
}

/** True when all that the plan says is which jobs stay in force against the manifest. */
export function retainsOnly(plan: Plan): boolean {
  const isChange = plan.changes.some(({ action }) => action !== 'retain');
  return plan.changes.length > 0 && !isChange && (plan.manifestFields ?? []).length === 0;
}

/** True when applying the plan would change nothing that a person can see. */
export function isEmptyPlan(plan: Plan): boolean {
  return plan.changes.length === 0 && (plan.manifestFields ?? []).length === 0;
}

function created(
  job: Job,
  before: RecordedJob | null,
  measuring: Measuring,
  lookalike: Lookalike | null,
): Measured {
  const { input } = measuring;
  const timezone = displayZone(job.schedules, job.timezone);
  const dues = withoutRun(measuring.dues.of(job), before?.madeUp);
  const pause = livePause(pauseOfNew(job, before, input.recorded.archived), input.now);
  const standing = standingAnew(dues, pause, input.now);
  const alike = newDues(job, standing, timezone, measuring);
  const impact: ScheduleImpact = {
    ...alike.impact,
    ...pausedUntil(pause),
    period: null,
    catchUpRuns: 0,
    running: [],
  };
  return {
    change: {
      job: job.name,
      action: 'create',
      reason: before === null ? 'new_in_config' : 'restored',
      previousName: null,
      line: input.desired.jobLines?.get(job.name) ?? null,
      fields: diffJob(null, job),
      timezone,
      impact,
      scheduleInWords: { before: null, after: inWords(job) },
      hazards: [
        ...createHazards(job, impact, input.now),
        ...alike.hazards,
        ...(before === null ? identityHazards(job, input.recorded.revision > 0) : []),
        ...lookalikeHazards(job, lookalike, input),
      ],
      ...(lookalike === null ? {} : { lookalike: lookalike.record.job.name }),
    },
    pair: { uid: before?.uid ?? `new ${job.name}`, before: null, after: { job, ...standing } },
  };
}

function newDues(
  job: Job,
  standing: Standing,
  zone: string,
  { input: { now, horizonMs }, walk, news }: Measuring,
): NewDues {
  const { dues } = standing;
  const look = { now, horizonMs, zone, duration: null, walk };
  if (dues !== null && standing.openAfter !== now) {
    // Paused: what no other job has in common with it.
    const isForGood = standing.openAfter === Number.POSITIVE_INFINITY;
    const told = isForGood ? standingAnew(dues, null, now) : standing;
    return { impact: scheduleImpact(nowhere, told, look), hazards: clockHazards(job, dues, now) };
  }
  const byZone = news.get(dues) ?? new Map<string, NewDues>();
  news.set(dues, byZone);
  const known = byZone.get(zone);
  if (known !== undefined) return known;
  const found = {
    impact: scheduleImpact(nowhere, standing, look),
    hazards: clockHazards(job, dues, now),
  };
  byZone.set(zone, found);
  return found;
}

function deleted(
  record: RecordedJob,
  { input, walk, dues: book }: Measuring,
  guard: { readonly removed: number; readonly recorded: number } | null,
): Measured {
  const { uid, job, madeUp } = record;
  const timezone = displayZone(job.schedules, job.timezone);
  const standing = standingOfRecorded(record, withoutRun(book.of(job), madeUp), input.now);
  const told = onceResumed(standing, record, input.now);
  const duration = input.durations?.get(uid) ?? null;
  const look = { now: input.now, horizonMs: input.horizonMs, zone: timezone, duration, walk };
  const running = activeRuns(uid, () => job.onRemove, input);
  return {
    change: {
      job: job.name,
      action: 'delete',
      reason: 'not_in_config',
      previousName: null,
      line: null,
      fields: diffJob(job, null),
      timezone,
      impact: {
        ...scheduleImpact(told, nowhere, look),
        ...pausedUntil(livePause(record.pause ?? null, input.now)),
        period: null,
        catchUpRuns: 0,
        running,
      },
      scheduleInWords: { before: inWords(job), after: null },
      hazards: deleteHazards(job, running, guard),
    },
    pair: { uid, before: { job, ...standing }, after: null },
  };
}

/** It runs on as it is, although the manifest has it no more. */
function retain({ record, reason }: Retained, { input, walk, dues: book }: Measuring): Measured {
  const { uid, job, madeUp } = record;
  const timezone = displayZone(job.schedules, job.timezone);
  const standing = standingOfRecorded(record, withoutRun(book.of(job), madeUp), input.now);
  const told = onceResumed(standing, record, input.now);
  const duration = input.durations?.get(uid) ?? null;
  const look = { now: input.now, horizonMs: input.horizonMs, zone: timezone, duration, walk };
  const running = activeRuns(uid, () => 'finish', input);
  const side = { job, ...standing };
  return {
    change: {
      job: job.name,
      action: 'retain',
      reason,
      previousName: null,
      line: null,
      fields: [],
      timezone,
      impact: {
        ...scheduleImpact(told, told, look),
        ...pausedUntil(livePause(record.pause ?? null, input.now)),
        period: null,
        catchUpRuns: 0,
        running,
      },
      scheduleInWords: null,
      hazards: retainHazards(job.name, reason),
    },
    pair: { uid, before: side, after: side },
  };
}

function updated(
  record: RecordedJob,
  after: Job,
  fields: readonly FieldChange[],
  { input, walk, dues: book }: Measuring,
): Measured {
  const { uid, job: before, madeUp } = record;
  const { now } = input;
  const isRenamed = before.name !== after.name;
  const isAnew = needsNewPosition(before, after);
  const sameTimes = !isAnew && before.suspend === after.suspend;
  const duesBefore = withoutRun(book.of(before), madeUp);
  // The name seeds the jitter, so a renamed job is compiled anew.
  const duesAfter: Dues = sameTimes && !isRenamed ? duesBefore : withoutRun(book.of(after), madeUp);
  const timezone = displayZone(after.schedules, after.timezone);
  const duration = input.durations?.get(uid) ?? null;
  const look = { now, horizonMs: input.horizonMs, zone: timezone, duration, walk };
  const admitted = input.admitted ?? null;
  const madeUpFor = madeUpRun(record, after, now, admitted);
  const restarts = isRestarted(record, after, now);
  const pause = livePause(record.pause ?? null, now);
  const standingsUnder = (held: Pause | null) => {
    const from = standingOfRecorded({ ...record, pause: held }, duesBefore, now);
    return isAnew
      ? { from, to: standingAnew(duesAfter, held, now) }
      : { from, to: standingOn(duesAfter, from) };
  };
  const { from, to } = standingsUnder(pause);
  // Under a pause without an end nothing is to come: told is what comes once it is over.
  const told = pause?.until === null ? standingsUnder(null) : { from, to };
  const impact: ScheduleImpact = {
    ...scheduleImpact(told.from, told.to, look),
    ...pausedUntil(pause),
    period: sameTimes
      ? null
      : periodImpact(from, to, { now, zone: after.timezone }, (span) =>
          pastOf(record, duesBefore, { now, ...span }, admitted),
        ),
    catchUpRuns: madeUpFor === null ? 0 : 1,
    running: activeRuns(
      uid,
      ({ isEnding, spec = null }) =>
        restarts && !isEnding && !isAsItShallBe(spec, after) ? 'restart' : 'finish',
      input,
    ),
  };
  const dues = { before: from, after: sameTimes ? from : to };
  return {
    change: {
      job: after.name,
      action: isRenamed ? 'rename' : 'update',
      reason: isRenamed ? 'renamed_from' : 'config_changed',
      previousName: isRenamed ? before.name : null,
      line: input.desired.jobLines?.get(after.name) ?? null,
      fields,
      timezone,
      impact,
      scheduleInWords: sameTimes ? null : { before: inWords(before), after: inWords(after) },
      hazards: [
        ...startHazards(after, impact, madeUpFor, now),
        ...updateHazards({ before, after, fields }, dues, impact, duration, now),
        ...securityWidened(before, after),
        ...overrideHazards({ before, after }, pause),
      ],
    },
    pair: {
      uid,
      before: { job: before, ...from },
      after: { job: after, ...to },
    },
  };
}

function pausedUntil(pause: Pause | null): Pick<ScheduleImpact, 'pausedUntil'> {
  return pause === null ? {} : { pausedUntil: pause.until };
}

function activeRuns(
  uid: string,
  policyOf: (run: RunningRun) => ActiveRun['policy'],
  { running, durations, now }: PlanInput,
): ActiveRun[] {
  const duration = durations?.get(uid);
  const known = duration !== undefined && duration.runs >= durationRunsMin ? duration.p95Ms : null;
  return (running?.get(uid) ?? []).map(({ run, startedAt, ...more }) => ({
    run,
    startedAt,
    leftMs: known === null ? null : Math.max(0, known - Math.max(0, now - startedAt)),
    policy: policyOf({ run, startedAt, ...more }),
  }));
}

function inWords(job: Job): string {
  const words = describeSchedules(job.schedules);
  return job.suspend ? `suspended (${words})` : words;
}

function manifestChanges({ desired, recorded }: PlanInput): FieldChange[] {
  const changes: FieldChange[] = [];
  // Before the first revision there is nothing to compare with.
  if (recorded.revision === 0) return changes;
  const { timezone, limits } = desired.manifest;
  if (timezone !== recorded.timezone) {
    // Jobs whose schedule moves with it are listed for themselves.
    changes.push({
      path: '/timezone',
      before: recorded.timezone,
      after: timezone,
      effect: 'cosmetic',
    });
  }
  return [...changes, ...limitChanges(recorded.limits, limits)];
}

/** By code units: the same on every machine. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
