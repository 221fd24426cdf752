// Wakes the reconciler at an instant: when nobody has confirmed in time, when a hold
// is over. The instant is one of the wall clock, which may be set, so it is looked at
// again within ten seconds.
import type { CancelTimer, Clock } from '../system/clock.ts';

/** As often as the scheduler's loop would wake. */
const lookEveryMs = 10_000;

export interface DeadlineAlarm {
  /** Waits for this instant instead of the one before; null: for none. */
  set(deadline: number | null): void;
}

export function createDeadlineAlarm(clock: Clock, ring: () => void): DeadlineAlarm {
  let cancel: CancelTimer = () => {};
  function set(deadline: number | null): void {
    cancel();
    if (deadline === null) return;
    const leftMs = deadline - clock.now();
    // After a failure to do what is due it rings again, not at once.
    const waitMs = leftMs <= 0 ? lookEveryMs : Math.min(leftMs, lookEveryMs);
    cancel = clock.setTimer(waitMs, () => {
      if (clock.now() >= deadline) ring();
      set(deadline);
    });
  }
  return { set };
}
