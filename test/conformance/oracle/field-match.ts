// Whether a local time fits a cron expression, field by field as the manual
// says it. Part of the oracle, so it reads the fields by itself.
import { DAY_MS } from './read-clocks.ts';

/** Answers for local times, given as the epoch ms of the same reading in UTC. */
export interface FieldMatch {
  readonly isFixedTime: boolean;
  /** Seconds of a minute at which it fires. */
  readonly seconds: readonly number[];
  readonly minute: (wall: number) => boolean;
}

export function fieldMatch(expression: string): FieldMatch {
  const fields = expression.split(' ');
  const withSeconds = fields.length === 6;
  const [second = '0', minute = '', hour = '', day = '', month = '', weekday = ''] = withSeconds
    ? fields
    : ['0', ...fields];
  const minutes = valuesOf(minute, 0, 59);
  const hours = valuesOf(hour, 0, 23);
  const months = valuesOf(month, 1, 12);
  const days = new Map<number, boolean>();
  const dayFits = (midnight: number): boolean => {
    const date = new Date(midnight);
    if (!months.has(date.getUTCMonth() + 1)) return false;
    const isBoth = weekday.startsWith('+');
    const byDay = day.split(',').some((element) => dayOfMonthFits(element, date));
    const byWeekday = weekday
      .replace('+', '')
      .split(',')
      .some((element) => weekdayFits(element, date));
    return day !== '*' && weekday !== '*' && !isBoth ? byDay || byWeekday : byDay && byWeekday;
  };
  return {
    isFixedTime: !minute.startsWith('*') && !hour.startsWith('*'),
    seconds: [...valuesOf(second, 0, 59)].sort((a, b) => a - b),
    minute(wall) {
      const midnight = Math.floor(wall / DAY_MS) * DAY_MS;
      const minuteOfDay = Math.floor((wall - midnight) / 60_000);
      if (!minutes.has(minuteOfDay % 60) || !hours.has(Math.floor(minuteOfDay / 60))) return false;
      let fits = days.get(midnight);
      if (fits === undefined) days.set(midnight, (fits = dayFits(midnight)));
      return fits;
    },
  };
}

function valuesOf(field: string, min: number, max: number): ReadonlySet<number> {
  const values = new Set<number>();
  for (const element of field.split(',')) {
    const [base = '', step = '1'] = element.split('/');
    const [low = '', high = low] = base === '*' ? [String(min), String(max)] : base.split('-');
    for (let value = Number(low); value <= Number(high); value += Number(step)) values.add(value);
  }
  return values;
}

function dayOfMonthFits(element: string, date: Date): boolean {
  const day = date.getUTCDate();
  const last = lastDay(date);
  if (element === 'L') return day === last;
  if (element === 'LW') return day === nearestWeekday(last, date);
  if (element.endsWith('W')) {
    const wanted = Number(element.slice(0, -1));
    return wanted <= last && day === nearestWeekday(wanted, date);
  }
  return valuesOf(element, 1, 31).has(day);
}

function weekdayFits(element: string, date: Date): boolean {
  const day = date.getUTCDate();
  const weekday = date.getUTCDay();
  if (element.endsWith('L')) {
    return weekday === Number(element.slice(0, -1)) % 7 && day + 7 > lastDay(date);
  }
  const [wanted = '', nth] = element.split('#');
  if (nth !== undefined)
    return weekday === Number(wanted) % 7 && Math.ceil(day / 7) === Number(nth);
  const values = valuesOf(element, 0, 6);
  return values.has(weekday) || (weekday === 0 && values.has(7));
}

/** Saturday goes to the Friday before, Sunday to the Monday after, never into another month. */
function nearestWeekday(day: number, date: Date): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === lastDay(date) ? day - 2 : day + 1;
  return day;
}

function lastDay(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}
