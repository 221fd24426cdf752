// Reads the interval of `every` and its anchor: the instant its grid passes
// through, so that a reload or a restart never shifts it.
import { formatDuration, parseDuration } from './parse-duration.ts';
import { parseInstant, resolveInstant } from './parse-instant.ts';
import type { Problems, Surroundings } from './schedule-context.ts';
import type { EverySchedule } from './schedule.ts';
import { pickInstant } from './wall-time.ts';

const INTERVAL_MIN_MS = 1000;

/**
 * A time of day alone anchors the grid on this date in the schedule's zone. A
 * fixed one, in the past of all supported zone data, so that it never moves;
 * a recent one, so that the zone's present winter or summer offset is meant.
 */
const ANCHOR_DATE = '2025-01-01';

/** `shift` is where `text` begins within the scalar at `path`. */
export function parseEvery(
  text: string,
  path: string,
  shift: number,
  around: Surroundings,
  problems: Problems,
): EverySchedule | null {
  const intervalMs = readDuration(text, path, shift, problems);
  if (intervalMs === null) return null;
  if (intervalMs < INTERVAL_MIN_MS) {
    problems.add('JM2-S109', path, {
      detail: `${formatDuration(intervalMs)} is shorter than the shortest interval, one second.`,
      label: 'shorter than 1s',
      hint: 'Write 1s or more, or let one long-running job do the work.',
      place: { offset: shift, length: text.length },
    });
    return null;
  }
  return { kind: 'every', intervalMs, anchor: 0, ...around, written: `every ${text}` };
}

/** A duration in ms, or null with the problem added. */
export function readDuration(
  text: string,
  path: string,
  shift: number,
  problems: Problems,
): number | null {
  const parsed = parseDuration(text);
  if (parsed.ok) return parsed.ms;
  // A unit that is missing at the end has no place of its own: the number is marked.
  const offset = parsed.column > text.length ? shift : shift + parsed.column - 1;
  problems.add('JM2-S108', path, {
    detail: `"${text}" is not a duration: ${parsed.problem}.`,
    label: parsed.problem,
    hint: suggestDuration(text),
    place: { offset, length: Math.max(1, shift + text.length - offset) },
  });
  return null;
}

/** The anchor as an instant: a moment, or a time of day such as `06:00`. */
export function readAnchor(
  text: string,
  path: string,
  timezone: string,
  problems: Problems,
): number | null {
  const time = /^\d{2}:\d{2}(?::\d{2})?$/.test(text);
  const parsed = parseInstant(time ? `${ANCHOR_DATE}T${text}` : text);
  if (!parsed.ok) {
    problems.add('JM2-S110', path, {
      detail: `"${text}" is no anchor: ${parsed.problem}.`,
      label: time ? parsed.problem : 'not a moment or a time of day',
      hint: 'Write a time of day such as 06:00, or a moment such as 2026-01-01T06:00.',
      place: { offset: 0, length: Math.max(1, text.length) },
    });
    return null;
  }
  if (parsed.kind === 'local') return pickInstant(timezone, parsed.wall).instant;
  return resolveInstant(parsed, timezone).instant;
}

/** Words such as "5 minutes" or "an hour and a half" made into the grammar, when that works. */
function suggestDuration(text: string): string {
  const short = text
    .trim()
    .toLowerCase()
    .replace(/^an?\s+|^(?=(?:second|minute|hour|day|week)s?$)/, '1')
    .replaceAll(/\band\b|[\s,]/g, '')
    .replaceAll(/(\d)(w|d|h|ms|m|s)[a-z]*/g, '$1$2');
  if (parseDuration(short).ok) return `Write ${short}.`;
  return 'Write whole numbers with units, the largest first: 90s, 1h30m, 2d. For a time of day use a cron expression.';
}
