// The only source of chance in a simulated world: streams of numbers that
// depend on the seed and on a name. Each concern draws from a stream of its own,
// so that leaving one kind of fault out does not change what the others do.

export class Random {
  readonly #label: string;
  #state: number;

  constructor(label: string) {
    this.#label = label;
    this.#state = hash(label);
  }

  /** A stream of its own for one concern. */
  fork(name: string): Random {
    return new Random(`${this.#label}/${name}`);
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.next() * items.length)] ?? items[0];
  }

  /** Time to the next event of a kind that comes every `mean` on average; never 0. */
  wait(mean: number): number {
    return Math.max(1, -Math.log(1 - this.next()) * mean);
  }

  /** Between `low` and `high`, each order of magnitude as likely as another. */
  spread(low: number, high: number): number {
    return low * Math.pow(high / low, this.next());
  }
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
