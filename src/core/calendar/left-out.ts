// Why a day is not allowed, in words, and where its occurrences go instead.
import { allowedDays, daySetOf } from './allowed-days.ts';
import type { CalendarRule } from './calendar.ts';
import { formatDay } from './day.ts';

/** "2026-12-25 is in holidays", "2026-12-25 is not in quarter-ends"; null for an allowed day. */
export function leftOutWords(rule: CalendarRule, day: number): string | null {
  if (allowedDays(rule).has(day)) return null;
  const inside = rule.except.filter((calendar) => daySetOf(calendar).has(day));
  if (inside.length > 0) return `${formatDay(day)} is in ${named(inside)}`;
  return `${formatDay(day)} is not in ${named(rule.only)}`;
}

/** The day on which an occurrence of this one counts instead; null when it is dropped. */
export function dayInstead(rule: CalendarRule, day: number): string | null {
  if (rule.roll === 'skip') return null;
  const allowed = allowedDays(rule);
  const other = rule.roll === 'next' ? allowed.next(day) : allowed.previous(day);
  return other === null ? null : formatDay(other);
}

function named(calendars: CalendarRule['only']): string {
  return calendars.map(({ name }) => name).join(' or ');
}
