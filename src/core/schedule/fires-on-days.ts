// Whether a schedule has any occurrence left by calendars, asked of days alone:
// no zone is looked at, and no clock.
import { allowedDays } from '../calendar/allowed-days.ts';
import type { CalendarRule } from '../calendar/calendar.ts';
import { FIRST_DAY, LAST_DAY } from '../calendar/day.ts';
import { cronDays } from './cron-days.ts';
import { SearchSteps } from './engine-fault.ts';
import { EveryOnDays } from './every-on-days.ts';
import { parseCron } from './parse-cron.ts';
import { atMoment } from './plain-occurrences.ts';
import { RolledDays } from './rolled-days.ts';
import type { Schedule } from './schedule.ts';

export function firesOnDays(schedule: Schedule, calendar: CalendarRule): boolean {
  switch (schedule.kind) {
    case 'cron': {
      const parsed = parseCron(schedule.expression);
      if (!parsed.ok) return true;
      const days = new RolledDays(cronDays(parsed.fields.days, parsed.fields.months), calendar);
      const steps = new SearchSteps(() => `"${schedule.expression}" on the days of calendars`);
      return days.next(FIRST_DAY, LAST_DAY + 1, steps) !== null;
    }
    case 'every':
      // A grid of days or more may pass by all of the days.
      return schedule.intervalMs <= 86_400_000
        ? allowedDays(calendar).next(0) !== null
        : new EveryOnDays(schedule, calendar).next(-1) !== null;
    case 'at':
      return atMoment({ ...schedule, calendar }) !== null;
  }
}
