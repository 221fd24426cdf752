// The runs that have not ended, as values, with the indices that the loop asks:
// whose turn it is, whose alarm or deadline comes next, what runs of a job there are.
// Decides nothing; the store remains the truth.
import { InternalError } from '../core/diagnostics/jm2-error.ts';
import type { Job } from '../core/manifest/job.ts';
import type { Interruption } from '../core/runs/interruption.ts';
import { canBecome } from '../core/runs/run-state.ts';
import type { Attempt, Run } from '../core/runs/run.ts';
import { DueHeap } from './due-heap.ts';
import { WaitingLine, type Waiting } from './waiting-line.ts';
import type { Work } from './work.ts';

/**
 * Where an unfinished run stands: deferred to the time it was asked for, and until
 * then in nobody's way; ready for a slot, blocked by another run of its job, delayed
 * until a retry, or active (an attempt has its intent).
 */
export type Place = 'deferred' | 'ready' | 'blocked' | 'delayed' | 'active';

export interface LiveRun {
  readonly run: Run;
  /** The spec the run is pinned to; null when the store has lost it. */
  readonly job: Job | null;
  /** Order of admission. */
  readonly order: number;
  /** By the job in force, and so up to date when it changes; null for none. */
  readonly group: string | null;
  readonly priority: number;
  /** Monotonic time since which it waits for its turn; of no meaning unless ready. */
  readonly since: number;
  /** Wall clock after which the first attempt may begin no more; null for never. */
  readonly startBy: number | null;
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
  readonly #line = new WaitingLine();
  readonly #alarms = new DueHeap();
  readonly #deadlines = new DueHeap();
  readonly #deferred = new DueHeap();
  #active = 0;
  #orders = 0;

  get activeCount(): number {
    return this.#active;
  }

  get queuedCount(): number {
    return this.#byId.size - this.#active;
  }

  /** The ready runs, in the order of their turns. */
  get line(): Omit<WaitingLine, 'add' | 'remove' | 'occupy'> {
    return this.#line;
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

  /** Those of them that another run of the job has to reckon with. */
  presentOfJob(jobUid: string): LiveRun[] {
    return this.ofJob(jobUid).filter(({ place }) => place !== 'deferred');
  }

  countOf(jobUid: string): number {
    return this.#byJob.get(jobUid)?.size ?? 0;
  }

  /** The run whose turn it is among those that may start. */
  firstReady(): LiveRun | null {
    const head = this.#line.first();
    return head === null ? null : (this.#byId.get(head.id) ?? null);
  }

  /** The earliest moment after which a waiting run may begin no more (wall clock). */
  firstDeadline(): { readonly live: LiveRun; readonly at: number } | null {
    return this.#head(this.#deadlines);
  }

  /** The run that was asked for the earliest time still to come (wall clock). */
  firstDeferred(): { readonly live: LiveRun; readonly at: number } | null {
    return this.#head(this.#deferred);
  }

  /** The earliest retry, timeout or signal (monotonic time). */
  firstAlarm(): { readonly live: LiveRun; readonly at: number } | null {
    return this.#head(this.#alarms);
  }

  #head(heap: DueHeap): { readonly live: LiveRun; readonly at: number } | null {
    const head = heap.peek();
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
    this.#exchange(next.run.id, before, next, work.mono);
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

  /** `mono` is given for a step forward: a step taken back gives nobody a turn. */
  #exchange(
    id: string,
    before: LiveRun | undefined,
    after: LiveRun | undefined,
    mono: number | null = null,
  ): void {
    if (before?.place === 'active') this.#leave(before.group);
    if (after?.place === 'active') this.#enter(after.group);
    this.#move(before, after, mono);
    this.#alarms.set(id, after?.alarmAt ?? null);
    this.#deadlines.set(id, after !== undefined && mayMissStart(after) ? after.startBy : null);
    this.#deferred.set(id, after?.place === 'deferred' ? after.run.startAt : null);
    if (after === undefined) this.#byId.delete(id);
    else this.#byId.set(id, after);
    const jobUid = (after ?? before)?.run.jobUid;
    if (jobUid !== undefined) this.#index(jobUid, id, after);
  }

  #enter(group: string | null): void {
    this.#active += 1;
    this.#line.occupy(group, 1);
  }

  #leave(group: string | null): void {
    this.#active -= 1;
    this.#line.occupy(group, -1);
  }

  #move(before: LiveRun | undefined, after: LiveRun | undefined, mono: number | null): void {
    const from = before?.place === 'ready' ? waitingOf(before) : null;
    const to = after?.place === 'ready' ? waitingOf(after) : null;
    // Most changes of a waiting run are none for the line.
    if (from !== null && to !== null && isSamePlace(from, to)) return;
    if (from !== null) this.#line.remove(from, after?.place === 'active' ? mono : null);
    if (to !== null) this.#line.add(to);
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

function waitingOf({ run, group, priority, since, dueAt, order }: LiveRun): Waiting {
  return { id: run.id, jobUid: run.jobUid, group, priority, since, dueAt, order };
}

function isSamePlace(a: Waiting, b: Waiting): boolean {
  return (
    a.group === b.group &&
    a.priority === b.priority &&
    a.since === b.since &&
    a.dueAt === b.dueAt &&
    a.order === b.order
  );
}

/** A deadline is for the first start alone: a retry comes at a time of its own. */
function mayMissStart({ place, run, retriesUsed }: LiveRun): boolean {
  const isWaiting = place === 'ready' || place === 'blocked';
  return isWaiting && run.startedAt === null && retriesUsed === 0;
}
