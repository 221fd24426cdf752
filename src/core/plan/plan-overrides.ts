// What an apply does about pauses: none is ever cleared. They follow a rename,
// and stay with a removed job.
import { livePause } from '../overrides/pause.ts';
import type { Matching } from './match-jobs.ts';
import type { PlanOverride } from './plan.ts';

/** By the names that the jobs have afterwards. */
export function planOverrides({ matches, removed }: Matching, now: number): PlanOverride[] {
  const stay = matches.flatMap(({ job, recorded }): PlanOverride[] => {
    const pause = livePause(recorded?.pause ?? null, now);
    if (pause === null || recorded === null) return [];
    const disposition = recorded.job.name === job.name ? 'kept' : 'moved';
    return [{ job: job.name, pause, disposition }];
  });
  const gone = removed.flatMap((record): PlanOverride[] => {
    const pause = livePause(record.pause ?? null, now);
    return pause === null ? [] : [{ job: record.job.name, pause, disposition: 'archived' }];
  });
  return [...stay, ...gone].toSorted((a, b) => (a.job < b.job ? -1 : 1));
}
