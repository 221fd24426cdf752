// How long the runs of each job took, for forecasts: from the newest runs of the
// last thirty days. Bounded, so that a store with a million runs answers as soon
// as one with a thousand.
import type { DurationBasis } from '../core/plan/impact.ts';
import type { StoreReader } from '../store/store.ts';

const backMs = 30 * 86_400_000;
const runsMax = 20_000;
/** Of one job: its newest ones speak for it. */
const ofJobMax = 200;

export function durationsOf(store: StoreReader, now: number): Map<string, DurationBasis> {
  const seen = new Map<string, number[]>();
  const facts = store.runFacts({ since: now - backMs, before: null, limit: runsMax });
  for (const { jobUid, state, startedAt, endedAt } of facts) {
    if (state !== 'succeeded' || startedAt === null || endedAt === null) continue;
    // A clock that was set back in between leaves no duration.
    if (endedAt < startedAt) continue;
    const list = seen.get(jobUid);
    if (list === undefined) seen.set(jobUid, [endedAt - startedAt]);
    else if (list.length < ofJobMax) list.push(endedAt - startedAt);
  }
  const durations = new Map<string, DurationBasis>();
  for (const [uid, list] of seen) {
    const sorted = list.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
    durations.set(uid, {
      runs: sorted.length,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      maxMs: sorted.at(-1) ?? 0,
    });
  }
  return durations;
}
