// What of the drift can be told without looking at host and past, as counts; the rest
// is `jm2 drift`, which looks at programs, accounts and runs.
import type { JobView, StatusView } from '../api/service.ts';

export interface DriftSummary {
  /** Pauses that hold, as people meant them to. */
  readonly expected: number;
  /** Pauses that were forgotten. */
  readonly staleOverride: number;
  /** Jobs whose schedule waits for nothing. */
  readonly unscheduled: number;
  /** 1 while the manifest says something else than what is in force. */
  readonly pending: number;
}

export function driftSummary(
  { overrides, sync }: Pick<StatusView, 'overrides' | 'sync'>,
  jobs: readonly Pick<JobView, 'state'>[],
): DriftSummary {
  // A daemon of 0.1, asked right after an upgrade, tells none.
  const all = overrides ?? [];
  const staleOverride = all.filter((pause) => pause.old).length;
  return {
    expected: all.length - staleOverride,
    staleOverride,
    unscheduled: jobs.filter(({ state }) => state === 'invalid').length,
    pending: sync.state === 'pending' ? 1 : 0,
  };
}
