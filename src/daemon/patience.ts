// Requests meet a store that somebody else is writing: they try again for a
// while instead of failing, and instead of making everybody wait.
import { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { Clock } from '../system/clock.ts';

/** As long as other programs wait for a busy database. */
const patienceMs = 5_000;
const againAfterMs = 150;

/** Does it anew while it fails because the store is busy; then that failure stands. */
export async function patiently<T>(clock: Clock, act: () => T | Promise<T>): Promise<T> {
  const giveUpAt = clock.monotonic() + patienceMs;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const isBusy = error instanceof Jm2Error && error.code === 'JM2-T103';
      if (!isBusy || clock.monotonic() >= giveUpAt) throw error;
    }
    await new Promise<void>((resolve) => {
      clock.setTimer(againAfterMs, resolve);
    });
  }
}
