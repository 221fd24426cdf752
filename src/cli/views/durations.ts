// Distances from now: "in 4m", "2h5m ago". Lengths are core's.
import { coarseDuration, shortDuration } from '../../core/schedule/short-duration.ts';

/** How long something took: "250ms", "1.2s", "4m10s", "2h5m", "3d4h". */
export const humanDuration = shortDuration;

/** "in 4m", "2h5m ago", "now". */
export function relativeTime(instant: number, now: number): string {
  const distance = instant - now;
  if (Math.abs(distance) < 500) return 'now';
  const length = coarseDuration(Math.abs(distance));
  return distance > 0 ? `in ${length}` : `${length} ago`;
}
