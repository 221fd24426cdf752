// What a change of schedule does in time: the next run, how many runs within
// the horizon, which instants go and come. Asks the same engine as the scheduler.
import type { Job } from '../manifest/job.ts';
import { compileSchedule } from '../schedule/compile-schedule.ts';
import { EngineFault } from '../schedule/engine-fault.ts';
import type { CompiledSchedule } from '../schedule/schedule.ts';
import type { ScheduleImpact } from './plan.ts';

const listedMax = 20;
/** Occurrences looked at in search of lost and gained ones. */
const comparedMax = 2000;
/** One schedule is counted by arithmetic, several one by one. */
const countMax = 1_000_000;
const countOfSeveralMax = 20_000;

/** When a job comes due; null for one that never does: absent, suspended, by hand, or faulty. */
export type Dues = { readonly compiled: CompiledSchedule; readonly countMax: number } | null;

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

/** Nominal times after `now`, up to and including `now + horizonMs`. */
export function scheduleImpact(
  before: Dues,
  after: Dues,
  now: number,
  horizonMs: number,
): ScheduleImpact {
  const until = now + horizonMs + 1;
  const same = before === after;
  const { lost, gained } = same ? { lost: [], gained: [] } : compare(before, after, now, until);
  const first = measure(before, now, until);
  const second = same ? first : measure(after, now, until);
  return {
    nextRun: { before: first.next, after: second.next },
    runs: { before: first.runs, after: second.runs },
    lost,
    gained,
  };
}

function measure(dues: Dues, now: number, until: number): { next: number | null; runs: number } {
  if (dues === null) return { next: null, runs: 0 };
  try {
    const next = dues.compiled.next(now);
    if (next === null) return { next: null, runs: 0 };
    return { next: next.startTime, runs: dues.compiled.count(now + 1, until, dues.countMax) };
  } catch (error) {
    return orNever(error) ?? { next: null, runs: 0 };
  }
}

/** Walks both in step, so that the result of a→b is that of b→a turned round. */
function compare(
  before: Dues,
  after: Dues,
  now: number,
  until: number,
): { lost: number[]; gained: number[] } {
  const lost: number[] = [];
  const gained: number[] = [];
  try {
    const left = nominalTimes(before, now, until);
    const right = nominalTimes(after, now, until);
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

function* nominalTimes(dues: Dues, now: number, until: number): Generator<number, void> {
  if (dues === null) return;
  for (const occurrence of dues.compiled.range(now + 1, until)) yield occurrence.nominalTime;
}

/** A job whose engine faults is not scheduled either: "never" is the truth. */
function orNever(error: unknown): null {
  if (error instanceof EngineFault) return null;
  throw error;
}
