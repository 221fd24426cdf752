// Shape of what is told about calendars.
import Type from 'typebox';
import type { CalendarView } from '../views/calendars.ts';
import { nullable, oneOf, same, shape, text, type Same, type Value } from './shape.ts';

const date = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' });

export const calendarShape = shape({
  name: text,
  files: Type.Array(text),
  weekdays: Type.Array(text),
  days: Type.Array(shape({ date, title: nullable(text), isWeekday: Type.Boolean() })),
  lastDay: nullable(date),
  isEndless: Type.Boolean(),
  jobs: Type.Array(
    shape({ job: text, use: oneOf('except', 'only'), roll: oneOf('skip', 'next', 'previous') }),
  ),
});
same<Same<Value<typeof calendarShape>, CalendarView>>();
