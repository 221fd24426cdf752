// Lists the calendars of the manifest, their days in a year, and the jobs that go
// by them. Needs no daemon.
import { hasErrors } from '../../core/diagnostics/diagnostic.ts';
import { daySetOf } from '../../core/calendar/allowed-days.ts';
import type { Calendar } from '../../core/calendar/calendar.ts';
import { formatDay } from '../../core/calendar/day.ts';
import { daysOfYear, weekdaysOf } from '../../core/calendar/days-of-year.ts';
import type { Manifest } from '../../core/manifest/job.ts';
import { formatLocal } from '../../core/schedule/local-time.ts';
import type { CommandDefinition } from '../command.ts';
import { judgeManifest } from '../manifest-file.ts';
import { refusedManifest } from '../refused-manifest.ts';
import { didYouMean, nearest, wrongValue } from '../usage-errors.ts';
import { type CalendarView, calendarDetail, calendarTable } from '../views/calendars.ts';

export const calendarsCommand: CommandDefinition = {
  name: 'calendars',
  summary: 'List calendars, their days, and the jobs that use them',
  description:
    'Calendars of the manifest as it is now, with the files it names. Needs no daemon. Which starts a calendar takes away is told by preview --skipped.',
  arguments: [
    { name: '[calendar]', description: 'the days of this one (default: all in a table)' },
  ],
  options: [{ flags: '--year <number>', description: 'which year (default: this one)' }],
  examples: [
    { command: 'jm2 calendars', meaning: 'all, with how many days they have this year' },
    { command: 'jm2 calendars de-holidays --year 2027', meaning: 'the days of one in a year' },
  ],
  async run(context, input) {
    const { manifest: path } = await context.locations();
    const judged = await judgeManifest(path, context.shownPath(path));
    const { manifest } = judged;
    if (manifest === null || hasErrors(judged.diagnostics)) return refusedManifest(judged);
    const today = formatLocal(context.terminal.now, manifest.timezone).slice(0, 10);
    const year = input.count('year', { min: 1970, max: 2199 }) ?? Number(today.slice(0, 4));
    const chosen = chosenCalendars(manifest, input.argument(0));
    const calendars = chosen.map((calendar) => viewOf(calendar, manifest, year));
    const data = { year, calendars };
    const [one] = calendars;
    return {
      data,
      text: (terminal) => {
        if (input.argument(0) !== null && one !== undefined) {
          return calendarDetail(one, year, terminal);
        }
        return calendars.length === 0
          ? 'The manifest has no calendars.'
          : calendarTable(calendars, { year, today }, terminal);
      },
    };
  },
};

function chosenCalendars(manifest: Manifest, name: string | null): readonly Calendar[] {
  const all = Object.values(manifest.calendars);
  if (name === null) return all;
  const found = all.find((calendar) => calendar.name === name);
  if (found !== undefined) return [found];
  const names = all.map((calendar) => calendar.name);
  throw wrongValue(
    `The manifest has no calendar "${name}".`,
    didYouMean(nearest(name, names)) ??
      (names.length === 0 ? 'Declare one under `calendars`.' : `It has ${names.join(', ')}.`),
  );
}

function viewOf(calendar: Calendar, manifest: Manifest, year: number): CalendarView {
  const last = daySetOf(calendar).last();
  return {
    name: calendar.name,
    files: [...calendar.files],
    weekdays: weekdaysOf(calendar),
    days: daysOfYear(calendar, year).map(({ date, title, isWeekday }) => ({
      date,
      title,
      isWeekday,
    })),
    lastDay: last === null || !Number.isFinite(last) ? null : formatDay(last),
    isEndless: last === null,
    jobs: manifest.jobs.flatMap(({ name, schedules }) => {
      const rule = schedules[0]?.calendar;
      if (rule === undefined) return [];
      const { roll } = rule;
      return (['except', 'only'] as const)
        .filter((use) => rule[use].some((one) => one.name === calendar.name))
        .map((use) => ({ job: name, use, roll }));
    }),
  };
}
