// The runs that are ready and wait for a free slot, so kept that the next one to
// start is found without looking at the others. Three storeys: the runs of one
// job and priority in the order of their admission (a lane), the lanes of one
// group in a heap by whose turn it is, and the groups that are not full in a
// heap by their first lane. A start, an arrival and an end each cost O(log n);
// a full group is out of the upper heap, so what waits for it holds up nobody.
// The order itself is decided in core/runs/turns.ts.
import { afterTurn, isBefore, type Turn } from '../core/runs/turns.ts';
import { KeyedHeap } from './keyed-heap.ts';

/** What the line knows of a run. */
export interface Waiting {
  readonly id: string;
  readonly jobUid: string;
  readonly group: string | null;
  readonly priority: number;
  readonly since: number;
  readonly dueAt: number;
  readonly order: number;
}

interface Lane extends Turn {
  readonly key: string;
  /** In the order of their admission; the first one is described by the turn. */
  readonly runs: Waiting[];
  /** Monotonic time of the last turn; the lane waits since then. */
  readonly servedAt: number;
}

interface Group {
  readonly key: string;
  max: number;
  active: number;
  waiting: number;
  readonly lanes: KeyedHeap<Lane>;
}

export class WaitingLine {
  readonly #groups = new Map<string, Group>();
  /** Groups that may start a run, by their first lane. */
  readonly #open = new KeyedHeap<Turn>(isBefore);
  #limits: Readonly<Record<string, number>> = {};
  #turns = 0;
  #size = 0;
  #startable = 0;

  get size(): number {
    return this.#size;
  }

  /** How many of them the groups would let start now, were there slots enough. */
  get startable(): number {
    return this.#startable;
  }

  /** The run whose turn it is among those whose group is not full. */
  first(): Waiting | null {
    const head = this.#open.peek();
    const group = head === null ? undefined : this.#groups.get(head.key);
    return group?.lanes.peek()?.value.runs[0] ?? null;
  }

  /** Free slots of a group; infinite for none and for one without a limit. */
  freeIn(group: string | null): number {
    const known = this.#groups.get(groupKey(group));
    return known === undefined ? this.#maxOf(groupKey(group)) : known.max - known.active;
  }

  countsOf(group: string): { readonly running: number; readonly waiting: number } {
    const known = this.#groups.get(groupKey(group));
    return { running: known?.active ?? 0, waiting: known?.waiting ?? 0 };
  }

  /** A group that is not named has no limit. */
  setLimits(limits: Readonly<Record<string, number>>): void {
    this.#limits = limits;
    for (const group of this.#groups.values()) {
      this.#change(group, () => {
        group.max = this.#maxOf(group.key);
      });
    }
  }

  add(run: Waiting): void {
    const group = this.#group(run.group);
    this.#change(group, () => {
      const key = laneKey(run);
      const lane = group.lanes.get(key);
      const runs = lane?.runs ?? [];
      // Mostly at the end: a retry or a turn taken back is older than others.
      let place = runs.length;
      while (place > 0 && (runs[place - 1]?.order ?? 0) > run.order) place -= 1;
      runs.splice(place, 0, run);
      const before = lane ?? { servedAt: Number.NEGATIVE_INFINITY, served: 0 };
      group.lanes.set(key, laneOf(key, runs, before));
      group.waiting += 1;
      this.#size += 1;
    });
  }

  /** `mono` is given when the run gets its slot: its job has had a turn then. */
  remove(run: Waiting, mono: number | null): void {
    const group = this.#group(run.group);
    this.#change(group, () => {
      const key = laneKey(run);
      const lane = group.lanes.get(key);
      const place = lane?.runs.findIndex((other) => other.id === run.id) ?? -1;
      if (lane === undefined || place < 0) return;
      lane.runs.splice(place, 1);
      group.waiting -= 1;
      this.#size -= 1;
      if (mono !== null) this.#turns += 1;
      const turn = mono === null ? lane : { servedAt: afterTurn(mono), served: this.#turns };
      if (lane.runs.length === 0) group.lanes.delete(key);
      else group.lanes.set(key, laneOf(key, lane.runs, turn));
    });
  }

  /** One more (1) or one less (-1) attempt of the group runs. */
  occupy(group: string | null, by: 1 | -1): void {
    const entry = this.#group(group);
    this.#change(entry, () => {
      entry.active += by;
    });
  }

  /**
   * The first `limit` runs in the order in which they would get slots, were each
   * to be free one after the other; for showing. Costs a copy of the lanes.
   */
  inOrder(mono: number, limit: number): Waiting[] {
    const heap = new KeyedHeap<Lane & { readonly taken: number }>(isBefore);
    for (const group of this.#groups.values()) {
      for (const lane of group.lanes.values()) {
        heap.set(`${group.key} ${lane.key}`, { ...lane, taken: 0 });
      }
    }
    const found: Waiting[] = [];
    let turns = this.#turns;
    for (let head = heap.peek(); head !== null && found.length < limit; head = heap.peek()) {
      const { key, value: lane } = head;
      const run = lane.runs[lane.taken];
      const next = lane.runs[lane.taken + 1];
      if (run !== undefined) found.push(run);
      turns += 1;
      if (next === undefined) heap.delete(key);
      else {
        const since = Math.max(next.since, afterTurn(mono));
        const { dueAt, order } = next;
        heap.set(key, { ...lane, taken: lane.taken + 1, since, served: turns, dueAt, order });
      }
    }
    return found;
  }

  /** Changes a group and brings what follows from it up to date. */
  #change(group: Group, body: () => void): void {
    this.#startable -= startableOf(group);
    body();
    this.#startable += startableOf(group);
    const head = group.lanes.peek();
    if (head === null || group.active >= group.max) this.#open.delete(group.key);
    else this.#open.set(group.key, head.value);
    if (group.waiting === 0 && group.active === 0) this.#groups.delete(group.key);
  }

  #group(name: string | null): Group {
    const key = groupKey(name);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const lanes = new KeyedHeap<Lane>(isBefore);
    const made = { key, max: this.#maxOf(key), active: 0, waiting: 0, lanes };
    this.#groups.set(key, made);
    return made;
  }

  #maxOf(key: string): number {
    return Object.hasOwn(this.#limits, key) ? (this.#limits[key] ?? Infinity) : Infinity;
  }
}

/** No group has an empty name, so it stands for all runs without one. */
function groupKey(name: string | null): string {
  return name ?? '';
}

function laneKey(run: Waiting): string {
  return `${run.priority} ${run.jobUid}`;
}

function startableOf(group: Group): number {
  return Math.max(0, Math.min(group.waiting, group.max - group.active));
}

function laneOf(
  key: string,
  runs: Waiting[],
  turn: { readonly servedAt: number; readonly served: number },
): Lane {
  const [head] = runs;
  return {
    key,
    runs,
    priority: head?.priority ?? 0,
    since: Math.max(head?.since ?? 0, turn.servedAt),
    served: turn.served,
    servedAt: turn.servedAt,
    dueAt: head?.dueAt ?? 0,
    order: head?.order ?? 0,
  };
}
