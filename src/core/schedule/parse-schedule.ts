// From a schedule as written (text, object or list) to schedules as used. The
// shape was checked by the schema; here the meaning is: texts are read, names
// resolved, and every problem is told with its place.
import { Problems, type ParsedSchedules, type ScheduleContext } from './schedule-context.ts';
import { ScheduleReader } from './schedule-reader.ts';
import { isKnownZone } from './zone-names.ts';

/**
 * Reads the value of a job's `schedule`, or of one entry of `schedules`; it
 * never throws. The zone of the context is the caller's to check: UTC stands
 * in for one that is unknown. A use of a name whose definition has errors is
 * told once, as JM2-S118 with the first of them; call this for each definition
 * to have them all in place.
 */
export function parseSchedules(input: unknown, context: ScheduleContext): ParsedSchedules {
  const problems = new Problems();
  const timezone = isKnownZone(context.timezone) ? context.timezone : 'UTC';
  const reader = new ScheduleReader({ ...context, timezone }, problems);
  const schedules = reader.read(input, '', []);
  return { schedules, problems: problems.list };
}
