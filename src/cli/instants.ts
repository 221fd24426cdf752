// Times as people type them: written moments, a few words, and distances from
// now. The grammar of written moments and durations is the core's.
import { parseDuration } from '../core/schedule/parse-duration.ts';
import { parseInstant, resolveInstant } from '../core/schedule/parse-instant.ts';
import { formatLocal } from '../core/schedule/local-time.ts';
import { unshown } from '../core/schedule/shown-instant.ts';

export interface Reading {
  /** Zone of words such as `today` and of times without an offset. */
  readonly zone: string;
  readonly now: number;
}

const daysAway: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

/**
 * Epoch ms, or null when the text is none of the forms: `now`; `today`,
 * `tomorrow 14:30`; `14:30`, the one of today; `+2h`, `in 2h`, `-3d`, `3d ago`;
 * a date, or a date and time, also as jm2 prints them.
 */
export function parseWhen(text: string, reading: Reading): number | null {
  const word = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  if (word === 'now') return reading.now;
  const distance = parseDistance(word);
  if (distance !== null) return reading.now + distance;
  const ofDay =
    /^(?:(yesterday|today|tomorrow)(?: at(?= ))?)?(?:(?:^| )(\d{1,2}:\d{2}(?::\d{2})?))?$/.exec(
      word,
    );
  if (ofDay !== null && word !== '') return timeOfDay(ofDay[1] ?? 'today', ofDay[2], reading);
  const parsed = parseInstant(unshown(text.trim()));
  return parsed.ok ? resolveInstant(parsed, reading.zone).instant : null;
}

/** As `parseWhen`, where only the past can be meant: `2h` is two hours ago. */
export function parsePast(text: string, reading: Reading): number | null {
  return parseWhen(text, reading) ?? parseWhen(`${text} ago`, reading);
}

/** Signed ms of `+2h`, `in 2h`, `-3d`, `3d ago`. */
function parseDistance(word: string): number | null {
  const match = /^(?:([+-])(.+)|in (.+)|(.+) ago)$/.exec(word);
  if (match === null) return null;
  const [, sign, signed, ahead, back] = match;
  // People write "2 h"; the grammar of durations has no blanks.
  const parsed = parseDuration((signed ?? ahead ?? back ?? '').replaceAll(' ', ''));
  if (!parsed.ok) return null;
  return sign === '-' || back !== undefined ? -parsed.ms : parsed.ms;
}

function timeOfDay(day: string, time: string | undefined, { zone, now }: Reading): number | null {
  const away = daysAway[day] ?? 0;
  if (time === undefined) return midnight(now, zone, away);
  const date = formatLocal(midnight(now, zone, away), zone).slice(0, 10);
  const parsed = parseInstant(`${date}T${time.replace(/^\d:/, '0$&')}`);
  return parsed.ok ? resolveInstant(parsed, zone).instant : null;
}

/** The first instant of a local date, `days` after the one that holds `instant`. */
export function midnight(instant: number, zone: string, days: number): number {
  const [year, month, day] = formatLocal(instant, zone).slice(0, 10).split('-').map(Number);
  const wall = Date.UTC(year ?? 1970, (month ?? 1) - 1, (day ?? 1) + days);
  return resolveInstant({ ok: true, kind: 'local', wall }, zone).instant;
}
