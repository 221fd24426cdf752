// What a change of one job's schedule does in time: the next run, how many runs
// within the horizon, which instants go, come and move, the longest gap. Asks the
// same engine as the scheduler. What other jobs have to do with it is in load-impact.ts.
import type { Job } from '../manifest/job.ts';
import { withoutMadeUp } from '../runs/made-up-ahead.ts';
import { compileSchedule } from '../schedule/compile-schedule.ts';
import { EngineFault } from '../schedule/engine-fault.ts';
import { nominalTimes } from '../schedule/nominal-times.ts';
import type { CompiledSchedule } from '../schedule/schedule.ts';
import { segmentsOf } from '../schedule/zone.ts';
import type { DurationBasis, Moved, ScheduleImpact } from './impact.ts';
import { durationRunsMin } from './impact.ts';

const listedMax = 20;
/** Occurrences looked at in search of lost and gained ones. */
const comparedMax = 2000;
/** Occurrences looked at in search of the longest gap of one job. */
const gapsMax = 12_000;
/** One schedule is counted by arithmetic, several one by one. */
const countMax = 1_000_000;
const countOfSeveralMax = 20_000;
const dayMs = 86_400_000;

/** When a job comes due; null for one that never does: absent, suspended, by hand, or faulty. */
export type Dues = {
  readonly compiled: CompiledSchedule;
  readonly countMax: number;
} | null;

/** What is to come of a job; where that begins is found out in standing.ts. */
export interface Standing {
  readonly dues: Dues;
  /** Nominal times after it are to come; `Infinity`: none, until somebody resumes the job. */
  readonly openAfter: number;
}

export function duesOf(job: Job | null): Dues {
  if (job === null || job.suspend || job.schedules.length === 0) return null;
  try {
    return {
      compiled: compileSchedule(job.schedules, job.name),
      countMax: job.schedules.length === 1 ? countMax : countOfSeveralMax,
    };
  } catch (error) {
    return orNever(error);
  }
}

/** Without those that had their run before their time. */
export function withoutRun(dues: Dues, madeUp: readonly number[] | undefined): Dues {
  if (dues === null || madeUp === undefined || madeUp.length === 0) return dues;
  return { ...dues, compiled: withoutMadeUp(dues.compiled, madeUp) };
}

/**
 * When jobs come due, found out once for all that have equal schedules: a manifest of
 * thousands has few. With jitter the name of a job counts, and calendars are large.
 */
export class DuesBook {
  readonly #known = new Map<string, Dues>();

  of(job: Job): Dues {
    if (job.suspend || job.schedules.some(isOwn)) return duesOf(job);
    const key = JSON.stringify(job.schedules);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const dues = duesOf(job);
    this.#known.set(key, dues);
    return dues;
  }
}

function isOwn({ jitterMs, calendar }: Job['schedules'][number]): boolean {
  return jitterMs > 0 || calendar !== undefined;
}

/** The part of a plan's budget that is left for walking through occurrences. */
export interface WalkBudget {
  left: number;
}

export interface Look {
  readonly now: number;
  readonly horizonMs: number;
  /** Zone whose days decide what is one run at another time. */
  readonly zone: string;
  readonly duration: DurationBasis | null;
  /** Shared by all jobs of a plan; null: no gaps are looked for. */
  readonly walk: WalkBudget | null;
}

type OwnImpact = Omit<ScheduleImpact, 'period' | 'catchUpRuns' | 'running' | 'pausedUntil'>;

/** Nominal times that are to come, up to and including `now + horizonMs`. */
export function scheduleImpact(before: Standing, after: Standing, look: Look): OwnImpact {
  const { now, horizonMs, zone, duration, walk } = look;
  const until = now + horizonMs + 1;
  const same = before.dues === after.dues && before.openAfter === after.openAfter;
  const { lost, gained } = same ? { lost: [], gained: [] } : compare(before, after, until);
  const first = measure(before, now, until);
  const second = same ? first : measure(after, now, until);
  const known = duration !== null && duration.runs >= durationRunsMin;
  const gap = longestGap(before, first.runs, now, until, walk);
  return {
    nextRun: {
      before: first.next,
      after: second.next,
      deltaMs: first.next === null || second.next === null ? null : second.next - first.next,
    },
    runs: { before: first.runs, after: second.runs },
    lost,
    gained,
    moved: pairedByDay(lost, gained, zone),
    longestGapMs: {
      before: gap,
      after: same ? gap : longestGap(after, second.runs, now, until, walk),
    },
    machineMs: known
      ? { before: first.runs * duration.p50Ms, after: second.runs * duration.p50Ms }
      : null,
  };
}

