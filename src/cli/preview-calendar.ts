// The starts of a month or a year counted per local day.
import { formatLocal } from '../core/schedule/local-time.ts';
import type { Answer } from './command.ts';
import { midnight } from './instants.ts';
import type { Compiled } from './occurrences.ts';
import { calendarText, type CalendarDay } from './views/calendar.ts';

/** A day of a grid needs no more than this to look full. */
const countMax = 1_000_000;
const dayMs = 86_400_000;
/** A year, and what a first month in progress adds. */
const daysMax = 400;

export function calendarAnswer(
  compiled: readonly Compiled[],
  wanted: {
    readonly kind: 'month' | 'year';
    readonly from: number;
    readonly zone: string;
    readonly now: number;
  },
): Answer {
  const { kind, zone } = wanted;
  const first = formatLocal(wanted.from, zone).slice(0, 7);
  const [year = 1970, month = 1] = first.split('-').map(Number);
  const last =
    kind === 'month' ? first : `${month === 1 ? year : year + 1}-${two(((month + 10) % 12) + 1)}`;
  // Begins in the middle of the 1st, so that no offset can make it another day.
  let start = midnight(Date.UTC(year, month - 1, 1, 12), zone, 0);
  const days: CalendarDay[] = [];
  for (let day = 0; day < daysMax; day += 1) {
    const date = formatLocal(start, zone).slice(0, 10);
    if (date.slice(0, 7) > last) break;
    const end = midnight(start, zone, 1);
    const count = compiled.reduce(
      (sum, { schedule }) => sum + schedule.count(start, end, countMax),
      0,
    );
    days.push({ date, count, hasClockChange: end - start !== dayMs });
    start = end;
  }
  const today = formatLocal(wanted.now, zone).slice(0, 10);
  return {
    data: { calendar: { kind, timezone: zone, days } },
    text: (terminal) => calendarText({ kind, zone, today, days }, terminal),
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
