// What an apply does about pauses: none is ever cleared. They follow a rename,
// stay with a removed job, and hold again when it comes back.
import { livePause, type Pause } from '../overrides/pause.ts';
import type { Matching } from './match-jobs.ts';
import type { PlanOverride } from './plan.ts';

/** By the names that the jobs have afterwards. */
export function planOverrides(
  { matches, removed }: Matching,
  archived: ReadonlyMap<string, Pause>,
  now: number,
): PlanOverride[] {
  const stay = matches.flatMap(({ job, recorded, removedBefore }): PlanOverride[] => {
    const known =
      recorded === null ? (removedBefore?.pause ?? archived.get(job.name)) : recorded.pause;
    const pause = livePause(known ?? null, now);
    if (pause === null) return [];
    const stays = recorded?.job.name === job.name ? 'kept' : 'moved';
    const disposition = recorded === null ? 'restored' : stays;
    return [{ job: job.name, pause, disposition }];
  });
  const gone = removed.flatMap((record): PlanOverride[] => {
    const pause = livePause(record.pause ?? null, now);
    return pause === null ? [] : [{ job: record.job.name, pause, disposition: 'archived' }];
  });
  return [...stay, ...gone].toSorted((a, b) => (a.job < b.job ? -1 : 1));
}
