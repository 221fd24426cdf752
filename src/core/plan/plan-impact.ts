// The sums of a plan: all jobs together, before and after. The parts that are
// about one job alone have been measured for each change.
import type { Job } from '../manifest/job.ts';
import { clockChanges, type ZonedJob } from './clock-changes.ts';
import type { PlanImpact, ScheduleImpact } from './impact.ts';
import { loadImpact, type LoadJob, type LoadSide } from './load-impact.ts';
import type { PlanInput } from './plan-input.ts';
import type { Change } from './plan.ts';
import { isDueAtOnce } from './start-hazards.ts';
import type { Standing } from './schedule-impact.ts';

/** A job on both sides with what is to come of it; one object for both: it stays as it is. */
export interface Pair {
  readonly uid: string;
  readonly before: (Standing & { readonly job: Job }) | null;
  readonly after: (Standing & { readonly job: Job }) | null;
}

/** Counted by arithmetic where one schedule allows it. */
const runsMax = 1_000_000;

export function planImpact(
  pairs: readonly Pair[],
  changes: readonly Change[],
  input: PlanInput,
): PlanImpact {
  const { now, horizonMs, desired, recorded, durations } = input;
  const jobs = pairs.map((pair): LoadJob => {
    const before = sideOf(pair.before);
    // One object for both sides says that nothing changes for the load.
    const isSame = pair.before !== null && pair.before === pair.after;
    return {
      uid: pair.uid,
      before,
      after: isSame ? before : sideOf(pair.after),
      duration: durations?.get(pair.uid) ?? null,
    };
  });
  const limits = { before: recorded.limits, after: desired.manifest.limits };
  // Before the first revision there are no limits to compare with.
  const known =
    recorded.revision === 0 && recorded.jobs.length === 0
      ? { ...limits, before: limits.after }
      : limits;
  return {
    runs: sums(jobs, now, now + horizonMs + 1),
    nextRunsMoved: changes.filter(
      ({ impact: { nextRun, pausedUntil } }) =>
        // One that is paused until somebody resumes it has none to move.
        pausedUntil !== null &&
        nextRun.before !== null &&
        nextRun.after !== null &&
        nextRun.before !== nextRun.after,
    ).length,
    ...loadImpact(jobs, known, now, horizonMs),
    startedByApply: changes.reduce((sum, { impact }) => sum + startsOf(impact, now), 0),
    clockChanges: clockChanges(zoned(pairs), now, now + horizonMs + 1),
  };
}

function startsOf(impact: ScheduleImpact, now: number): number {
  const { catchUpRuns, running } = impact;
  const dueAtOnce = isDueAtOnce(impact, now) ? 1 : 0;
  return catchUpRuns + dueAtOnce + running.filter(({ policy }) => policy === 'restart').length;
}

function sideOf(side: Pair['before']): LoadSide | null {
  if (side === null || side.dues === null) return null;
  const { name, group, concurrency } = side.job;
  const { openAfter } = side;
  return { name, group, policy: concurrency, compiled: side.dues.compiled, openAfter };
}

function sums(
  jobs: readonly LoadJob[],
  now: number,
  until: number,
): { before: number; after: number } {
  const runs = { before: 0, after: 0 };
  const known = new Map<LoadSide['compiled'], number>();
  const count = (side: LoadSide | null): number => {
    if (side === null) return 0;
    const from = (side.openAfter ?? now) + 1;
    if (from !== now + 1) return from < until ? side.compiled.count(from, until, runsMax) : 0;
    const counted = known.get(side.compiled) ?? side.compiled.count(from, until, runsMax);
    known.set(side.compiled, counted);
    return counted;
  };
  for (const { before, after } of jobs) {
    const first = count(before);
    runs.before += first;
    runs.after += before === after ? first : count(after);
  }
  return runs;
}

function zoned(pairs: readonly Pair[]): ZonedJob[] {
  const jobs: ZonedJob[] = [];
  for (const { after } of pairs) {
    if (after === null || after.dues === null) continue;
    const { dues, job, openAfter } = after;
    for (const zone of new Set(job.schedules.map(({ timezone }) => timezone))) {
      jobs.push({ name: job.name, zone, compiled: dues.compiled, openAfter });
    }
  }
  return jobs;
}
