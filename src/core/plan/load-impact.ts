// What a plan does to all jobs together: starts per minute, which jobs of a group
// meet that did not, who waits for a slot and how long. A forecast by the 95th
// percentile of what runs took; jobs whose durations are unknown begin but never
// wait and never keep another waiting.
import type { AdmissionLimits, ConcurrencyPolicy } from '../manifest/job.ts';
import type { CompiledSchedule } from '../schedule/schedule.ts';
import type { DurationBasis, NewOverlap, Peak, QueueWait } from './impact.ts';
import { durationRunsMin } from './impact.ts';
import { orNever } from './schedule-impact.ts';
import { simulate, type ExpectedRun, type Simulated } from './simulate-slots.ts';

/** Starts looked at on each side; beyond it the window is halved. */
const startsMax = 200_000;
const windowMinMs = 3_600_000;
const minuteMs = 60_000;
const listedMax = 50;
/** Waits that differ by less are no news. */
const waitMinMs = 1_000;

/** A job on one side of the plan. */
export interface LoadSide {
  readonly name: string;
  readonly compiled: CompiledSchedule;
  readonly group: string | null;
  readonly policy: ConcurrencyPolicy;
  /** Nominal times after it are to come; absent: all after now. */
  readonly openAfter?: number;
}

export interface LoadJob {
  readonly uid: string;
  /** The same object on both sides for a job that stays as it is. */
  readonly before: LoadSide | null;
  readonly after: LoadSide | null;
  readonly duration: DurationBasis | null;
}

export interface LoadImpact {
  readonly windowMs: number;
  readonly peakStartsPerMinute: { readonly before: Peak | null; readonly after: Peak | null };
  readonly newOverlaps: readonly NewOverlap[];
  readonly queueWaits: readonly QueueWait[];
}

export function loadImpact(
  jobs: readonly LoadJob[],
  limits: { readonly before: AdmissionLimits; readonly after: AdmissionLimits },
  now: number,
  horizonMs: number,
): LoadImpact {
  const windowMs = windowOf(jobs, now, horizonMs);
  const until = now + windowMs + 1;
  return {
    windowMs,
    peakStartsPerMinute: peaks(jobs, now, until),
    ...crowding(jobs, limits, now, until),
  };
}

function windowOf(jobs: readonly LoadJob[], now: number, horizonMs: number): number {
  for (let windowMs = horizonMs; ; windowMs = Math.floor(windowMs / 2)) {
    if (windowMs <= windowMinMs) return Math.min(windowMinMs, horizonMs);
    let starts = 0;
    const known = new Map<CompiledSchedule, number>();
    const count = (side: LoadSide | null): number => {
      if (side === null) return 0;
      if (openAfter(side, now) !== now) return countOf(side, now, windowMs);
      const counted = known.get(side.compiled) ?? countOf(side, now, windowMs);
      known.set(side.compiled, counted);
      return counted;
    };
    for (const { before, after } of jobs) {
      if (starts > startsMax) break;
      starts += Math.max(count(before), count(after));
    }
    if (starts <= startsMax) return windowMs;
  }
}

function countOf(side: LoadSide, now: number, windowMs: number): number {
  try {
    const [from, to] = [openAfter(side, now) + 1, now + windowMs + 1];
    return from < to ? side.compiled.count(from, to, startsMax) : 0;
  } catch (error) {
    return orNever(error) ?? 0;
  }
}

function openAfter(side: LoadSide, now: number): number {
  return side.openAfter ?? now;
}

function peaks(jobs: readonly LoadJob[], now: number, until: number) {
  const first = Math.floor(now / minuteMs);
  const minutes = Math.ceil(until / minuteMs) - first + 1;
  const before = new Int32Array(minutes);
  const after = new Int32Array(minutes);
  // Schedules that many jobs have are walked through once, from now on.
  const users = new Map<
    CompiledSchedule | LoadSide,
    { readonly side: LoadSide; before: number; after: number }
  >();
  const note = (side: LoadSide | null, which: 'before' | 'after'): void => {
    if (side === null) return;
    const key = openAfter(side, now) === now ? side.compiled : side;
    const use = users.get(key) ?? { side, before: 0, after: 0 };
    users.set(key, use);
    use[which] += 1;
  };
  for (const job of jobs) {
    note(job.before, 'before');
    note(job.after, 'after');
  }
  for (const use of users.values()) {
    eachStart(use.side, now, until, (at) => {
      const minute = Math.floor(at / minuteMs) - first;
      if (minute >= minutes) return;
      before[minute] = (before[minute] ?? 0) + use.before;
      after[minute] = (after[minute] ?? 0) + use.after;
    });
  }
  const peak = (starts: Int32Array): Peak | null => {
    const count = starts.reduce((most, one) => Math.max(most, one), 0);
    return count === 0 ? null : { count, at: (first + starts.indexOf(count)) * minuteMs };
  };
  return { before: peak(before), after: peak(after) };
}

