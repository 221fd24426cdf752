// The local reading of an instant, straight from Intl and from nothing of jm2's
// engine, so that what is proved by it is proved independently.

export interface LocalMinute {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  /** From 1. */
  readonly month: number;
  readonly year: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}

export function localMinute(instant: number, zone: string): LocalMinute {
  const at = new Date(instant);
  if (zone === 'UTC') return fromUtc(at);
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return { minute, hour, day, month, year, weekday };
}

function fromUtc(at: Date): LocalMinute {
  return {
    minute: at.getUTCMinutes(),
    hour: at.getUTCHours(),
    day: at.getUTCDate(),
    month: at.getUTCMonth() + 1,
    year: at.getUTCFullYear(),
    weekday: at.getUTCDay(),
  };
}

const minuteMs = 60_000;
/** All zones of today stand at quarters of an hour, and change at one. */
const quarterMs = 15 * minuteMs;

/** Readings of one zone for many minutes: the runtime is asked once per quarter of an hour. */
export function minuteReader(zone: string): (instant: number) => LocalMinute {
  const quarters = new Map<number, LocalMinute>();
  return (instant) => {
    const quarter = Math.floor(instant / quarterMs);
    let local = quarters.get(quarter);
    if (local === undefined) {
      local = localMinute(quarter * quarterMs, zone);
      quarters.set(quarter, local);
    }
    const past = Math.floor((instant - quarter * quarterMs) / minuteMs);
    // Key by key: this is asked half a million times per job, and a spread is slow.
    return {
      minute: local.minute + past,
      hour: local.hour,
      day: local.day,
      month: local.month,
      year: local.year,
      weekday: local.weekday,
    };
  };
}

/** One reader per zone. */
export function readersByZone(): (zone: string) => (instant: number) => LocalMinute {
  const readers = new Map<string, (instant: number) => LocalMinute>();
  return (zone) => {
    const reader = readers.get(zone) ?? minuteReader(zone);
    readers.set(zone, reader);
    return reader;
  };
}
