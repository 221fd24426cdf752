// Days of the calendar without a zone, counted from 1970-01-01, and how they are
// written. Which local day an instant lies on is the schedule engine's question.
import { daysInMonth } from '../schedule/parse-instant.ts';

export const DAY_MS = 86_400_000;

/** Days that any answer can be about: local days of the years 1970 to 2199. */
export const FIRST_DAY = -1;
export const LAST_DAY = 84_007;

const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

/** `2026-12-25`; null for what is no date of the years 1970 to 2199. */
export function parseDay(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  if (year < FIRST_YEAR || year > LAST_YEAR || !isDayOfMonth(year, month, day)) return null;
  return dayOf(year, month, day);
}

export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** `month` counts from 1; a day beyond the month runs on into the next one. */
export function dayOf(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

export function isDayOfMonth(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** 0 is Sunday; 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

export function yearOf(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}
