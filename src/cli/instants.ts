// Times as people type them: written moments, a few words, and distances from
// now. The grammar of written moments and durations is the core's.
import { parseDuration } from '../core/schedule/parse-duration.ts';
import { parseInstant, resolveInstant } from '../core/schedule/parse-instant.ts';
import { formatLocal } from '../core/schedule/local-time.ts';

export interface Reading {
  /** Zone of words such as `today` and of times without an offset. */
  readonly zone: string;
  readonly now: number;
}

const daysAway: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

/** Epoch ms, or null when the text is none of the forms. */
export function parseWhen(text: string, { zone, now }: Reading): number | null {
  const word = text.trim().toLowerCase();
  if (word === 'now') return now;
  const away = Object.hasOwn(daysAway, word) ? daysAway[word] : undefined;
  if (away !== undefined) return midnight(now, zone, away);
  const distance = /^([+-])(.+)$/.exec(word);
  if (distance !== null) {
    const parsed = parseDuration(distance[2] ?? '');
    if (!parsed.ok) return null;
    return now + (distance[1] === '-' ? -parsed.ms : parsed.ms);
  }
  const parsed = parseInstant(text.trim());
  return parsed.ok ? resolveInstant(parsed, zone).instant : null;
}

/** The first instant of a local date, `days` after the one that holds `instant`. */
export function midnight(instant: number, zone: string, days: number): number {
  const [year, month, day] = formatLocal(instant, zone).slice(0, 10).split('-').map(Number);
  const wall = Date.UTC(year ?? 1970, (month ?? 1) - 1, (day ?? 1) + days);
  return resolveInstant({ ok: true, kind: 'local', wall }, zone).instant;
}
