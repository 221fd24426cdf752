// Notices between two wake-ups that the wall clock was set, or that nobody was
// there. What follows for the jobs is decided in core/runs.
import { classifyStep, type ClockStep } from '../core/runs/clock-step.ts';
import { interruption, join, type Interruption } from '../core/runs/interruption.ts';
import type { Clock } from '../system/clock.ts';

/**
 * Sleep below this is within the resolution of the sources; a delay below it is
 * what a busy machine does to any timer.
 */
export const absenceNoticedMs = 2_000;

export interface ClockChange {
  readonly step: ClockStep;
  /** Size of the step, signed; 0 without one. */
  readonly byMs: number;
  /** What kept occurrences from being admitted when due; null for nothing. */
  readonly interrupted: Interruption | null;
  /** How much later than it was armed for the timer fired; 0 when in time. */
  readonly lateMs: number;
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

  /** Compares with the time of the last call, and with the time the timer was armed for. */
  observe(armedFor: number): ClockChange {
    const wall = this.#clock.now();
    const mono = this.#clock.monotonic();
    const up = this.#uptime === null ? 0 : this.#uptime();
    const passedMs = mono - this.#mono;
    // Uptime goes on in sleep, the monotonic clock does not.
    const difference = this.#uptime === null ? 0 : up - this.#up - passedMs;
    const sleptMs = difference >= absenceNoticedMs ? difference : 0;
    const byMs = wall - this.#wall - passedMs - sleptMs;
    const step = classifyStep(byMs);
    const lateMs = Math.round(Math.max(0, mono - armedFor));
    let interrupted =
      lateMs > absenceNoticedMs ? interruption('blocked', wall - lateMs, wall) : null;
    // Counted back from now: the last look may have seen another wall clock.
    if (sleptMs > 0)
      interrupted = join(
        interrupted,
        interruption('asleep', wall - Math.round(passedMs + sleptMs), wall),
      );
    if (step === 'forward_small' || step === 'forward_medium' || step === 'forward_large') {
      const stepped = { causes: ['clock_step'], step, from: this.#wall, until: wall } as const;
      interrupted = interrupted === null ? stepped : join(interrupted, stepped);
    }
    this.#wall = wall;
    this.#mono = mono;
    this.#up = up;
    return { step, byMs: step === 'none' ? 0 : Math.round(byMs), interrupted, lateMs };
  }
}
