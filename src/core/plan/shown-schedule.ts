// A schedule as it would stand in jobs.yaml: the short text where that says
// everything, else an object with what differs from the defaults.
import type { Job } from '../manifest/job.ts';
import { formatLocal } from '../schedule/local-time.ts';
import { formatDuration } from '../schedule/parse-duration.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { withoutCalendar } from '../schedule/without-spelling.ts';
import { sameSchedules } from './same-schedule.ts';
import { sameValue } from './same-value.ts';

type Shown = string | Record<string, string>;

/** Null when the job is only run by hand; a list when there are several. */
export function shownSchedules(job: Job): Shown | Shown[] | null {
  return listed(job.schedules.map((schedule) => shownSchedule(schedule, job.timezone)));
}

/**
 * Before and after of a changed schedule. Where both are spelled the same, such
 * as a named schedule that was defined anew, the rules themselves are shown.
 */
export function shownScheduleChange(before: Job, after: Job): { before: unknown; after: unknown } {
  const short = { before: shownSchedules(before), after: shownSchedules(after) };
  if (!sameValue(short.before, short.after)) return short;
  // Calendars are told apart; a rule that is the same without them is the same.
  if (sameSchedules(before.schedules.map(withoutCalendar), after.schedules.map(withoutCalendar))) {
    return short;
  }
  return {
    before: listed(before.schedules.map(ruleOf)),
    after: listed(after.schedules.map(ruleOf)),
  };
}

function listed(shown: Shown[]): Shown | Shown[] | null {
  const [first] = shown;
  if (first === undefined) return null;
  return shown.length === 1 ? first : shown;
}

function shownSchedule(schedule: Schedule, jobZone: string): Shown {
  const options = optionsOf(schedule, jobZone);
  if (Object.keys(options).length === 0) return schedule.written;
  return { [schedule.kind]: withoutKind(schedule), ...options };
}

/** What differs from the defaults. */
function optionsOf(schedule: Schedule, jobZone: string): Record<string, string> {
  const options: Record<string, string> = {};
  const zone = schedule.timezone;
  if (zone !== jobZone) options['timezone'] = zone;
  if (schedule.jitterMs > 0) options['jitter'] = formatDuration(schedule.jitterMs);
  if (schedule.kind === 'cron') {
    if (schedule.dstGap !== 'run_once') options['dst_gap'] = schedule.dstGap;
    if (schedule.dstOverlap !== 'first') options['dst_overlap'] = schedule.dstOverlap;
  }
  if (schedule.kind === 'every' && schedule.anchor !== 0) {
    options['anchor'] = formatLocal(schedule.anchor, zone);
  }
  if (schedule.from !== null) options['from'] = formatLocal(schedule.from, zone);
  if (schedule.until !== null) options['until'] = formatLocal(schedule.until, zone);
  return options;
}

/** Within an object the kind is the key: `every: 30s`. */
function withoutKind(schedule: Schedule): string {
  const prefix = `${schedule.kind} `;
  return schedule.written.startsWith(prefix)
    ? schedule.written.slice(prefix.length)
    : schedule.written;
}

function ruleOf(schedule: Schedule): Record<string, string> {
  // No job has this zone: the schedule's own is always told.
  return { [schedule.kind]: ruleText(schedule), ...optionsOf(schedule, '') };
}

function ruleText(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'cron':
      return schedule.expression;
    case 'every':
      return formatDuration(schedule.intervalMs);
    case 'at':
      return formatLocal(schedule.instant, schedule.timezone);
  }
}
