// Waiting that can be cut short: by a stop, or because somebody needs the turn.
import type { CancelTimer, Clock } from '../system/clock.ts';

export interface Waits {
  /** Resolves after `ms`, or as soon as the waits are cut short. */
  sleep(ms: number): Promise<void>;
  /** Ends every wait that is under way. */
  cutShort(): void;
}

export function createWaits(clock: Clock): Waits {
  const pending = new Map<() => void, CancelTimer>();
  return {
    sleep(ms) {
      return new Promise((resolve) => {
        const end = (): void => {
          pending.delete(end);
          resolve();
        };
        pending.set(end, clock.setTimer(ms, end));
      });
    },
    cutShort() {
      // Deleting from a map while it is walked is safe.
      for (const [end, cancel] of pending) {
        cancel();
        end();
      }
    },
  };
}
