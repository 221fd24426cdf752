// Time as the rest of the program sees it. Only this folder asks the system.

/** Undoes a timer that has not fired; harmless afterwards. */
export type CancelTimer = () => void;

export interface Clock {
  /** Wall clock, epoch ms. May step in both directions. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number;
  /** Calls once after at least `delayMs` (0 to 30 000; longer waits are re-armed by the caller). */
  setTimer(delayMs: number, fire: () => void): CancelTimer;
}

/** Timers count whole milliseconds, and may fire a fraction of one early. */
const roundingMs = 2;

/**
 * Time from `mono` to the next beat of a period, at most the period and a rounding
 * error: what looks at something every ten seconds does so together with all
 * others, in one wake-up.
 */
export function untilBeat(mono: number, periodMs: number): number {
  const leftMs = periodMs - (mono % periodMs);
  return leftMs < roundingMs ? leftMs + periodMs : leftMs;
}

const longestTimerMs = 30_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, fire) {
    // Above 2^31-1 ms Node fires at once; callers re-arm instead of waiting longer.
    const timer = setTimeout(fire, Math.min(Math.max(0, delayMs), longestTimerMs));
    return () => clearTimeout(timer);
  },
};
