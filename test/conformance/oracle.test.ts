import { describe, expect, it } from 'vitest';
import { compiled, seeded } from '../support/a-schedule.ts';

// An independent judge: it reads the clock of a zone minute by minute through
// Intl and applies the rules literally. It shares no code with the engine.
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** `JM2_ORACLE_SAMPLES=4000` makes the thorough proof of a night. */
const SAMPLES = Number(process.env['JM2_ORACLE_SAMPLES'] ?? 40);

const PATTERNS = [
  '30 2 * * *',
  '0 0 * * *',
  '45 23 * * *',
  '15 1 * * 0',
  '0,30 1-3 * * *',
  '5-50/15 0,2,23 * * *',
  '0 3 1-7 * *',
  '30 0 15 * 5',
  '20 2 * 3,10 *',
  '*/15 * * * *',
  '7 * * * *',
  '*/20 2 * * *',
  '10 */6 * * *',
];

interface Reading {
  readonly key: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

function readerOf(zone: string): (instant: number) => Reading {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (instant) => {
    const parts = Object.fromEntries(
      format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
    return readingOf(Date.UTC(year, month - 1, day, hour, minute));
  };
}

function readingOf(key: number): Reading {
  const date = new Date(key);
  return {
    key,
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
  };
}

function fieldMatches(field: string, value: number, min: number): boolean {
  return field.split(',').some((element) => {
    const [base = '', step = '1'] = element.split('/');
    const [low = '', high = low] = base === '*' ? [String(min), '99'] : base.split('-');
    const inside = value >= Number(low) && value <= Number(high);
    return inside && (value - Number(low)) % Number(step) === 0;
  });
}

function matches(pattern: string, at: Reading): boolean {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = pattern.split(' ');
  if (!fieldMatches(minute, at.minute, 0) || !fieldMatches(hour, at.hour, 0)) return false;
  if (!fieldMatches(month, at.month, 1)) return false;
  const byDay = fieldMatches(day, at.day, 1);
  const byWeekday = fieldMatches(weekday, at.weekday, 0);
  return day !== '*' && weekday !== '*' ? byDay || byWeekday : byDay && byWeekday;
}

/** Starts in (from, to) by the rules as they are written, with their defaults. */
function judge(pattern: string, readings: readonly Reading[], from: number): readonly number[] {
  const [minute = '', hour = ''] = pattern.split(' ');
  const isWildcard = minute.startsWith('*') || hour.startsWith('*');
  const starts: number[] = [];
  const seen = new Set<number>();
  let before = readings[0]?.key ?? 0;
  for (const [index, reading] of readings.entries()) {
    const skipped = (reading.key - before) / MINUTE_MS - 1;
    let due = matches(pattern, reading) && (isWildcard || !seen.has(reading.key));
    if (!isWildcard && skipped > 0 && skipped <= 180) {
      for (let lost = before + MINUTE_MS; lost < reading.key; lost += MINUTE_MS) {
        due ||= matches(pattern, readingOf(lost));
      }
    }
    if (due) starts.push(from + index * MINUTE_MS);
    seen.add(reading.key);
    before = reading.key;
  }
  return starts;
}

/** Days of a year in which the zone's offset changes, found by daily readings. */
function changesIn(read: (instant: number) => Reading, year: number): readonly number[] {
  const found: number[] = [];
  let offset: number | null = null;
  for (let at = Date.UTC(year, 0, 1); at <= Date.UTC(year + 1, 0, 1); at += DAY_MS) {
    const current = read(at).key - at;
    if (offset !== null && current !== offset) found.push(at - DAY_MS);
    offset = current;
  }
  return found;
}

describe('the engine beside a minute-by-minute reading of the clocks', () => {
  it('agrees around changes of the clocks from 2000 to 2037, in a seeded sample of zones', () => {
    const random = seeded(20260329);
    const zones = Intl.supportedValuesOf('timeZone');
    const disagreements: string[] = [];
    let judged = 0;
    // Most zones have no change in most years, hence the second bound.
    for (let draw = 0; judged < SAMPLES && draw < SAMPLES * 20; draw += 1) {
      const zone = zones[Math.floor(random() * zones.length)] ?? 'UTC';
      const year = 2000 + Math.floor(random() * 38);
      const read = readerOf(zone);
      const changes = changesIn(read, year);
      const change = changes[Math.floor(random() * changes.length)];
      if (change === undefined) continue;
      judged += 1;
      const from = change - DAY_MS;
      const to = change + 2 * DAY_MS;
      const readings: Reading[] = [];
      for (let at = from; at < to; at += MINUTE_MS) readings.push(read(at));
      for (const pattern of PATTERNS) {
        const expected = judge(pattern, readings, from);
        const schedule = compiled(pattern, zone);
        const actual = [...schedule.range(from, to)].map((found) => found.nominalTime);
        const counted = schedule.count(from, to, 1_000_000);
        if (String(expected) !== String(actual) || counted !== expected.length) {
          disagreements.push(`${zone} ${new Date(change).toISOString()} ${pattern}`);
        }
      }
    }
    expect(judged).toBe(SAMPLES);
    expect(disagreements).toEqual([]);
  }, 600_000);
});
