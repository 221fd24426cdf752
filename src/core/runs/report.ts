// How a time went, job by job, against the time before it: what a report says of
// figures that were counted elsewhere, and which jobs it names first.
import type { Statistics } from './statistics.ts';

export interface PeriodFigures {
  readonly runs: number;
  readonly succeeded: number;
  /** Failed, timed out and lost. */
  readonly failed: number;
  readonly canceled: number;
  /** Of runs that succeeded or failed; null for none. */
  readonly successRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
  /** Latest start after its time, and so the longest wait. */
  readonly lateMaxMs: number | null;
  readonly retries: number;
  readonly runningMs: number;
  readonly longestGapMs: number | null;
  /** Occurrences that were missed and that nothing made up for. */
  readonly missed: number;
}

export type TrendVerdict = 'better' | 'worse' | 'same' | 'new' | 'idle';

export interface Trend {
  /** `new`: nothing ran before; `idle`: nothing ran now. */
  readonly verdict: TrendVerdict;
  /** What it rests on; null for the others. */
  readonly because: 'failures' | 'missed' | 'duration' | null;
}

export interface ReportRow extends PeriodFigures {
  readonly job: string;
  /** The same of the time before. */
  readonly before: PeriodFigures;
  readonly trend: Trend;
}

export interface Report {
  readonly jobs: readonly ReportRow[];
  readonly overall: PeriodFigures & { readonly before: PeriodFigures; readonly trend: Trend };
  /** Part of all attempts that were retries; null when nothing was attempted. */
  readonly retryShare: number | null;
  /** Jobs by name, the worst first; at most five of each. */
  readonly slowest: readonly string[];
  /** Now well, now not: those that also succeeded, by the part of attempts that went wrong. */
  readonly flakiest: readonly string[];
  readonly longestWaits: readonly string[];
}

export interface PeriodFacts {
  readonly jobs: readonly ({ readonly job: string } & Statistics)[];
  readonly overall: Statistics;
  /** By job. */
  readonly missed: ReadonlyMap<string, number>;
}

const namedMax = 5;
/** A success rate that moves by less is noise. */
const rateMoves = 0.01;
/** A median that moves by less, as a factor and in all, is noise. */
const slowerBy = 1.25;
const slowerByMs = 1_000;

export function reportOf(now: PeriodFacts, before: PeriodFacts): Report {
  const earlier = new Map(before.jobs.map((job) => [job.job, job]));
  const jobs = now.jobs.map((statistics): ReportRow => {
    const { job } = statistics;
    return {
      job,
      ...compared(
        figuresOf(statistics, now.missed.get(job) ?? 0),
        figuresOf(earlier.get(job) ?? null, before.missed.get(job) ?? 0),
      ),
    };
  });
  const all = compared(
    figuresOf(now.overall, sum(now.missed)),
    figuresOf(before.overall, sum(before.missed)),
  );
  const attempts = all.runs + all.retries;
  return {
    jobs,
    overall: all,
    retryShare: attempts === 0 ? null : all.retries / attempts,
    slowest: worst(jobs, ({ p95Ms }) => p95Ms ?? 0),
    flakiest: worst(jobs, flakiness),
    longestWaits: worst(jobs, ({ lateMaxMs }) => lateMaxMs ?? 0),
  };
}

function figuresOf(statistics: Statistics | null, missed: number): PeriodFigures {
  const states = statistics?.states;
  return {
    runs: statistics?.runs ?? 0,
    succeeded: states?.succeeded ?? 0,
    failed: states === undefined ? 0 : states.failed + states.timed_out + states.lost,
    canceled: states?.canceled ?? 0,
    successRate: statistics?.successRate ?? null,
    p50Ms: statistics?.durationMs?.p50 ?? null,
    p95Ms: statistics?.durationMs?.p95 ?? null,
    maxMs: statistics?.durationMs?.max ?? null,
    lateMaxMs: statistics?.lateMs?.max ?? null,
    retries: statistics?.retries ?? 0,
    runningMs: statistics?.runningMs ?? 0,
    longestGapMs: statistics?.longestGapMs ?? null,
    missed,
  };
}

function compared(
  now: PeriodFigures,
  before: PeriodFigures,
): PeriodFigures & { readonly before: PeriodFigures; readonly trend: Trend } {
  return { ...now, before, trend: trendOf(now, before) };
}

/** What went wrong outweighs what was missed, and both how long it took. */
export function trendOf(now: PeriodFigures, before: PeriodFigures): Trend {
  if (now.runs + now.missed === 0) return { verdict: 'idle', because: null };
  if (before.runs + before.missed === 0) return { verdict: 'new', because: null };
  const [rate, earlier] = [now.successRate, before.successRate];
  if (rate !== null && earlier !== null && Math.abs(rate - earlier) >= rateMoves) {
    return { verdict: rate > earlier ? 'better' : 'worse', because: 'failures' };
  }
  if (now.missed !== before.missed) {
    return { verdict: now.missed < before.missed ? 'better' : 'worse', because: 'missed' };
  }
  const [took, once] = [now.p50Ms, before.p50Ms];
  if (took !== null && once !== null && Math.abs(took - once) >= slowerByMs) {
    if (took >= once * slowerBy) return { verdict: 'worse', because: 'duration' };
    if (once >= took * slowerBy) return { verdict: 'better', because: 'duration' };
  }
  return { verdict: 'same', because: null };
}

/** A job that always fails is not flaky: it is broken. */
function flakiness({ runs, succeeded, failed, retries }: PeriodFigures): number {
  return succeeded === 0 ? 0 : (failed + retries) / (runs + retries);
}

function worst(jobs: readonly ReportRow[], measure: (row: ReportRow) => number): readonly string[] {
  return jobs
    .filter((row) => measure(row) > 0)
    .toSorted((a, b) => measure(b) - measure(a))
    .slice(0, namedMax)
    .map(({ job }) => job);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
