// What the dispatcher told and the store does not hold yet, and how long it may
// wait for company. What it means for the runs is decided in attempts.ts.
import type { DispatchEvent } from '../dispatch/dispatcher.ts';

/**
 * How long the news that commands have started may wait for company, as a commit
 * costs a write to the disk. Until then the start token tells recovery as much.
 */
const startedWaitMs = 5;

export class News {
  /** At most two per attempt in progress. */
  #pending: DispatchEvent[] = [];
  #storeBy = Infinity;

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Monotonic time by which the pending events are to be stored. */
  get storeBy(): number {
    return this.#storeBy;
  }

  add(events: readonly DispatchEvent[], mono: number): void {
    this.#pending.push(...events);
    const hasEnd = events.some((event) => event.kind === 'ended');
    this.#storeBy = Math.min(this.#storeBy, mono + (hasEnd ? 0 : startedWaitMs));
  }

  /** Gives what is pending to `store`, and forgets it unless that throws. */
  handOver(store: (events: readonly DispatchEvent[]) => void): void {
    const events = this.#pending;
    const storeBy = this.#storeBy;
    this.#pending = [];
    this.#storeBy = Infinity;
    try {
      store(events);
    } catch (error) {
      this.#pending = [...events, ...this.#pending];
      this.#storeBy = Math.min(storeBy, this.#storeBy);
      throw error;
    }
  }
}
