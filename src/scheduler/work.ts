// One unit of work: store writes and the changes of memory that belong to them,
// all or nothing. What it leaves to others: which writes those are.
import type { AttemptRequest } from '../dispatch/dispatcher.ts';
import type { Run } from '../core/runs/run.ts';
import type { Store } from '../store/store.ts';
import type { SchedulerEvent } from './scheduler.ts';

/** Collects what a transaction means outside the store. */
export class Work {
  readonly store: Store;
  /** Wall clock and monotonic clock at the beginning; one instant for all decisions. */
  readonly now: number;
  readonly mono: number;
  /** Told to listeners after the commit. */
  readonly events: SchedulerEvent[] = [];
  /** Handed to the dispatcher after the commit. */
  readonly requests: AttemptRequest[] = [];
  /** Signals, sent after the commit of their intent. */
  readonly signals: (() => void)[] = [];
  /** Runs that ended to begin anew: their successors belong to the same transaction. */
  readonly restarts: Run[] = [];
  readonly #undo: (() => void)[] = [];

  constructor(store: Store, now: number, mono: number) {
    this.store = store;
    this.now = now;
    this.mono = mono;
  }

  /** Remembers how to take back a change of memory should the commit fail. */
  onRollback(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Memory returns to what the store still says. */
  rollBack(): void {
    for (const undo of this.#undo.toReversed()) undo();
    this.#undo.length = 0;
  }
}
