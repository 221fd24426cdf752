// What of a schedule decides when it comes due: all but how it was spelled.
import type { CalendarRule } from '../calendar/calendar.ts';
import type { Schedule } from './schedule.ts';

/** For comparing and for digests: equal for schedules that name the same instants. */
export function withoutSpelling(schedule: Schedule): object {
  const { written: _written, calendar, ...bare } = schedule;
  const rule = calendar === undefined ? bare : { ...bare, calendar: daysAlone(calendar) };
  if (rule.kind !== 'at') return rule;
  const { remark: _remark, ...instant } = rule;
  return instant;
}

/** What a calendar is called does not matter, what days it has does. */
function daysAlone({ except, only, roll }: CalendarRule): object {
  const days = (calendars: CalendarRule['only']): readonly (readonly string[])[] =>
    calendars.map((calendar) => calendar.days);
  return { except: days(except), only: days(only), roll };
}

/** The rule on all days. */
export function withoutCalendar(schedule: Schedule): Schedule {
  const { calendar: _calendar, ...rule } = schedule;
  return rule;
}
