// What the parts of a simulated world share: time, chance, the trace of what
// happened, the violations found, and who the living daemon is.
import type { Random } from './random.ts';
import { WorldTime, type Happening, type Owner, type Rank } from './world-time.ts';

/** Thrown out of whatever a daemon calls at the moment it is killed; nothing catches it for good. */
export class Crashed extends Error {
  constructor() {
    super('the daemon was killed here');
    this.name = 'Crashed';
  }
}

export interface Daemon extends Owner {
  /** Set by the world: the daemon is killed at this call of an interface from now. */
  callsUntilCrash: number;
  /** Its start is over and it is in charge. */
  isUp: boolean;
  /** Monotonic clock of its boot began here. */
  readonly bootAt: number;
}

export interface Violation {
  readonly promise: string;
  readonly detail: string;
  readonly day: number;
}

export interface TraceEntry {
  readonly awake: number;
  readonly wall: number;
  readonly what: string;
  readonly detail: string;
}

const traceMax = 400;
const dayMs = 86_400_000;

export class World {
  readonly time: WorldTime;
  readonly random: Random;
  readonly begunAt: number;
  readonly violations: Violation[] = [];
  daemon: Daemon | null = null;
  /** Names the boot of the host; another one after a reboot. */
  boot = 1;
  bootAt = 0;
  /** Told when the daemon is killed or its host goes down. */
  onCrash: (daemon: Daemon, why: string) => void = () => {};
  /** Promises may have been settled, so let them run. */
  needsPump = false;
  readonly #trace: TraceEntry[] = [];
  #traced = 0;

  constructor(random: Random, wall: number) {
    this.random = random;
    this.time = new WorldTime(wall);
    this.begunAt = wall;
  }

  get day(): number {
    return this.time.up / dayMs;
  }

  note(what: string, detail = ''): void {
    const { awake, wall } = this.time;
    this.#trace[this.#traced % traceMax] = { awake, wall, what, detail };
    this.#traced += 1;
  }

  trace(): readonly string[] {
    const from = Math.max(0, this.#traced - traceMax);
    const lines: string[] = [];
    for (let index = from; index < this.#traced; index += 1) {
      const entry = this.#trace[index % traceMax];
      if (entry === undefined) continue;
      const wall = new Date(entry.wall).toISOString();
      lines.push(`${(entry.awake / 1000).toFixed(3)}s ${wall} ${entry.what} ${entry.detail}`);
    }
    return lines;
  }

  violate(promise: string, detail: string): void {
    this.note(`VIOLATION ${promise}`, detail);
    if (this.violations.length < 20) this.violations.push({ promise, detail, day: this.day });
  }

  /** Something in the host, whoever runs there. */
  later(delayMs: number, fire: () => void): Happening {
    return this.time.schedule(delayMs, fire);
  }

  /** Something that reaches a daemon only while it lives. */
  reach(owner: Owner, delayMs: number, fire: () => void, rank: Rank = 'pipe'): Happening {
    return this.time.schedule(delayMs, fire, { owner, rank, isAsync: true });
  }

  /** Every call of an interface passes here: it may be the one at which the daemon is killed. */
  point(daemon: Daemon, what: string): void {
    if (!daemon.isAlive) throw new Crashed();
    if (daemon.callsUntilCrash === Infinity) return;
    daemon.callsUntilCrash -= 1;
    if (daemon.callsUntilCrash > 0) return;
    this.kill(daemon, `at ${what}`);
    throw new Crashed();
  }

  kill(daemon: Daemon, why: string): void {
    if (!daemon.isAlive) return;
    daemon.isAlive = false;
    daemon.isUp = false;
    this.note('daemon killed', `${daemon.name} ${why}`);
    this.onCrash(daemon, why);
  }

  /** The daemon's thread is held for so long; the rest of the host goes on. */
  stall(ms: number): void {
    const until = this.time.awake + ms;
    for (;;) {
      const happening = this.time.advance(until, 'world');
      if (happening === null) return;
      fireOnce(happening);
    }
  }
}

export function fireOnce(happening: Happening): void {
  const { fire } = happening;
  happening.fire = null;
  fire?.();
}
