// What follows when the loop finds that the clock was set or that nobody was
// there: an interruption to be remembered, a time of listening, an epoch to
// begin. How it is found out is in clock-watch.ts.
import { describeInterruption, isAbsence } from '../core/runs/interruption.ts';
import { ClockWatch } from './clock-watch.ts';
import { clipTo, keepForRecord, note } from './interruptions.ts';
import type { Listeners } from './listeners.ts';
import type { Listening } from './listening.ts';
import type { SchedulerState } from './state.ts';

export class ClockChanges {
  readonly #state: SchedulerState;
  readonly #listening: Listening;
  readonly #listeners: Listeners;
  readonly #watch: ClockWatch;
  /** A step back that no slice has answered yet; null for none. */
  backward: 'backward' | 'backward_large' | null = null;

  constructor(state: SchedulerState, listening: Listening, listeners: Listeners) {
    this.#state = state;
    this.#listening = listening;
    this.#listeners = listeners;
    this.#watch = new ClockWatch(state.parts.clock, state.parts.uptime ?? null);
  }

  /** Forgets what happened up to now: it has been answered by other means. */
  begin(): void {
    this.#watch.observe(Infinity);
  }

  /** `armedFor`: monotonic time for which the timer was set. */
  observe(armedFor: number): void {
    const { clock, log } = this.#state.parts;
    const { step, byMs, interrupted, lateMs } = this.#watch.observe(armedFor);
    const wasAbsent = interrupted !== null && isAbsence(interrupted);
    this.#listening.begin(lateMs, wasAbsent);
    if (step === 'backward' || step === 'backward_large') {
      this.backward = step;
      const now = clock.now();
      clipTo(this.#state, now);
      const setBack = { causes: ['clock_step'], step: null, from: null, until: now } as const;
      keepForRecord(this.#state, setBack, byMs);
    }
    if (interrupted !== null) {
      note(this.#state, interrupted);
      keepForRecord(this.#state, interrupted, step === 'none' ? null : byMs);
    }
    if (wasAbsent) log.warn({ lateMs }, describeInterruption(interrupted));
    if (step === 'none') return;
    log.warn({ byMs, step }, 'the wall clock was set');
    this.#listeners.emit({ kind: 'clock.stepped', byMs, at: clock.now() });
  }
}
