// The runs that have not ended, as values, with the indices that the loop asks:
// who is ready for a slot, whose alarm comes next, what runs of a job there are.
// Decides nothing; the store remains the truth.
import { InternalError } from '../core/diagnostics/jm2-error.ts';
import type { Job } from '../core/manifest/job.ts';
import type { Interruption } from '../core/runs/interruption.ts';
import { canBecome } from '../core/runs/run-state.ts';
import type { Attempt, Run } from '../core/runs/run.ts';
import { DueHeap } from './due-heap.ts';
import type { Work } from './work.ts';

/**
 * Where an unfinished run stands: ready for a slot, blocked by another run of
 * its job, delayed until a retry, or active (an attempt has its intent).
 */
export type Place = 'ready' | 'blocked' | 'delayed' | 'active';

export interface LiveRun {
  readonly run: Run;
  /** The spec the run is pinned to; null when the store has lost it. */
  readonly job: Job | null;
  /** Place in the line: admission order. */
  readonly order: number;
  readonly place: Place;
  /** Monotonic time of the retry, the timeout or the next signal; null for none. */
  readonly alarmAt: number | null;
  readonly retriesUsed: number;
  /** The attempt in progress; null unless active. */
  readonly attempt: Attempt | null;
  /** Signals sent so far to end the attempt; 0 while it may live. */
  readonly signalsSent: number;
  /** When the run should have started (wall clock), and what kept it from being admitted then. */
  readonly dueAt: number;
  readonly heldUpBy: Interruption | null;
}

export class RunTable {
  readonly #byId = new Map<string, LiveRun>();
  readonly #byJob = new Map<string, Map<string, LiveRun>>();
  readonly #ready = new DueHeap();
  readonly #alarms = new DueHeap();
  #active = 0;
  #orders = 0;

  get activeCount(): number {
    return this.#active;
  }

  get queuedCount(): number {
    return this.#byId.size - this.#active;
  }

  get readyCount(): number {
    return this.#ready.size;
  }

  nextOrder(): number {
    this.#orders += 1;
    return this.#orders;
  }

  get(runId: string): LiveRun | undefined {
    return this.#byId.get(runId);
  }

  all(): LiveRun[] {
    return [...this.#byId.values()];
  }

  /** Unfinished runs of a job, in the order of their admission. */
  ofJob(jobUid: string): LiveRun[] {
    const runs = this.#byJob.get(jobUid);
    return runs === undefined ? [] : [...runs.values()].sort((a, b) => a.order - b.order);
  }

  /** The run that has waited longest among those that may start. */
  firstReady(): LiveRun | null {
    const head = this.#ready.peek();
    return head === null ? null : (this.#byId.get(head.key) ?? null);
  }

  /** The earliest retry, timeout or signal (monotonic time). */
  firstAlarm(): { readonly live: LiveRun; readonly at: number } | null {
    const head = this.#alarms.peek();
    const live = head === null ? undefined : this.#byId.get(head.key);
    return head === null || live === undefined ? null : { live, at: head.at };
  }

  /** Adds or replaces a run; taken back when the work rolls back. */
  put(work: Work, next: LiveRun): LiveRun {
    const before = this.#byId.get(next.run.id);
    const from = before?.run.state;
    if (from !== undefined && from !== next.run.state && !canBecome(from, next.run.state)) {
      throw new InternalError(`run ${next.run.id} cannot go from ${from} to ${next.run.state}`);
    }
    this.#exchange(next.run.id, before, next);
    work.onRollback(() => this.#exchange(next.run.id, next, before));
    return next;
  }

  /** Takes out a run that has ended. */
  remove(work: Work, live: LiveRun): void {
    const id = live.run.id;
    const before = this.#byId.get(id);
    this.#exchange(id, before, undefined);
    work.onRollback(() => this.#exchange(id, undefined, before));
  }

  #exchange(id: string, before: LiveRun | undefined, after: LiveRun | undefined): void {
    if (before?.place === 'active') this.#active -= 1;
    if (after?.place === 'active') this.#active += 1;
    this.#ready.set(id, after?.place === 'ready' ? after.order : null);
    this.#alarms.set(id, after?.alarmAt ?? null);
    if (after === undefined) this.#byId.delete(id);
    else this.#byId.set(id, after);
    const jobUid = (after ?? before)?.run.jobUid;
    if (jobUid !== undefined) this.#index(jobUid, id, after);
  }

  #index(jobUid: string, id: string, after: LiveRun | undefined): void {
    const runs = this.#byJob.get(jobUid) ?? new Map<string, LiveRun>();
    if (after === undefined) runs.delete(id);
    else runs.set(id, after);
    if (runs.size === 0) this.#byJob.delete(jobUid);
    else this.#byJob.set(jobUid, runs);
  }
}

/** True while a run is between its first intent and its end. */
export function isInProgress(live: LiveRun): boolean {
  return live.place === 'active' || live.run.attempts > 0;
}
