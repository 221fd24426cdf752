// Notices between two wake-ups that the wall clock was set, or that nobody was
// there. What follows for the jobs is decided in core/runs/clock-step.ts.
import { classifyStep, smallStepMs, type ClockStep } from '../core/runs/clock-step.ts';
import type { Clock } from '../system/clock.ts';

/** Sleep below this is within the resolution of the sources. */
const sleepNoticedMs = 2_000;

export interface ClockChange {
  readonly step: ClockStep;
  /** Size of the step, signed; 0 without one. */
  readonly byMs: number;
  /** The host slept, or the process was stopped: occurrences passed unseen. */
  readonly isAbsence: boolean;
}

export class ClockWatch {
  readonly #clock: Clock;
  readonly #uptime: (() => number) | null;
  #wall: number;
  #mono: number;
  #up: number;

  constructor(clock: Clock, uptime: (() => number) | null) {
    this.#clock = clock;
    this.#uptime = uptime;
    this.#wall = clock.now();
    this.#mono = clock.monotonic();
    this.#up = uptime === null ? 0 : uptime();
  }

  /** Compares with the time of the last call. */
  observe(): ClockChange {
    const wall = this.#clock.now();
    const mono = this.#clock.monotonic();
    const up = this.#uptime === null ? 0 : this.#uptime();
    const passedMs = mono - this.#mono;
    // Uptime goes on in sleep, the monotonic clock does not.
    const difference = this.#uptime === null ? 0 : up - this.#up - passedMs;
    const sleptMs = difference >= sleepNoticedMs ? difference : 0;
    const byMs = wall - this.#wall - passedMs - sleptMs;
    this.#wall = wall;
    this.#mono = mono;
    this.#up = up;
    const step = classifyStep(byMs);
    const isAbsence = sleptMs > 0 || passedMs > smallStepMs;
    return { step, byMs: step === 'none' ? 0 : Math.round(byMs), isAbsence };
  }
}
