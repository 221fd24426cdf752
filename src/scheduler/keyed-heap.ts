// A binary heap of values by key, with change and removal by key. Knows nothing
// of what the values are; which of two comes first is given.

interface Item<V> {
  readonly key: string;
  readonly value: V;
}

export class KeyedHeap<V> {
  readonly #items: Item<V>[] = [];
  readonly #places = new Map<string, number>();
  readonly #isBefore: (a: V, b: V) => boolean;

  constructor(isBefore: (a: V, b: V) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  get(key: string): V | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#items[place]?.value;
  }

  /** The first key and its value; null when empty. */
  peek(): { readonly key: string; readonly value: V } | null {
    return this.#items[0] ?? null;
  }

  /** In no order. */
  values(): V[] {
    return this.#items.map((item) => item.value);
  }

  set(key: string, value: V): void {
    const place = this.#places.get(key) ?? this.#items.length;
    this.#place(place, { key, value });
    if (!this.#up(place)) this.#down(place);
  }

  delete(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    const last = this.#items.pop();
    if (last === undefined || last.key === key) return;
    this.#place(place, last);
    if (!this.#up(place)) this.#down(place);
  }

  /** True when it moved: then it comes before what lies below it as well. */
  #up(start: number): boolean {
    let place = start;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#swapIfBefore(place, parent)) break;
      place = parent;
    }
    return place !== start;
  }

  #down(start: number): void {
    let place = start;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.#items.length) return;
      const right = left + 1;
      const child = this.#comesBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(child, place)) return;
      place = child;
    }
  }

  /** Exchanges two places when the first belongs before the second. */
  #swapIfBefore(first: number, second: number): boolean {
    if (!this.#comesBefore(first, second)) return false;
    const a = this.#items[first];
    const b = this.#items[second];
    if (a === undefined || b === undefined) return false;
    this.#place(first, b);
    this.#place(second, a);
    return true;
  }

  #comesBefore(first: number, second: number): boolean {
    const a = this.#items[first];
    const b = this.#items[second];
    return a !== undefined && b !== undefined && this.#isBefore(a.value, b.value);
  }

  #place(place: number, item: Item<V>): void {
    this.#items[place] = item;
    this.#places.set(item.key, place);
  }
}
