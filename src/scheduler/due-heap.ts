// A binary heap of keys by time, with change and removal by key. Knows nothing
// of jobs or runs; equal times come out in the order of their keys' arrival.

interface Item {
  readonly key: string;
  readonly at: number;
  readonly order: number;
}

export class DueHeap {
  readonly #items: Item[] = [];
  readonly #places = new Map<string, number>();
  #arrivals = 0;

  get size(): number {
    return this.#items.length;
  }

  /** The earliest key and its time; null when empty. */
  peek(): { readonly key: string; readonly at: number } | null {
    return this.#items[0] ?? null;
  }

  /** Sets the time of a key; null takes the key out. */
  set(key: string, at: number | null): void {
    const place = this.#places.get(key);
    if (place !== undefined) {
      if (this.#items[place]?.at === at) return;
      this.#removeAt(place);
    }
    if (at === null) return;
    this.#arrivals += 1;
    this.#place(this.#items.length, { key, at, order: this.#arrivals });
    this.#up(this.#items.length - 1);
  }

  #removeAt(place: number): void {
    const removed = this.#items[place];
    const last = this.#items.pop();
    if (removed !== undefined) this.#places.delete(removed.key);
    if (last === undefined || last === removed) return;
    this.#place(place, last);
    this.#up(place);
    this.#down(place);
  }

  #up(start: number): void {
    let place = start;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#swapIfEarlier(place, parent)) return;
      place = parent;
    }
  }

  #down(start: number): void {
    let place = start;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.#items.length) return;
      const right = left + 1;
      const child = right < this.#items.length && this.#isEarlier(right, left) ? right : left;
      if (!this.#swapIfEarlier(child, place)) return;
      place = child;
    }
  }

  /** Exchanges two places when the first belongs before the second. */
  #swapIfEarlier(first: number, second: number): boolean {
    if (!this.#isEarlier(first, second)) return false;
    const a = this.#items[first];
    const b = this.#items[second];
    if (a === undefined || b === undefined) return false;
    this.#place(first, b);
    this.#place(second, a);
    return true;
  }

  #isEarlier(first: number, second: number): boolean {
    const a = this.#items[first];
    const b = this.#items[second];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #place(place: number, item: Item): void {
    this.#items[place] = item;
    this.#places.set(item.key, place);
  }
}
