// Gathers what is wrong into sentences, and says whether the daemon is degraded
// by it. Notices are told too, but take nothing away.
import type { StatusView } from '../api/service.ts';

export interface HealthFacts {
  /** Sentences that mean something does not work as it should. */
  readonly problems: readonly (string | null)[];
  /** Sentences worth knowing. */
  readonly notices: readonly (string | null)[];
  readonly running: number;
  readonly queued: number;
  readonly isStopping: boolean;
}

export function healthView(facts: HealthFacts): StatusView['health'] {
  const problems = facts.problems.filter((problem) => problem !== null);
  const notices = facts.notices.filter((notice) => notice !== null);
  return {
    state: facts.isStopping ? 'draining' : problems.length > 0 ? 'degraded' : 'healthy',
    problems: [...(facts.isStopping ? [stopping] : []), ...problems, ...notices],
    running: facts.running,
    queued: facts.queued,
  };
}

const stopping = 'The daemon was told to stop: it admits nothing more and waits for runs to end.';

/** Faults of a kind that heal by themselves count as a problem for this long. */
const recentMs = 3_600_000;
const rememberedMax = 1_000;

export interface RecentFaults {
  note(at: number): void;
  countSince(now: number): number;
}

export function createRecentFaults(): RecentFaults {
  let times: number[] = [];
  return {
    note: (at) => {
      times = [...times.filter((time) => at - time < recentMs), at].slice(-rememberedMax);
    },
    countSince: (now) => times.filter((time) => now - time < recentMs).length,
  };
}

/** As process 1 Node collects no orphans: each leaves a zombie for good. */
export function initProblem(pid: number): string | null {
  return pid === 1
    ? 'The daemon is process 1 and does not collect orphaned processes; start it under an init (docker run --init, tini).'
    : null;
}
