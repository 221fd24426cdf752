// The days that a calendar has in one year, each with what it is called: for
// people and for `--json`. The engine asks allowed-days.ts instead.
import type { Calendar } from './calendar.ts';
import { daySetOf } from './allowed-days.ts';
import { dayOf, formatDay } from './day.ts';
import { WEEKDAY_WORDS } from './day-rule.ts';

export interface NamedDay {
  readonly date: string;
  /** What the day is called; null when no entry says it. */
  readonly title: string | null;
  /** It is in the calendar as a day of the week, and by nothing else. */
  readonly isWeekday: boolean;
}

export function daysOfYear({ entries }: Calendar, year: number): NamedDay[] {
  const first = dayOf(year, 1, 1);
  const found = new Map<number, NamedDay>();
  for (const { text, title } of entries) {
    const isWeekday = WEEKDAY_WORDS.some((word) => word === text);
    daySetOf({ days: [text] })
      .year(year)
      .forEach((mark, at) => {
        const known = found.get(at);
        if (mark !== 1 || (known?.title ?? null) !== null) return;
        found.set(at, {
          date: formatDay(first + at),
          title,
          isWeekday: isWeekday && (known?.isWeekday ?? true),
        });
      });
  }
  return [...found].sort(([a], [b]) => a - b).map(([, day]) => day);
}

/** The days of the week that a calendar has as such. */
export function weekdaysOf({ entries }: Calendar): string[] {
  const words = new Set(entries.map(({ text }) => text));
  return [...WEEKDAY_WORDS.slice(1), WEEKDAY_WORDS[0]].filter((word) => words.has(word));
}
