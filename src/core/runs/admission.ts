// Whether an occurrence or a request becomes a run now, later or not at all,
// by the job's concurrency policy. Which waiting run gets a free slot first is
// left to the queue.
import type { ConcurrencyPolicy } from '../manifest/job.ts';

export interface AdmissionFacts {
  readonly policy: ConcurrencyPolicy;
  /** Runs of the job in progress: running, or between two attempts. */
  readonly inProgress: readonly string[];
  /** Runs of the job that were admitted and have made no attempt yet. */
  readonly waiting: readonly string[];
  /** Runs that may still start at once under the global limit. */
  readonly freeSlots: number;
  /** A person asked to start whatever the policy says. */
  readonly force: boolean;
  /**
   * One of a series that catch-up `all` admits: each waits for the one before,
   * and no policy but `allow` lets them overlap. Without this, `forbid` would
   * skip all but the first of what catch-up has just promised.
   */
  readonly serial: boolean;
}

export type Admission =
  /** Nothing is in the way. */
  | { readonly kind: 'start' }
  /** Admitted, but waits: for a free slot, or for the job's earlier run to end. */
  | { readonly kind: 'queue'; readonly behind: 'slot' | 'job'; readonly because: string }
  | {
      readonly kind: 'skip';
      readonly reason: 'forbid' | 'queue_full';
      readonly evidence: string;
    }
  /** Admitted at the cost of these runs; starts when they have ended. */
  | { readonly kind: 'replace'; readonly cancel: readonly string[] };

export function admit(facts: AdmissionFacts): Admission {
  const { policy, inProgress, waiting } = facts;
  const earlier = [...inProgress, ...waiting];
  const first = earlier[0];
  if (facts.force || policy === 'allow' || first === undefined) return startOrWait(facts);
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

/** Why an admitted run waits while as many run as the manifest allows. */
export const waitsForSlot = 'waits for a free slot (concurrency.max)';

function startOrWait(facts: AdmissionFacts): Admission {
  return facts.freeSlots > 0
    ? { kind: 'start' }
    : { kind: 'queue', behind: 'slot', because: waitsForSlot };
}
