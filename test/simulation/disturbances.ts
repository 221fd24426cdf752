// What the world did to its daemons and when, by the wall clock: the only
// accepted causes of a start that is late or missed.
import type { World } from './world.ts';

export type DisturbanceKind =
  | 'down'
  | 'asleep'
  | 'blocked'
  | 'disk'
  | 'forward'
  | 'backward'
  | 'launcher';

interface Disturbance {
  readonly kind: DisturbanceKind;
  /** All that the wall clock said during it. */
  low: number;
  high: number;
  readonly begunAwake: number;
  isOpen: boolean;
}

/** Steps and sleeps are noticed this late, and what waited is listened to first. */
const noticedMs = 15_000;
const rememberedMax = 400;

export class Disturbances {
  readonly #world: World;
  readonly #all: Disturbance[] = [];
  #calmSince = 0;
  /** Sum of all backward steps: by so much a fixed-time job may be ahead of the clock. */
  backwardMs = 0;

  constructor(world: World) {
    this.#world = world;
  }

  begin(kind: DisturbanceKind): () => void {
    const { wall, awake } = this.#world.time;
    const disturbance = { kind, low: wall, high: wall, begunAwake: awake, isOpen: true };
    this.#all.push(disturbance);
    if (this.#all.length > rememberedMax) this.#forget();
    return () => {
      if (!disturbance.isOpen) return;
      this.#extend();
      disturbance.isOpen = false;
      this.#calmSince = this.#world.time.awake;
    };
  }

  /** Steps the wall clock. */
  step(ms: number): void {
    const end = this.begin(ms > 0 ? 'forward' : 'backward');
    this.#extend();
    this.#world.time.step(ms);
    if (ms < 0) this.backwardMs -= ms;
    this.#world.note('clock set', `by ${Math.round(ms)}ms`);
    end();
  }

  sleep(ms: number): void {
    const end = this.begin('asleep');
    this.#extend();
    this.#world.time.sleep(ms);
    this.#world.note('host slept', `${Math.round(ms)}ms`);
    end();
  }

  /** How long everything has been in order. */
  get calmMs(): number {
    if (this.#all.some((one) => one.isOpen)) return 0;
    return this.#world.time.awake - this.#calmSince;
  }

  /** True when something of these kinds lies between the two wall times. */
  explains(from: number, to: number, kinds: readonly DisturbanceKind[] | null = null): boolean {
    this.#extend();
    return this.#all.some(
      (one) =>
        (kinds === null || kinds.includes(one.kind)) &&
        one.low - noticedMs <= to &&
        one.high + noticedMs >= from,
    );
  }

  since(awake: number): boolean {
    return this.#calmSince > awake || this.#all.some((one) => one.isOpen);
  }

  /** What is open has seen the wall clock as it is now. */
  #extend(): void {
    const { wall } = this.#world.time;
    for (const one of this.#all) {
      if (!one.isOpen) continue;
      one.low = Math.min(one.low, wall);
      one.high = Math.max(one.high, wall);
    }
  }

  #forget(): void {
    const oldest = this.#all.findIndex((one) => !one.isOpen);
    if (oldest >= 0) this.#all.splice(oldest, 1);
  }
}
