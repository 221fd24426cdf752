// Instants as text: local with the offset in force, or UTC. Tables, relative
// times and colours are the views' work.
import { offsetAt } from './zone.ts';

/** `2026-03-29T03:00:00+02:00`: the local time, whole seconds, with its offset. */
export function formatLocal(instant: number, zone: string): string {
  const offset = offsetAt(zone, instant);
  const wall = new Date(instant + offset).toISOString().slice(0, -5);
  return `${wall}${formatOffset(offset)}`;
}

/** `2026-03-29 03:00 +02:00`: the same within a sentence; seconds only when there are any. */
export function sayLocal(instant: number, zone: string): string {
  const [date = '', rest = ''] = formatLocal(instant, zone).split('T');
  const time = rest.slice(0, 8);
  return `${date} ${time.endsWith(':00') ? time.slice(0, 5) : time} ${rest.slice(8)}`;
}

/** UTC in ISO 8601, with milliseconds only when there are any: `2026-03-29T01:00:00Z`. */
export function toIso(instant: number): string {
  const text = new Date(instant).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}

/** `+02:00`; local mean times of the past have seconds too. */
export function formatOffset(offsetMs: number): string {
  const seconds = Math.abs(offsetMs) / 1000;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (seconds % 60 !== 0) parts.push(seconds % 60);
  const digits = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return `${offsetMs < 0 ? '-' : '+'}${digits}`;
}
