// Which zone a job's times are told in when one zone must stand for the job.
import type { Schedule } from './schedule.ts';

/** The zone that all schedules share; `fallback` when there are none or they differ. */
export function displayZone(schedules: readonly Schedule[], fallback: string): string {
  const zones = new Set(schedules.map((schedule) => schedule.timezone));
  const [only] = zones;
  return zones.size === 1 && only !== undefined ? only : fallback;
}
