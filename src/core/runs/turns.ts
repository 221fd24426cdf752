// Whose turn it is among the runs that wait for a free slot. The rule: higher
// priority first; within one priority jobs take turns, and of jobs that had no
// turn yet the one whose run was due first. Waiting counts: each step of time is
// worth one step of priority, so that low priority is late and never lost.
// Which runs may start at all is decided in admission.ts; the line that keeps
// them in order is the scheduler's.

/** Waiting this long counts as much as one step of priority. */
export const agingStepMs = 5 * 60_000;

/** Time before the admission counts for this much at most: it was no waiting in line. */
const beforeAdmissionMaxMs = 60_000;

/** Admissions this close to one another are one moment, in which the due time decides. */
const momentMs = 1_000;

/** What is known of the next run of one job; smaller numbers are earlier. */
export interface Turn {
  readonly priority: number;
  /** Monotonic time since which it waits for its turn (see `waitingSince`, `afterTurn`). */
  readonly since: number;
  /** Number of the job's last turn while it has had runs in line; 0 for none. */
  readonly served: number;
  /** When the run should have started (wall clock). */
  readonly dueAt: number;
  /** Order of admission. */
  readonly order: number;
}

/**
 * Priority with the waiting added. The difference of two runs that wait stays
 * the same for ever, so a line once sorted stays sorted as time goes on.
 */
export function effectivePriority(turn: Pick<Turn, 'priority' | 'since'>, mono: number): number {
  return turn.priority + (mono - turn.since) / agingStepMs;
}

/** True when `a` comes before `b`; never for two that are equal. */
export function isBefore(a: Turn, b: Turn): boolean {
  // Effective priorities at the same instant, without naming it.
  const rankA = a.since - a.priority * agingStepMs;
  const rankB = b.since - b.priority * agingStepMs;
  if (rankA !== rankB) return rankA < rankB;
  if (a.served !== b.served) return a.served < b.served;
  if (a.dueAt !== b.dueAt) return a.dueAt < b.dueAt;
  return a.order < b.order;
}

/**
 * Since when a run admitted now waits, on the monotonic clock. All that an
 * interruption held up begins to wait when it ended, whatever its nominal time:
 * a night of downtime must not turn low priority into high.
 */
export function waitingSince(at: {
  readonly mono: number;
  readonly now: number;
  readonly dueAt: number;
  /** End of the interruption that held it up (wall clock); null for none. */
  readonly heldUpUntil: number | null;
}): number {
  const from = Math.max(at.dueAt, at.heldUpUntil ?? Number.NEGATIVE_INFINITY);
  return moment(at.mono - Math.min(beforeAdmissionMaxMs, Math.max(0, at.now - from)));
}

/** Since when a run waits that an earlier daemon had queued: the waiting goes on. */
export function stillWaitingSince(mono: number, now: number, queuedAt: number): number {
  return moment(mono - Math.max(0, now - queuedAt));
}

/** Since when a retry waits whose time has come, or the next run of a job that has had its turn. */
export function afterTurn(mono: number): number {
  return moment(mono);
}

function moment(mono: number): number {
  return Math.floor(mono / momentMs) * momentMs;
}
