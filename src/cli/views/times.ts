// Instants as people read them: local time with its offset, so that two passes
// of one wall time look different.

const formatters = new Map<string, Intl.DateTimeFormat>();
const formattersMax = 64;

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
  const parts = new Map(
    formatterOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  const offset = part('timeZoneName').replace(/^GMT/, '');
  return {
    weekday: part('weekday'),
    date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}:${part('second')}`,
    offset: offset === '' ? '+00:00' : offset,
  };
}

/** "Sun 2026-03-29 03:00 +02:00"; seconds only when there are any. */
export function localTime(instant: number, zone: string): string {
  const { weekday, date, time, offset } = localParts(instant, zone);
  return `${weekday} ${date} ${time.endsWith(':00') ? time.slice(0, 5) : time} ${offset}`;
}

/** "03-29 03:00:12", for tables in which the year is plain. */
export function shortTime(instant: number, zone: string): string {
  const { date, time } = localParts(instant, zone);
  return `${date.slice(5)} ${time}`;
}

/** "03:00:12" */
export function clockTime(instant: number, zone: string): string {
  return localParts(instant, zone).time;
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  if (formatters.size >= formattersMax) formatters.clear();
  formatters.set(zone, made);
  return made;
}
