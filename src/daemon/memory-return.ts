// Gives back the memory that reading a manifest or a burst of runs took, in a
// moment in which nothing is about to start. How it is given back is system/'s.
import type { CancelTimer, Clock } from '../system/clock.ts';

export interface MemoryReturn {
  /** A manifest was taken up. */
  loaded(): void;
  /** A run has ended. */
  ended(): void;
  stop(): void;
}

const afterMs = 2_000;
/** Longer than a collection takes with a large manifest. */
const quietMs = 500;
const againMs = 1_000;
/** The first collection frees objects, the next one gives back the pages they lay in. */
const passes = 2;
const betweenMs = 3_000;
/** A daemon that is never quiet has its memory in use. */
const triesMax = 60;
/** Fewer runs leave nothing behind that matters. */
const runsPerReturn = 500;

export function createMemoryReturn(parts: {
  readonly clock: Clock;
  /** Time until something is to be done; 0 while something is. */
  readonly quietForMs: () => number;
  readonly collect: () => void;
}): MemoryReturn {
  const { clock } = parts;
  let cancel: CancelTimer | null = null;
  let triesLeft = 0;
  let passesLeft = 0;
  let runs = 0;
  let isStopped = false;

  const arm = (delayMs: number): void => {
    cancel = clock.setTimer(delayMs, () => {
      cancel = null;
      triesLeft -= 1;
      if (parts.quietForMs() >= quietMs) {
        runs = 0;
        parts.collect();
        passesLeft -= 1;
        if (passesLeft > 0) arm(betweenMs);
      } else if (triesLeft > 0) {
        arm(againMs);
      }
    });
  };

  const soon = (): void => {
    if (cancel !== null || isStopped) return;
    triesLeft = triesMax;
    passesLeft = passes;
    arm(afterMs);
  };

  return {
    loaded: soon,
    ended: () => {
      runs += 1;
      if (runs >= runsPerReturn) soon();
    },
    stop: () => {
      isStopped = true;
      cancel?.();
      cancel = null;
    },
  };
}
