// Calendars as a table, and one with its days. Days of the week are told once,
// not day by day.
import type { Roll } from '../../core/calendar/calendar.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from './foreign.ts';
import { count } from './status.ts';
import { renderTable } from './table.ts';

export interface CalendarView {
  readonly name: string;
  readonly files: readonly string[];
  readonly weekdays: readonly string[];
  /** Of the year asked for. */
  readonly days: readonly {
    readonly date: string;
    readonly title: string | null;
    readonly isWeekday: boolean;
  }[];
  /** The last day of all; null when there is none, or no end. */
  readonly lastDay: string | null;
  readonly isEndless: boolean;
  readonly jobs: readonly {
    readonly job: string;
    readonly use: 'except' | 'only';
    readonly roll: Roll;
  }[];
}

export function calendarTable(
  calendars: readonly CalendarView[],
  at: { readonly year: number; readonly today: string },
  terminal: Terminal,
): string {
  return renderTable<CalendarView>(
    [
      { header: 'CALENDAR', cell: ({ name }) => name, rank: 0 },
      {
        header: `DAYS ${at.year}`,
        cell: ({ days }) => String(days.length),
        align: 'right',
        rank: 0,
      },
      {
        header: 'NEXT',
        cell: ({ days, lastDay }) => {
          const next = days.find(({ date }) => date >= at.today)?.date;
          return next ?? (lastDay !== null && lastDay < at.today ? 'over' : '');
        },
        style: ({ lastDay }) => (lastDay !== null && lastDay < at.today ? 'yellow' : null),
        rank: 1,
      },
      {
        header: 'LAST',
        cell: ({ lastDay, isEndless }) => (isEndless ? '' : (lastDay ?? '')),
        rank: 3,
      },
      { header: 'JOBS', cell: ({ jobs }) => String(jobs.length), align: 'right', rank: 1 },
      {
        header: 'FILE',
        cell: ({ files }) => oneLine(files.join(', ')),
        rank: 2,
        cuttable: true,
      },
    ],
    calendars,
    terminal,
  );
}

export function calendarDetail(calendar: CalendarView, year: number, terminal: Terminal): string {
  const dated = calendar.days.filter(({ isWeekday }) => !isWeekday);
  const rows = dated.map(({ date, title }) =>
    `  ${date} ${weekday(date)}  ${oneLine(title ?? '')}`.trimEnd(),
  );
  const weekdays =
    calendar.weekdays.length === 0 ? [] : [`  every ${calendar.weekdays.join(', ')}`];
  const jobs = calendar.jobs.map(
    ({ job, use, roll }) =>
      `  ${oneLine(job)}  ${use === 'except' ? 'not on these days' : 'only on these days'}${roll === 'skip' ? '' : `, else on the ${roll} allowed day`}`,
  );
  const from = calendar.files.length === 0 ? '' : `, from ${oneLine(calendar.files.join(', '))}`;
  return [
    `${terminal.style('bold', calendar.name)}: ${count(calendar.days.length, 'day')} in ${year}${from}`,
    ...weekdays,
    ...rows,
    '',
    jobs.length === 0 ? 'No job uses it.' : 'Used by',
    ...jobs,
  ].join('\n');
}

function weekday(date: string): string {
  return new Date(`${date}T00:00:00Z`).toUTCString().slice(0, 3);
}
