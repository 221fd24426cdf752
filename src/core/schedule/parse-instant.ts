// Reads a written moment. Without an offset it is a local time, whose instant
// only a zone can tell (wall-time.ts); impossible dates are refused here.
import { pickInstant } from './wall-time.ts';

export type ParsedInstant =
  | { readonly ok: true; readonly kind: 'instant'; readonly instant: number }
  /** `wall`: the local reading as epoch ms as if it were UTC. */
  | { readonly ok: true; readonly kind: 'local'; readonly wall: number }
  /** `column` counts from 1 within the text. */
  | {
      readonly ok: false;
      readonly problem: string;
      readonly column: number;
      readonly length: number;
    };

const SHAPE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|z|[+-]\d{2}:?\d{2})?)?$/;

const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

/**
 * Reads `2026-12-31`, `2026-12-31T23:59`, `…:30`, `….250`, each with a time
 * optionally followed by `Z` or an offset. A date alone is its midnight.
 */
export function parseInstant(text: string): ParsedInstant {
  const match = SHAPE.exec(text);
  if (match === null) {
    return fail('write a date and time such as 2026-12-31T23:59', 1, Math.max(1, text.length));
  }
  const [, year = '', month = '', day = '', hour, minute, second, fraction, zone] = match;
  if (Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) {
    return fail(`year must be ${FIRST_YEAR} to ${LAST_YEAR}`, 1, 4);
  }
  if (Number(month) < 1 || Number(month) > 12) return fail('month must be 01 to 12', 6, 2);
  const days = daysInMonth(Number(year), Number(month));
  if (Number(day) < 1 || Number(day) > days) {
    return fail(`day must be 01 to ${days} in ${year}-${month}`, 9, 2);
  }
  if (Number(hour ?? 0) > 23) return fail('hour must be 00 to 23', 12, 2);
  if (Number(minute ?? 0) > 59) return fail('minute must be 00 to 59', 15, 2);
  if (Number(second ?? 0) > 59) return fail('second must be 00 to 59', 18, 2);
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
    Number((fraction ?? '').padEnd(3, '0')),
  );
  if (zone === undefined) return { ok: true, kind: 'local', wall };
  const offset = offsetOf(zone);
  if (offset === null) {
    return fail(
      'offset must be Z, or -12:00 to +14:00',
      text.length - zone.length + 1,
      zone.length,
    );
  }
  return { ok: true, kind: 'instant', instant: wall - offset };
}

/**
 * The instant of a parsed moment in a zone. A local time that occurs twice is
 * its first pass (`overlap`); one that does not exist is the moment at which
 * the clocks jump over it (`gap`).
 */
export function resolveInstant(
  parsed: Extract<ParsedInstant, { ok: true }>,
  zone: string,
): { readonly instant: number; readonly remark: 'gap' | 'overlap' | null } {
  if (parsed.kind === 'instant') return { instant: parsed.instant, remark: null };
  return pickInstant(zone, parsed.wall);
}

/** Days of a month counted from 1, in the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function offsetOf(text: string): number | null {
  if (text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(-2));
  const total = (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
  if (minutes > 59 || total < -720 || total > 840) return null;
  return total * 60_000;
}

function fail(problem: string, column: number, length: number): ParsedInstant {
  return { ok: false, problem, column, length };
}
