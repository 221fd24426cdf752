// Which instants a typed time means for a job. A time without an offset is read
// in the job's zone: it may exist twice, or not at all, and both are said. A
// time written to the minute means that minute, a date that day.
import { parseDuration } from '../schedule/parse-duration.ts';
import { parseInstant } from '../schedule/parse-instant.ts';
import { formatLocal } from '../schedule/local-time.ts';
import { unshown } from '../schedule/shown-instant.ts';
import { pickInstant, resolveWall } from '../schedule/wall-time.ts';
import { offsetAt } from '../schedule/zone.ts';
import { moment } from './words.ts';

/** Occurrences with from <= nominal time < to are meant. */
export interface AskedSpan {
  readonly from: number;
  readonly to: number;
}

export interface AskedTime {
  /** One; two for a local time that occurs twice. */
  readonly spans: readonly AskedSpan[];
  /** What has to be said about the time itself; null mostly. */
  readonly remark: string | null;
  /**
   * Set when the local time does not exist: how it was called, and the instants
   * of which one may be an occurrence that stands for it.
   */
  readonly gap: { readonly wall: string; readonly standIns: readonly number[] } | null;
}

const minute = 60_000;
/** `04:57`, `yesterday 23:10:05`. */
const timeOfDay = /^(?:(yesterday|today|tomorrow) (?:at )?)?(\d{1,2}:\d{2}(?::\d{2})?)$/;
const words: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

/** Null when the text is no time. */
export function askedTime(text: string, zone: string, now: number): AskedTime | null {
  const word = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const away = Object.hasOwn(words, word) ? words[word] : undefined;
  if (away !== undefined) return day(localDay(now, zone) + away * 86_400_000, zone);
  const distance = distanceOf(word);
  if (distance !== null) {
    const from = Math.floor((now + distance) / minute) * minute;
    return { spans: [{ from, to: from + minute }], remark: null, gap: null };
  }
  const written = unshown(dated(word, zone, now));
  const parsed = parseInstant(written);
  if (!parsed.ok) return null;
  const precision = precisionOf(written);
  if (parsed.kind === 'instant') {
    const from = parsed.instant;
    return { spans: [{ from, to: from + precision }], remark: null, gap: null };
  }
  return written.length === 10 ? day(parsed.wall, zone) : local(parsed.wall, precision, zone);
}

function distanceOf(word: string): number | null {
  if (word === 'now') return 0;
  // Without a sign it is past, because a shell command's "-2h" looks like an option.
  const match = /^(\+|-|in )?(\d.*?)( ago)?$/.exec(word);
  if (match === null) return null;
  const [, sign, written = '', ago] = match;
  // As it is printed: "1 d 9 h".
  const parsed = parseDuration(written.replaceAll(' ', ''));
  if (!parsed.ok || (sign !== undefined && ago !== undefined)) return null;
  return sign === '+' || sign === 'in ' ? parsed.ms : -parsed.ms;
}

/** A time of a day by its date and time; another text as it is. */
function dated(word: string, zone: string, now: number): string {
  const [, name = 'today', time] = timeOfDay.exec(word) ?? [];
  if (time === undefined) return word;
  const date = new Date(localDay(now, zone) + (words[name] ?? 0) * 86_400_000);
  return `${date.toISOString().slice(0, 10)}T${time.replace(/^\d:/, '0$&')}`;
}

/** By what was written: milliseconds, a second, or a minute. */
function precisionOf(written: string): number {
  if (/\.\d/.test(written)) return 1;
  return /T\d{2}:\d{2}:\d{2}/i.test(written) ? 1_000 : minute;
}

function local(wall: number, precision: number, zone: string): AskedTime {
  const { instants, gap } = resolveWall(zone, wall);
  if (gap !== null) {
    const before = offsetAt(zone, gap.at - 1);
    const shown = new Date(wall).toISOString().slice(0, 16).replace('T', ' ');
    return {
      spans: [{ from: gap.at, to: gap.at + 1 }],
      remark: `${shown} did not exist in ${zone}: the clocks went forward to ${moment(gap.at, zone)}`,
      gap: { wall: shown, standIns: [gap.at, wall - before] },
    };
  }
  const spans = instants.map((from) => ({ from, to: from + precision }));
  const remark =
    spans.length < 2
      ? null
      : `this time came twice in ${zone}: ${spans.map(({ from }) => moment(from, zone)).join(' and ')}`;
  return { spans, remark, gap: null };
}

function day(wall: number, zone: string): AskedTime {
  const from = pickInstant(zone, wall).instant;
  return {
    spans: [{ from, to: pickInstant(zone, wall + 86_400_000).instant }],
    remark: null,
    gap: null,
  };
}

function localDay(now: number, zone: string): number {
  return Date.parse(`${formatLocal(now, zone).slice(0, 10)}T00:00:00Z`);
}