function eachStart(side: LoadSide, now: number, until: number, visit: (at: number) => void): void {
  const from = openAfter(side, now) + 1;
  if (from >= until) return;
  const { compiled } = side;
  try {
    if (compiled.hasJitter) {
      for (const { startTime } of compiled.range(from, until)) visit(Math.max(startTime, now));
    } else {
      for (const times of compiled.times(from, until)) {
        for (const at of times) visit(Math.max(at, now));
      }
    }
  } catch (error) {
    orNever(error);
  }
}

/** Group by group that the plan touches, then the limit of all. */
function crowding(
  jobs: readonly LoadJob[],
  limits: { readonly before: AdmissionLimits; readonly after: AdmissionLimits },
  now: number,
  until: number,
): { newOverlaps: NewOverlap[]; queueWaits: QueueWait[] } {
  const newOverlaps: NewOverlap[] = [];
  const queueWaits: QueueWait[] = [];
  const touched = touchedGroups(jobs, limits);
  for (const group of [...touched].toSorted()) {
    const members = jobs.filter(
      ({ before, after }) => before?.group === group || after?.group === group,
    );
    const simulated = (side: 'before' | 'after'): Simulated =>
      simulate(
        expectedRuns(members, side, now, until, (one) => one.group === group),
        limits[side].groups[group] ?? Number.POSITIVE_INFINITY,
        { meetings: true },
      );
    const [first, second] = [simulated('before'), simulated('after')];
    newOverlaps.push(...meetingsAdded(members, first, second, group));
    queueWaits.push(...waitsAdded(members, first, second, group));
  }
  const isCrowdable =
    jobs.length > Math.min(limits.before.concurrencyMax, limits.after.concurrencyMax);
  const isTouched = jobs.some(({ before, after }) => before !== after);
  if (isCrowdable && (isTouched || limits.before.concurrencyMax !== limits.after.concurrencyMax)) {
    const simulated = (side: 'before' | 'after'): Simulated =>
      simulate(
        expectedRuns(jobs, side, now, until, () => true),
        limits[side].concurrencyMax,
        { meetings: false },
      );
    queueWaits.push(...waitsAdded(jobs, simulated('before'), simulated('after'), null));
  }
  newOverlaps.sort((a, b) => a.at - b.at);
  queueWaits.sort((a, b) => b.longestMs.after - a.longestMs.after || (a.job < b.job ? -1 : 1));
  return {
    newOverlaps: newOverlaps.slice(0, listedMax),
    queueWaits: queueWaits.slice(0, listedMax),
  };
}

function touchedGroups(
  jobs: readonly LoadJob[],
  limits: { readonly before: AdmissionLimits; readonly after: AdmissionLimits },
): Set<string> {
  const touched = new Set<string>();
  for (const { before, after } of jobs) {
    if (before === after) continue;
    if (before !== null && before.group !== null) touched.add(before.group);
    if (after !== null && after.group !== null) touched.add(after.group);
  }
  const names = new Set([
    ...Object.keys(limits.before.groups),
    ...Object.keys(limits.after.groups),
  ]);
  for (const name of names) {
    if (limits.before.groups[name] !== limits.after.groups[name]) touched.add(name);
  }
  return touched;
}

/** In order of time; only of jobs whose durations are known. */
function expectedRuns(
  jobs: readonly LoadJob[],
  which: 'before' | 'after',
  now: number,
  until: number,
  isOf: (side: LoadSide) => boolean,
): ExpectedRun[] {
  const runs: ExpectedRun[] = [];
  for (const [index, job] of jobs.entries()) {
    const side = job[which];
    const durationMs = knownP95(job.duration);
    if (side === null || durationMs === null || !isOf(side)) continue;
    eachStart(side, now, until, (at) => {
      runs.push({ job: index, at, durationMs, policy: side.policy });
    });
  }
  return runs.sort((a, b) => a.at - b.at || a.job - b.job);
}

function knownP95(duration: DurationBasis | null): number | null {
  return duration === null || duration.runs < durationRunsMin ? null : duration.p95Ms;
}

function meetingsAdded(
  jobs: readonly LoadJob[],
  before: Simulated,
  after: Simulated,
  group: string,
): NewOverlap[] {
  const added: NewOverlap[] = [];
  for (const [key, { pair, at, count }] of after.meetings) {
    if (before.meetings.has(key)) continue;
    const [one, other] = [jobs[pair[0]]!, jobs[pair[1]]!];
    if (one.before === one.after && other.before === other.after) continue;
    added.push({
      jobs: [one.after!.name, other.after!.name],
      group,
      at,
      count,
      basis: [one.duration!.runs, other.duration!.runs],
    });
  }
  return added;
}

function waitsAdded(
  jobs: readonly LoadJob[],
  before: Simulated,
  after: Simulated,
  group: string | null,
): QueueWait[] {
  const none = { waits: 0, longestMs: 0 };
  const added: QueueWait[] = [];
  for (const [index, later] of after.waits) {
    const earlier = before.waits.get(index) ?? none;
    if (later.longestMs < earlier.longestMs + waitMinMs && later.waits <= earlier.waits) continue;
    added.push({
      job: jobs[index]!.after!.name,
      group,
      waits: { before: earlier.waits, after: later.waits },
      longestMs: { before: earlier.longestMs, after: later.longestMs },
    });
  }
  return added;
}
