// The clock as one daemon sees it: timers come a little late, as in Node a
// little early too, much later on a busy machine, and never after its end.
import type { CancelTimer, Clock } from '../../src/system/clock.ts';
import type { Random } from './random.ts';
import type { Daemon, World } from './world.ts';

/** Node counts whole milliseconds from a time it has rounded, hence the early ones. */
const earliestMs = -0.9;

/** `isAsync` when its timers continue promises. */
export function simClock(world: World, daemon: Daemon, isAsync: boolean): Clock {
  const { time } = world;
  const random = world.random.fork(`timers of ${daemon.name} ${isAsync}`);
  return {
    now: () => time.wall,
    monotonic: () => time.awake - daemon.bootAt,
    setTimer(delayMs, fire): CancelTimer {
      if (!daemon.isAlive) return () => {};
      const delay = Math.max(1, Math.min(delayMs, 30_000)) + lateness(random);
      const happening = time.schedule(delay, fire, { owner: daemon, rank: 'timer', isAsync });
      return () => {
        happening.fire = null;
      };
    },
  };
}

function lateness(random: Random): number {
  const share = random.next();
  if (share < 0.9) return earliestMs + share * 2;
  if (share < 0.995) return share * 4;
  return share < 0.999 ? 30 : 200;
}
