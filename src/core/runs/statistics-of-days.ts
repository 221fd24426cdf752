// Figures over more runs than are looked at one by one: put together of sums per day,
// and of the newest runs, on which percentiles rest. How the sums are kept is the store's.
import type { EndState, RunState } from './run.ts';
import {
  failures,
  StatisticsOf,
  type RunFact,
  type Spread,
  type Statistics,
} from './statistics.ts';

/** Sums over the runs that were queued on one day, or on a part of it. */
export interface DaySum {
  /** Days of UTC since 1970. */
  readonly day: number;
  /** Runs that have ended. */
  readonly states: Readonly<Record<EndState, number>>;
  readonly retries: number;
  readonly runningMs: number;
  readonly durationMaxMs: number | null;
  readonly lateMaxMs: number | null;
  /** Of all that began. */
  readonly starts: StartSum | null;
}

/** When runs of one day began, in epoch ms. */
export interface StartSum {
  readonly first: number;
  readonly last: number;
  readonly longestGapMs: number | null;
}

export interface Newest {
  /** Of the same runs, newest first. */
  readonly facts: readonly RunFact[];
  /** All that have not ended, which are in no sum. */
  readonly unfinished: readonly RunFact[];
  /** States of the runs of a day, newest first: asked where a day had some of either kind. */
  readonly statesOf: (day: number) => Iterable<RunState>;
}

/** `days` from the first one on; `starts`: null for those of the days, unless they are not known. */
export function statisticsOfDays(
  days: readonly DaySum[],
  { facts, unfinished, statesOf }: Newest,
  starts: readonly (StartSum | null)[] | 'unknown' = days.map((day) => day.starts),
): Statistics {
  const newest = new StatisticsOf();
  for (const fact of facts) newest.add(fact);
  const open = new StatisticsOf();
  for (const fact of unfinished) open.add(fact);
  const { durationMs, lateMs } = newest.result();
  const { states: going, retries, lateMs: lateOpen } = open.result();
  const sum = (of: (day: DaySum) => number): number =>
    days.reduce((total, day) => total + of(day), 0);
  const states: Record<RunState, number> = {
    queued: going.queued,
    running: going.running,
    succeeded: sum((day) => day.states.succeeded),
    failed: sum((day) => day.states.failed),
    timed_out: sum((day) => day.states.timed_out),
    canceled: sum((day) => day.states.canceled),
    lost: sum((day) => day.states.lost),
  };
  const judged = states.succeeded + states.failed + states.timed_out + states.lost;
  const lateMaxMs = largest([...days.map((day) => day.lateMaxMs), lateOpen?.max ?? null]);
  return {
    runs: Object.values(states).reduce((total, count) => total + count, 0),
    states,
    successRate: judged === 0 ? null : states.succeeded / judged,
    durationMs: spread(durationMs, largest(days.map((day) => day.durationMaxMs))),
    lateMs: spread(lateMs, lateMaxMs),
    retries: retries + sum((day) => day.retries),
    runningMs: sum((day) => day.runningMs),
    streak: streakOf(days, statesOf),
    longestGapMs: starts === 'unknown' ? null : longestGap(starts),
  };
}

function largest(values: readonly (number | null)[]): number | null {
  return values.reduce((max, value) => (value === null ? max : Math.max(max ?? 0, value)), null);
}

function spread(newest: Spread | null, max: number | null): Spread | null {
  return newest === null ? null : { ...newest, max: Math.max(newest.max, max ?? 0) };
}

/** Within days and from one to the next that had any. */
function longestGap(starts: readonly (StartSum | null)[]): number | null {
  let longest: number | null = null;
  let last: number | null = null;
  for (const start of starts) {
    if (start === null) continue;
    longest = largest([longest, start.longestGapMs, last === null ? null : start.first - last]);
    last = Math.max(last ?? start.last, start.last);
  }
  return longest;
}

/** Back through the days; only one on which both kinds ended is looked at run by run. */
function streakOf(days: readonly DaySum[], statesOf: Newest['statesOf']): Statistics['streak'] {
  let streak = null as Statistics['streak'];
  for (const { day, states } of days.toReversed()) {
    const failed = states.failed + states.timed_out + states.lost;
    if (states.succeeded > 0 && failed > 0) return streakWithin(streak, statesOf(day));
    if (states.succeeded + failed === 0) continue;
    const succeeded = failed === 0;
    if (streak !== null && streak.succeeded !== succeeded) return streak;
    streak = { succeeded, runs: (streak?.runs ?? 0) + states.succeeded + failed };
  }
  return streak;
}

function streakWithin(
  before: Statistics['streak'],
  states: Iterable<RunState>,
): Statistics['streak'] {
  let streak = before;
  for (const state of states) {
    const succeeded = state === 'succeeded';
    if (!succeeded && !failures.has(state)) continue;
    if (streak !== null && streak.succeeded !== succeeded) return streak;
    streak = { succeeded, runs: (streak?.runs ?? 0) + 1 };
  }
  return streak;
}

/** The sums of several jobs as those of one, day by day; starts are not known then. */
export function joinedDays(all: readonly DaySum[]): DaySum[] {
  const byDay = new Map<number, DaySum>();
  for (const one of all) {
    const other = byDay.get(one.day);
    byDay.set(one.day, other === undefined ? { ...one, starts: null } : joined(one, other));
  }
  return [...byDay.values()].toSorted((a, b) => a.day - b.day);
}

function joined(one: DaySum, other: DaySum): DaySum {
  return {
    day: one.day,
    states: {
      succeeded: one.states.succeeded + other.states.succeeded,
      failed: one.states.failed + other.states.failed,
      timed_out: one.states.timed_out + other.states.timed_out,
      canceled: one.states.canceled + other.states.canceled,
      lost: one.states.lost + other.states.lost,
    },
    retries: one.retries + other.retries,
    runningMs: one.runningMs + other.runningMs,
    durationMaxMs: largest([one.durationMaxMs, other.durationMaxMs]),
    lateMaxMs: largest([one.lateMaxMs, other.lateMaxMs]),
    starts: null,
  };
}
