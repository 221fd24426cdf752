// Figures over the runs of a job, or of all jobs together: how many ended how,
// how long they took, how late they began. Fed run by run, newest first; of more
// runs than that, the figures are put together of sums by statistics-of-days.ts.
import type { RunState } from './run.ts';

/** What the figures need to know of a run. */
export interface RunFact {
  readonly state: RunState;
  readonly attempts: number;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly lateMs: number | null;
}

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  /** Of all runs. */
  readonly max: number;
  /** The newest runs, on which `p50` and `p95` rest; all of them unless there are many. */
  readonly of: number;
}

export interface Statistics {
  readonly runs: number;
  readonly states: Readonly<Record<RunState, number>>;
  /** Of runs that succeeded, failed, timed out or were lost, the part that succeeded; null for none. */
  readonly successRate: number | null;
  /** Of runs that ended; null for none. */
  readonly durationMs: Spread | null;
  readonly lateMs: Spread | null;
  /** Attempts beyond the first of each run. */
  readonly retries: number;
  /** Time that commands ran in all. */
  readonly runningMs: number;
  /** The newest runs that ended alike; null when none has succeeded or failed. */
  readonly streak: { readonly succeeded: boolean; readonly runs: number } | null;
  /**
   * Longest time between two starts that followed each other; null for fewer, and
   * for many runs of some jobs together, of which no sum is kept.
   */
  readonly longestGapMs: number | null;
}

export const failures: ReadonlySet<RunState> = new Set(['failed', 'timed_out', 'lost']);

export class StatisticsOf {
  readonly #states: Record<RunState, number> = {
    queued: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    timed_out: 0,
    canceled: 0,
    lost: 0,
  };
  readonly #durations: number[] = [];
  readonly #lateness: number[] = [];
  #runs = 0;
  #retries = 0;
  #streak: { succeeded: boolean; runs: number } | null = null;
  #streakGoesOn = true;
  readonly #starts: number[] = [];

  /** Newest first. */
  add({ state, attempts, startedAt, endedAt, lateMs }: RunFact): void {
    this.#runs += 1;
    this.#states[state] += 1;
    this.#retries += Math.max(0, attempts - 1);
    // A clock that was set back between start and end leaves no duration.
    if (startedAt !== null && endedAt !== null && endedAt >= startedAt) {
      this.#durations.push(endedAt - startedAt);
    }
    if (lateMs !== null) this.#lateness.push(Math.max(0, lateMs));
    if (startedAt !== null) this.#starts.push(startedAt);
    this.#goOnWithStreak(state);
  }

  /** A canceled run, and one that goes on, ends no streak and lengthens none. */
  #goOnWithStreak(state: RunState): void {
    const succeeded = state === 'succeeded';
    if (!this.#streakGoesOn || (!succeeded && !failures.has(state))) return;
    this.#streak ??= { succeeded, runs: 0 };
    if (this.#streak.succeeded === succeeded) this.#streak.runs += 1;
    else this.#streakGoesOn = false;
  }

  result(): Statistics {
    const failed = this.#states.failed + this.#states.timed_out + this.#states.lost;
    const judged = this.#states.succeeded + failed;
    return {
      runs: this.#runs,
      states: { ...this.#states },
      successRate: judged === 0 ? null : this.#states.succeeded / judged,
      durationMs: spreadOf(this.#durations),
      lateMs: spreadOf(this.#lateness),
      retries: this.#retries,
      runningMs: this.#durations.reduce((sum, ms) => sum + ms, 0),
      streak: this.#streak === null ? null : { ...this.#streak },
      longestGapMs: longestGap(this.#starts),
    };
  }
}

function longestGap(starts: readonly number[]): number | null {
  const sorted = Float64Array.from(starts).toSorted();
  let longest: number | null = null;
  for (let at = 1; at < sorted.length; at += 1) {
    longest = Math.max(longest ?? 0, (sorted[at] ?? 0) - (sorted[at - 1] ?? 0));
  }
  return longest;
}

/** By the nearest rank: each figure is one that was measured. */
function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).toSorted();
  const at = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1), of: sorted.length };
}
