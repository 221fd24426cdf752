// Time since the host booted, sleep included: what tells a sleep of the host
// from a wall clock that was set forward.
import { uptime } from 'node:os';

/**
 * Milliseconds since boot. Goes on while the host sleeps, where the monotonic
 * clock stands still; resolution about 10 ms, so only differences of seconds
 * mean anything.
 */
export const systemUptime = (): number => uptime() * 1_000;
