// Keys by time, earliest first. Knows nothing of jobs or runs; equal times come
// out by rank, then in the order of their keys' arrival.
import { KeyedHeap } from './keyed-heap.ts';

interface Due {
  readonly at: number;
  /** Smaller first among equal times. */
  readonly rank: number;
  readonly order: number;
}

export class DueHeap {
  readonly #heap = new KeyedHeap<Due>(isEarlier);
  #arrivals = 0;

  /** The earliest key and its time; null when empty. */
  peek(): { readonly key: string; readonly at: number } | null {
    const head = this.#heap.peek();
    return head === null ? null : { key: head.key, at: head.value.at };
  }

  /** Sets the time of a key; null takes the key out. */
  set(key: string, at: number | null, rank = 0): void {
    if (at === null) return this.#heap.delete(key);
    const known = this.#heap.get(key);
    if (known?.at === at && known.rank === rank) return;
    this.#arrivals += 1;
    this.#heap.set(key, { at, rank, order: this.#arrivals });
  }
}

function isEarlier(a: Due, b: Due): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.rank === b.rank ? a.order < b.order : a.rank < b.rank;
}
