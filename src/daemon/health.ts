// Gathers what is wrong into conditions, and says whether the daemon is degraded
// by them. Notices are told too, but take nothing away.
import type { StatusView } from '../api/service.ts';
import type { Condition } from '../core/diagnostics/condition.ts';
import type { LoopDelay } from '../system/loop-delay.ts';
import { iso } from './views.ts';

/** A sentence alone is a condition of which nobody knows more. */
type Problem = Condition | string | null;

export interface HealthFacts {
  /** What means that something does not work as it should. */
  readonly problems: readonly Problem[];
  /** Sentences worth knowing. */
  readonly notices: readonly (string | null)[];
  readonly running: number;
  readonly queued: number;
  readonly concurrencyMax: number | null;
  readonly isStopping: boolean;
  readonly loopDelay: LoopDelay | null;
}

export function healthView(facts: HealthFacts): StatusView['health'] {
  const conditions = facts.problems.filter((problem) => problem !== null).map(asCondition);
  const notices = facts.notices.filter((notice) => notice !== null);
  return {
    state: facts.isStopping ? 'draining' : conditions.length > 0 ? 'degraded' : 'healthy',
    problems: [
      ...(facts.isStopping ? [stopping] : []),
      ...conditions.map(({ text }) => text),
      ...notices,
    ],
    conditions: conditions.map((condition) => ({
      ...condition,
      since: condition.since === null ? null : iso(condition.since),
    })),
    running: facts.running,
    queued: facts.queued,
    concurrencyMax: facts.concurrencyMax,
    loopDelay:
      facts.loopDelay === null ? null : { ...facts.loopDelay, since: iso(facts.loopDelay.since) },
  };
}

function asCondition(problem: Condition | string): Condition {
  if (typeof problem !== 'string') return problem;
  return { code: null, text: problem, since: null, remedy: null };
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

/** As process 1 Node collects no orphans: each leaves a zombie for good. `count` counts those. */
export function initProblem(pid: number, count: () => number): string | null {
  if (pid !== 1) return null;
  const zombies = count();
  const sofar = zombies === 0 ? '' : ` (${zombies} so far)`;
  return `The daemon is process 1 and does not collect orphaned processes${sofar}; start it under an init (docker run --init, tini).`;
}
