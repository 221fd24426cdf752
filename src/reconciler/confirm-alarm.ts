// Wakes the reconciler when nobody has confirmed in time. The deadline is one of
// the wall clock, which may be set, so it is looked at again within ten seconds.
import type { Confirmation } from '../core/sync/confirmation.ts';
import type { CancelTimer, Clock } from '../system/clock.ts';

/** As often as the scheduler's loop would wake. */
const lookEveryMs = 10_000;

export interface ConfirmAlarm {
  /** Waits for this deadline instead of the one before; null: for none. */
  set(confirmation: Confirmation | null): void;
}

export function createConfirmAlarm(clock: Clock, ring: () => void): ConfirmAlarm {
  let cancel: CancelTimer = () => {};
  function set(confirmation: Confirmation | null): void {
    cancel();
    if (confirmation === null) return;
    const leftMs = confirmation.deadline - clock.now();
    // After a failure to go back it rings again, not at once.
    const waitMs = leftMs <= 0 ? lookEveryMs : Math.min(leftMs, lookEveryMs);
    cancel = clock.setTimer(waitMs, () => {
      if (clock.now() >= confirmation.deadline) ring();
      set(confirmation);
    });
  }
  return { set };
}
