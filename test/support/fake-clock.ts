import type { CancelTimer, Clock } from '../../src/system/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/**
 * A clock that moves only when told. `advance` fires timers in order of their
 * monotonic time, synchronously; `step` moves the wall clock alone, as an
 * operator or NTP would.
 */
export class FakeClock implements Clock {
  #wall: number;
  #mono = 0;
  #order = 0;
  #timers: Timer[] = [];

  constructor(now: number | string) {
    this.#wall = typeof now === 'string' ? Date.parse(now) : now;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#mono;
  }

  setTimer(delayMs: number, fire: () => void): CancelTimer {
    const timer = { at: this.#mono + Math.max(0, delayMs), order: this.#order++, fire };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get timerCount(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    const end = this.#mono + ms;
    for (;;) {
      const next = this.#timers
        .filter((timer) => timer.at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      // A timer that is overdue after `freeze` fires now; the clocks never go back.
      const at = Math.max(next.at, this.#mono);
      this.#wall += at - this.#mono;
      this.#mono = at;
      next.fire();
    }
    this.#wall += end - this.#mono;
    this.#mono = end;
  }

  /** Both clocks move, but no timer fires before the end: suspend, or a blocked loop. */
  freeze(ms: number): void {
    this.#wall += ms;
    this.#mono += ms;
  }

  step(ms: number): void {
    this.#wall += ms;
  }
}
