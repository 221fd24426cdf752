// What changes about the calendars of a job, as fields of a manifest: which ones it
// names, at the job, and which days they have, at the calendar.
import type { CalendarDays, CalendarRule } from '../calendar/calendar.ts';
import type { Job } from '../manifest/job.ts';
import { sameValue } from './same-value.ts';

interface CalendarChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Further days are counted, not listed. */
const daysShown = 12;

export function calendarChanges(before: Job, after: Job): CalendarChange[] {
  const from = ruleOf(before);
  const to = ruleOf(after);
  const changes: CalendarChange[] = [
    { path: '/calendar', before: shownRule(from), after: shownRule(to) },
  ];
  for (const calendar of calendarsOf(to)) {
    const former = calendarsOf(from).find(({ name }) => name === calendar.name);
    if (former === undefined || sameValue(former.days, calendar.days)) continue;
    changes.push({
      path: `/calendars/${calendar.name}`,
      before: without(former, calendar),
      after: without(calendar, former),
    });
  }
  return changes;
}

/** Those that the job goes by, each once. */
export function calendarsOfJob(job: Job): readonly CalendarDays[] {
  return calendarsOf(ruleOf(job));
}

/** All schedules of a job have the same one. */
function ruleOf({ schedules }: Job): CalendarRule | null {
  return schedules[0]?.calendar ?? null;
}

function calendarsOf(rule: CalendarRule | null): readonly CalendarDays[] {
  if (rule === null) return [];
  const all = [...rule.except, ...rule.only];
  // One calendar may stand in both.
  return all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
}

/** As it stands in jobs.yaml. */
export function shownRule(rule: CalendarRule | null): unknown {
  if (rule === null) return null;
  const { except, only, roll } = rule;
  const names = (calendars: readonly CalendarDays[]): string | string[] => {
    const all = calendars.map(({ name }) => name);
    return all.length === 1 ? (all[0] ?? '') : all;
  };
  return {
    ...(except.length === 0 ? {} : { except: names(except) }),
    ...(only.length === 0 ? {} : { only: names(only) }),
    ...(roll === 'skip' ? {} : { roll }),
  };
}

/** The days that only the first of the two has. */
function without(calendar: CalendarDays, other: CalendarDays): string[] {
  const known = new Set(other.days);
  const own = calendar.days.filter((day) => !known.has(day));
  const rest = own.length - daysShown;
  return rest > 0 ? [...own.slice(0, daysShown), `and ${rest} more`] : own;
}
