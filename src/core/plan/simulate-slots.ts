// Plays expected runs through a number of slots, first come, first served: who
// meets whom, who waits how long. Priority and retries are left out: it is a
// forecast of crowding, not of an order.
import type { ConcurrencyPolicy } from '../manifest/job.ts';

export interface ExpectedRun {
  /** Index of its job. */
  readonly job: number;
  readonly at: number;
  readonly durationMs: number;
  readonly policy: ConcurrencyPolicy;
}

export interface Simulated {
  /** By job index; only those that wait. */
  readonly waits: ReadonlyMap<number, { readonly waits: number; readonly longestMs: number }>;
  /** Pairs of jobs due at overlapping times, by a key of both; empty unless asked for. */
  readonly meetings: ReadonlyMap<
    string,
    { readonly pair: readonly [number, number]; readonly at: number; readonly count: number }
  >;
}

/** So many at once that pairs say nothing any more are not looked at pair by pair. */
const pairsOfMax = 100;

/** `runs` in order of time; `slots` may be infinite. */
export function simulate(
  runs: readonly ExpectedRun[],
  slots: number,
  options: { readonly meetings: boolean },
): Simulated {
  const waits = new Map<number, { waits: number; longestMs: number }>();
  const meetings = new Map<string, { pair: [number, number]; at: number; count: number }>();
  /** Ends of what holds a slot, earliest first. */
  const ends: number[] = [];
  const endOfJob = new Map<number, number>();
  let due: { job: number; until: number }[] = [];
  for (const { job, at, durationMs, policy } of runs) {
    // What the policy skips never asks for a slot.
    if (policy === 'forbid' && (endOfJob.get(job) ?? 0) > at) continue;
    if (options.meetings) {
      due = due.filter(({ until }) => until > at);
      for (const other of due.slice(0, pairsOfMax)) {
        if (other.job === job) continue;
        const pair: [number, number] = other.job < job ? [other.job, job] : [job, other.job];
        const key = `${pair[0]} ${pair[1]}`;
        const known = meetings.get(key);
        if (known === undefined) meetings.set(key, { pair, at, count: 1 });
        else known.count += 1;
      }
      due.push({ job, until: at + durationMs });
    }
    while ((ends[0] ?? Number.POSITIVE_INFINITY) <= at) ends.shift();
    let begins = at;
    if (ends.length >= slots) {
      begins = ends.shift()!;
      const known = waits.get(job);
      const waited = begins - at;
      if (known === undefined) waits.set(job, { waits: 1, longestMs: waited });
      else {
        known.waits += 1;
        known.longestMs = Math.max(known.longestMs, waited);
      }
    }
    if (Number.isFinite(slots)) insert(ends, begins + durationMs);
    endOfJob.set(job, begins + durationMs);
  }
  return { waits, meetings };
}

function insert(sorted: number[], value: number): void {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, value);
}