function measure(
  { dues, openAfter }: Standing,
  now: number,
  until: number,
): { next: number | null; runs: number } {
  if (dues === null) return { next: null, runs: 0 };
  try {
    const next = dues.compiled.next(openAfter);
    if (next === null) return { next: null, runs: 0 };
    const runs =
      openAfter + 1 < until ? dues.compiled.count(openAfter + 1, until, dues.countMax) : 0;
    // A rename may find that its jitter has passed: then the run starts at once.
    return { next: Math.max(next.startTime, now), runs };
  } catch (error) {
    return orNever(error) ?? { next: null, runs: 0 };
  }
}

/**
 * Longest time between two runs that follow each other, from the last one before
 * now up to the first one behind the horizon: so a daily job has 24 h over any horizon.
 */
function longestGap(
  { dues, openAfter }: Standing,
  runs: number,
  now: number,
  until: number,
  walk: WalkBudget | null,
): number | null {
  if (dues === null || walk === null || runs > gapsMax || runs > walk.left) return null;
  walk.left -= runs;
  try {
    let last = dues.compiled.previous(Math.min(now, openAfter))?.nominalTime ?? null;
    let longest = 0;
    for (let looked = 0; looked <= gapsMax; looked += 1) {
      const next = dues.compiled.next(Math.max(last ?? openAfter, openAfter));
      if (next === null) break;
      if (last !== null) longest = Math.max(longest, next.nominalTime - last);
      last = next.nominalTime;
      if (last >= until) break;
    }
    return longest === 0 ? null : longest;
  } catch (error) {
    return orNever(error);
  }
}

/** Walks both in step, so that the result of a→b is that of b→a turned round. */
function compare(
  before: Standing,
  after: Standing,
  until: number,
): { lost: number[]; gained: number[] } {
  const lost: number[] = [];
  const gained: number[] = [];
  try {
    const left = timesToCome(before, until);
    const right = timesToCome(after, until);
    let a = left.next();
    let b = right.next();
    for (let looked = 0; looked < comparedMax; looked += 1) {
      const isLostKnown = a.done || lost.length >= listedMax;
      const isGainedKnown = b.done || gained.length >= listedMax;
      if (isLostKnown && isGainedKnown) break;
      const atA = a.done ? Number.POSITIVE_INFINITY : a.value;
      const atB = b.done ? Number.POSITIVE_INFINITY : b.value;
      if (atA < atB && lost.length < listedMax) lost.push(atA);
      if (atB < atA && gained.length < listedMax) gained.push(atB);
      if (atA <= atB) a = left.next();
      if (atB <= atA) b = right.next();
    }
  } catch (error) {
    orNever(error);
  }
  return { lost, gained };
}

/** On a local day with as many lost as gained runs, each has moved to the one of the same rank. */
function pairedByDay(lost: readonly number[], gained: readonly number[], zone: string): Moved[] {
  if (lost.length === 0 || gained.length === 0) return [];
  const segmentAt = segmentsOf(zone);
  const dayOf = (instant: number) => Math.floor((instant + segmentAt(instant).offset) / dayMs);
  const byDay = (times: readonly number[]) => {
    const days = new Map<number, number[]>();
    for (const time of times) {
      const day = dayOf(time);
      const list = days.get(day);
      if (list === undefined) days.set(day, [time]);
      else list.push(time);
    }
    return days;
  };
  const gainedByDay = byDay(gained);
  const moved: Moved[] = [];
  for (const [day, from] of byDay(lost)) {
    const to = gainedByDay.get(day) ?? [];
    if (to.length !== from.length) continue;
    for (const [rank, instant] of from.entries()) {
      moved.push({ from: instant, to: to[rank]! });
    }
  }
  return moved;
}

function* timesToCome({ dues, openAfter }: Standing, until: number): Generator<number, void> {
  if (dues === null || openAfter + 1 >= until) return;
  yield* nominalTimes(dues.compiled, openAfter + 1, until);
}

/** A job whose engine faults is not scheduled either: "never" is the truth. */
export function orNever(error: unknown): null {
  if (error instanceof EngineFault) return null;
  throw error;
}
