// What the clocks of a zone show, read minute by minute through Intl. The
// oracle's only source; it shares no code with the engine, which asks Intl in
// another way and far less often.

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** Time in which the clocks run like UTC, by a constant difference, half-open. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  /** What the clocks show, as epoch ms of the same reading in UTC, less the instant. */
  readonly shift: number;
}

/** Answers what the clocks show at an instant, to the second. */
export function clockReader(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  // Such as `03/29/2026, 01:30:00`; reading the parts one by one takes three times as long.
  const at = (text: string, from: number, length: number): number =>
    Number(text.slice(from, from + length));
  return (instant) => {
    const text = format.format(instant);
    return Date.UTC(
      at(text, 6, 4),
      at(text, 0, 2) - 1,
      at(text, 3, 2),
      at(text, 12, 2),
      at(text, 15, 2),
      at(text, 18, 2),
    );
  };
}

/** Reads every minute of [from, to), and every second of a minute in which the clocks change. */
export function readStretches(
  read: (instant: number) => number,
  from: number,
  to: number,
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let start = from;
  let shift = read(from) - from;
  for (let minute = from + MINUTE_MS; minute < to; minute += MINUTE_MS) {
    if (read(minute) - minute === shift) continue;
    for (let second = minute - MINUTE_MS + 1000; second <= minute; second += 1000) {
      const seen = read(second) - second;
      if (seen === shift) continue;
      stretches.push({ start, end: second, shift });
      [start, shift] = [second, seen];
    }
  }
  stretches.push({ start, end: to, shift });
  return stretches;
}

/** The days of a year within which the clocks of a zone change, by their first instant. */
export function daysOfChange(read: (instant: number) => number, year: number): readonly number[] {
  const found: number[] = [];
  let before: number | null = null;
  for (let day = Date.UTC(year, 0, 1); day <= Date.UTC(year + 1, 0, 1); day += DAY_MS) {
    const shift = read(day) - day;
    if (before !== null && shift !== before) found.push(day - DAY_MS);
    before = shift;
  }
  return found;
}
