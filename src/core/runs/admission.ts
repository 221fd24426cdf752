// Whether an occurrence or a request becomes a run now, later or not at all:
// by the job's concurrency policy, the limits on runs at once, and the bounds of
// the queue. Which waiting run gets a free slot first is decided in turns.ts.
import type { ConcurrencyPolicy } from '../manifest/job.ts';

/** Runs of all jobs that wait at once; with the store's rows they are kept in memory. */
export const waitingMax = 100_000;

/** What stands between a run and a slot, besides other runs of its job. */
export interface SlotFacts {
  /** `concurrency.max`, and how many of these slots no run has or will get first. */
  readonly max: number;
  readonly free: number;
  /** The limit of its group; null for none. */
  readonly group: { readonly name: string; readonly max: number; readonly free: number } | null;
}

export interface AdmissionFacts {
  readonly policy: ConcurrencyPolicy;
  /** Runs of the job in progress: running, or between two attempts. */
  readonly inProgress: readonly string[];
  /** Runs of the job that were admitted and have made no attempt yet. */
  readonly waiting: readonly string[];
  readonly slots: SlotFacts;
  /** `concurrency.queue_limit`. */
  readonly queueLimit: number;
  /** Runs of all jobs that wait. */
  readonly waitingInAll: number;
  /** A person asked to start whatever the policy says. */
  readonly force: boolean;
  /**
   * One of a series that catch-up `all` admits: each waits for the one before,
   * and no policy but `allow` lets them overlap. Without this, `forbid` would
   * skip all but the first of what catch-up has just promised. Its own limit
   * bounds the series, so that of the queue does not.
   */
  readonly serial: boolean;
  /** For a run that is asked for a later time: how many of the job are already; null for now. */
  readonly deferred?: number | null;
}

export type Admission =
  /** Nothing is in the way. */
  | { readonly kind: 'start' }
  /** Admitted, but waits: for a free slot, or for the job's earlier run to end. */
  | { readonly kind: 'queue'; readonly behind: 'slot' | 'job'; readonly because: string }
  /** Admitted for a later time; what is in its way is asked then. */
  | { readonly kind: 'defer'; readonly because: string }
  | {
      readonly kind: 'skip';
      readonly reason: 'forbid' | 'queue_full';
      readonly evidence: string;
    }
  /** Admitted at the cost of these runs; starts when they have ended. */
  | { readonly kind: 'replace'; readonly cancel: readonly string[] };

export function admit(facts: AdmissionFacts): Admission {
  const deferred = facts.deferred ?? null;
  const verdict: Admission =
    deferred === null ? byPolicy(facts) : { kind: 'defer', because: 'waits for its time' };
  if (verdict.kind !== 'queue' && verdict.kind !== 'defer') return verdict;
  const waiting = deferred ?? facts.waiting.length;
  if (!facts.serial && waiting >= facts.queueLimit) {
    const evidence = `${waiting} runs of the job were waiting already (concurrency.queue_limit ${facts.queueLimit})`;
    return { kind: 'skip', reason: 'queue_full', evidence };
  }
  if (facts.waitingInAll >= waitingMax) {
    const evidence = `${facts.waitingInAll.toLocaleString('en')} runs of all jobs were waiting already`;
    return { kind: 'skip', reason: 'queue_full', evidence };
  }
  return verdict;
}

function byPolicy(facts: AdmissionFacts): Admission {
  const { policy, inProgress, waiting } = facts;
  const earlier = [...inProgress, ...waiting];
  const first = earlier[0];
  if (facts.force || policy === 'allow' || first === undefined) return startOrWait(facts.slots);
  if (facts.serial) {
    return { kind: 'queue', behind: 'job', because: `waits for run ${first} of the job to end` };
  }
  switch (policy) {
    case 'forbid':
      return { kind: 'skip', reason: 'forbid', evidence: `run ${first} had not ended` };
    case 'queue': {
      const queued = waiting[0];
      return queued === undefined
        ? { kind: 'queue', behind: 'job', because: `waits for run ${first} of the job to end` }
        : { kind: 'skip', reason: 'queue_full', evidence: `run ${queued} was waiting already` };
    }
    case 'replace':
      return { kind: 'replace', cancel: earlier };
  }
}

function startOrWait(slots: SlotFacts): Admission {
  const because = describeSlotWait(slots);
  return because === null ? { kind: 'start' } : { kind: 'queue', behind: 'slot', because };
}

/** Why an admitted run does not start at once; null when a slot is free for it. */
export function describeSlotWait({ max, free, group }: SlotFacts): string | null {
  if (group !== null && group.free <= 0) {
    return `waits for a free slot in group ${group.name} (max ${group.max})`;
  }
  return free > 0 ? null : `waits for a free slot (concurrency.max ${max})`;
}
