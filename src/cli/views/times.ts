// Instants as people read them: local time with its offset, so that two passes
// of one wall time look different.
import { formatLocal } from '../../core/schedule/local-time.ts';

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

export interface LocalParts {
  readonly weekday: string;
  /** 2026-03-29 */
  readonly date: string;
  /** 03:00:00 */
  readonly time: string;
  /** +02:00 */
  readonly offset: string;
}

export function localParts(instant: number, zone: string): LocalParts {
  // UTC needs no zone data, whose first use costs a small command a fifth of its time.
  const text =
    zone === 'UTC'
      ? `${new Date(instant).toISOString().slice(0, 19)}+00:00`
      : formatLocal(instant, zone);
  const date = text.slice(0, 10);
  return {
    // The date alone, read as UTC, has the weekday of the local day.
    weekday: weekdays[new Date(date).getUTCDay()] ?? '',
    date,
    time: text.slice(11, 19),
    offset: text.slice(19),
  };
}

/** "Sun 2026-03-29 03:00 +02:00"; seconds only when there are any, or when they are asked for. */
export function localTime(instant: number, zone: string, withSeconds = false): string {
  const { weekday, date, time, offset } = localParts(instant, zone);
  const short = !withSeconds && time.endsWith(':00');
  return `${weekday} ${date} ${short ? time.slice(0, 5) : time} ${offset}`;
}

/** Whether one of these instants needs seconds; then all of a column get them. */
export function needSeconds(instants: readonly (number | null)[]): boolean {
  return instants.some((instant) => instant !== null && Math.floor(instant / 1000) % 60 !== 0);
}

/** "03:00:12" */
export function clockTime(instant: number, zone: string): string {
  return localParts(instant, zone).time;
}
