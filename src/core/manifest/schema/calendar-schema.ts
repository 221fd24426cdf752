// The schema of calendars, and of what a job says about them. What the texts mean
// is judged by core/calendar.
import Type from 'typebox';
import { closed, field, words } from './field.ts';
import { namePattern, visiblePattern } from './patterns.ts';

const text = Type.String({ pattern: visiblePattern, maxLength: 1000 });

/** One calendar: its days are those of all its fields together. */
export const calendarSchema = field(
  closed({
    dates: field(Type.Array(text, { minItems: 1, maxItems: 1000 }), {
      title: 'Dates',
      about:
        'Days (`2026-12-25`), ranges with both ends (`2026-12-24..2026-12-31`), and days of every year (`12-25`, `12-24..01-02`).',
      examples: [['2026-12-25', '2026-12-28..2026-12-31', '01-01']],
    }),
    file: field(
      Type.Union([
        Type.String({ pattern: visiblePattern, title: 'One file' }),
        Type.Array(text, { minItems: 1, maxItems: 16, title: 'Several files' }),
      ]),
      {
        title: 'Files with days',
        about:
          'An iCalendar file (`.ics`), whose events and their rules are taken, or a text file with a date in each line and a name behind it. The path starts at the directory of the manifest and stays in it. A changed file is a changed manifest.',
        examples: ['holidays.ics', ['holidays.ics', 'closed.txt']],
      },
    ),
    weekdays: field(
      Type.Array(words('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), {
        minItems: 1,
        uniqueItems: true,
      }),
      {
        title: 'Days of the week',
        about: 'These days of every week.',
        examples: [['sat', 'sun']],
      },
    ),
  }),
  {
    title: 'Calendar',
    about: 'The days of all its fields together.',
    examples: [{ dates: ['12-25'], weekdays: ['sat', 'sun'] }],
  },
);

const names = Type.Union([
  Type.String({ pattern: namePattern, title: 'One calendar' }),
  Type.Array(Type.String({ pattern: namePattern }), {
    maxItems: 16,
    uniqueItems: true,
    title: 'Several calendars',
  }),
]);

/** The field of a job, and of `defaults`. */
export const jobCalendarSchema = closed({
  except: field(names, {
    title: 'Days left out',
    about: 'Calendars on whose days the schedule does not count. An empty list: none.',
    examples: ['holidays', ['holidays', 'freeze']],
  }),
  only: field(names, {
    title: 'Days that count alone',
    about: 'Calendars on whose days alone the schedule counts.',
    examples: ['quarter-ends'],
  }),
  roll: field(words('skip', 'next', 'previous'), {
    title: 'What happens to an occurrence on another day',
    about:
      '`skip` drops it, `next` and `previous` move it to the next or the last allowed day, at the same local time. Two that meet are one. Not for `every`.',
    default: 'skip',
    examples: ['next'],
  }),
});
