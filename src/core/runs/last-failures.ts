// Which failures still stand: of each occurrence, and of each request with all
// that repeated it, the newest run counts.
import type { RunState } from './run.ts';

interface Candidate {
  readonly id: string;
  readonly job: string;
  readonly nominalTime: string | null;
  readonly state: RunState;
  readonly repeats: string | null;
}

const failures: ReadonlySet<RunState> = new Set(['failed', 'timed_out', 'lost']);

/** `runs` newest first; the answer is oldest first. Canceled was wanted so, and is no failure. */
export function lastFailures<T extends Candidate>(runs: readonly T[]): T[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const seen = new Set<string>();
  const standing: T[] = [];
  for (const run of runs) {
    const key = run.nominalTime === null ? firstOf(run, byId) : `${run.job} ${run.nominalTime}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (failures.has(run.state)) standing.push(run);
  }
  return standing.toReversed();
}

/** Id of the run that a row of repetitions began with; bounded, as each is older than the next. */
function firstOf(run: Candidate, byId: ReadonlyMap<string, Candidate>): string {
  let id = run.id;
  for (let steps = byId.size; steps >= 0; steps -= 1) {
    const before = byId.get(id)?.repeats ?? null;
    if (before === null) return id;
    id = before;
  }
  return id;
}
