// Time of a simulated host: a wall clock that may be set and slewed, a clock that
// stands still in sleep, one that does not, and the queue of what happens next.
// What happens is decided by others; here only the order.

/** Someone whose events happen only while they live, and not while they are stopped. */
export interface Owner {
  readonly name: string;
  isAlive: boolean;
  /** Until this time of the host nothing of this owner happens. */
  stoppedUntil: number;
}

export interface Happening {
  at: number;
  rank: number;
  readonly order: number;
  readonly owner: Owner | null;
  /** Continues promises, so that these must be run before anything else happens. */
  readonly isAsync: boolean;
  fire: (() => void) | null;
}

/** Timers come before pipes among what is overdue, or after them: either is seen. */
export type Rank = 'timer' | 'pipe';

export class WorldTime {
  /** Milliseconds that the host has been awake. */
  awake = 0;
  #slept = 0;
  #wallBase: number;
  #wallSince = 0;
  #slewPpm = 0;
  #order = 0;
  readonly #heap: Happening[] = [];
  pipeRank = 1;

  constructor(wall: number) {
    this.#wallBase = wall;
  }

  /** Milliseconds since the beginning of the world, sleep included. */
  get up(): number {
    return this.awake + this.#slept;
  }

  get wall(): number {
    const passed = this.up - this.#wallSince;
    return Math.floor(this.#wallBase + passed * (1 + this.#slewPpm / 1e6));
  }

  /** Sets the wall clock forward or back. */
  step(ms: number): void {
    this.#rebase();
    this.#wallBase += ms;
  }

  slew(ppm: number): void {
    this.#rebase();
    this.#slewPpm = ppm;
  }

  /** Nothing happens, and everybody finds that it is later. */
  sleep(ms: number): void {
    this.#slept += ms;
  }

  #rebase(): void {
    const passed = this.up - this.#wallSince;
    this.#wallBase += passed * (1 + this.#slewPpm / 1e6);
    this.#wallSince = this.up;
  }

  schedule(
    delayMs: number,
    fire: () => void,
    by: { readonly owner?: Owner | null; readonly rank?: Rank; readonly isAsync?: boolean } = {},
  ): Happening {
    const happening: Happening = {
      at: this.awake + Math.max(0, delayMs),
      rank: by.rank === 'pipe' ? this.pipeRank : 0,
      order: (this.#order += 1),
      owner: by.owner ?? null,
      isAsync: by.isAsync ?? false,
      fire,
    };
    this.#push(happening);
    return happening;
  }

  /** The next thing that happens by `until`, with the clocks at its time; null for none. */
  advance(until: number, isFor: 'all' | 'world' = 'all'): Happening | null {
    const held: Happening[] = [];
    let found: Happening | null = null;
    for (;;) {
      const head = this.#heap[0];
      if (head === undefined || head.at > until) break;
      this.#pop();
      if (head.fire === null || head.owner?.isAlive === false) continue;
      if (isFor === 'world' && head.owner !== null && head.owner.name.startsWith('daemon')) {
        held.push(head);
        continue;
      }
      if (head.owner !== null && head.owner.stoppedUntil > head.at) {
        head.at = head.owner.stoppedUntil;
        if (head.rank !== 0) head.rank = this.pipeRank;
        this.#push(head);
        continue;
      }
      found = head;
      break;
    }
    for (const happening of held) this.#push(happening);
    this.awake = Math.max(this.awake, found === null ? until : found.at);
    return found;
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(happening);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(happening, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = happening;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const a = heap[left];
      if (a === undefined) break;
      const b = heap[left + 1];
      const child = b !== undefined && isBefore(b, a) ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || !isBefore(below, last)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = last;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  if (a.at !== b.at) return a.at < b.at;
  return a.rank === b.rank ? a.order < b.order : a.rank < b.rank;
}
