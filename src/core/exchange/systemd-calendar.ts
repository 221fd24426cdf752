// `OnCalendar` of a timer: as a cron expression, and as systemd reads it. A day
// must fit both the weekday and the date there; steps count from a value on.
import { isKnownZone } from '../schedule/zone-names.ts';
import type { LocalMinute } from './local-minute.ts';

export interface Calendar {
  /** Six fields with seconds where they are not 0, else five. */
  readonly expression: string;
  /** Null where the zone is left to the host. */
  readonly zone: string | null;
  /** Whether it starts in a minute with this local reading, and at which of its seconds. */
  readonly fits: (local: LocalMinute) => boolean;
  readonly seconds: readonly number[];
}

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const shorthands: Readonly<Record<string, string>> = {
  minutely: '*-*-* *:*:00',
  hourly: '*-*-* *:00:00',
  daily: '*-*-* 00:00:00',
  monthly: '*-*-01 00:00:00',
  weekly: 'Mon *-*-* 00:00:00',
  yearly: '*-01-01 00:00:00',
  annually: '*-01-01 00:00:00',
  quarterly: '*-01,04,07,10-01 00:00:00',
  semiannually: '*-01,07-01 00:00:00',
};

interface Part {
  readonly text: string;
  readonly values: ReadonlySet<number>;
}

/** A sentence where it cannot be carried over. */
export function readCalendar(text: string): Calendar | string {
  const words = text.trim().split(/\s+/);
  const last = words.at(-1) ?? '';
  const isZone = words.length > 1 && /^[A-Za-z]/.test(last) && isKnownZone(last);
  const zone = isZone ? last : null;
  const spec = (isZone ? words.slice(0, -1) : words).join(' ');
  const parts = (shorthands[spec.toLowerCase()] ?? spec).split(' ');
  const problem = `"${text}" is not a calendar event that can be carried over`;
  const weekdays = /^[a-z]/i.test(parts[0] ?? '') ? parts.shift() : undefined;
  const date = parts[0]?.includes(':') === true ? undefined : parts.shift();
  const time = parts.shift() ?? '00:00:00';
  if (parts.length > 0) return problem;

  const [, year, monthText, dayText] =
    /^(?:([^~-]+)-)?([^~-]+)-([^~-]+)$/.exec(date ?? '*-*-*') ??
    /^(?:([^~-]+)-)?([^~-]+)(~0?1)$/.exec(date ?? '') ??
    [];
  if (year !== undefined && year !== '*') return `${problem}: it names a year`;
  const [hourText, minuteText, secondText = '0', more] = time.split(':');
  if (more !== undefined || monthText === undefined || dayText === undefined) return problem;
  const month = readPart(monthText, 1, 12);
  const isLastDay = dayText.startsWith('~');
  const day = isLastDay ? { text: 'L', values: new Set<number>() } : readPart(dayText, 1, 31);
  const hour = readPart(hourText ?? '', 0, 23);
  const minute = readPart(minuteText ?? '', 0, 59);
  const second = readPart(secondText, 0, 59);
  const week = weekdays === undefined ? null : readWeekdays(weekdays);
  if (!month || !day || !hour || !minute || !second || week === undefined) return problem;

  const isBoth = week !== null && day.text !== '*';
  const five = [minute, hour, day, month].map((part) => part.text);
  const weekText = week === null ? '*' : `${isBoth ? '+' : ''}${week.text}`;
  const isWhole = second.text === '0';
  return {
    expression: [...(isWhole ? [] : [second.text]), ...five, weekText].join(' '),
    zone,
    fits: (local) =>
      hour.values.has(local.hour) &&
      minute.values.has(local.minute) &&
      month.values.has(local.month) &&
      (isLastDay ? isLastOfMonth(local) : day.values.has(local.day)) &&
      (week === null || week.values.has(local.weekday)),
    seconds: [...second.values].toSorted((a, b) => a - b),
  };
}

function isLastOfMonth({ year, month, day }: LocalMinute): boolean {
  return day === new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Undefined where it is none. */
function readPart(text: string, min: number, max: number): Part | undefined {
  if (text === '*') return { text, values: new Set(range(min, max, 1)) };
  const values = new Set<number>();
  const texts: string[] = [];
  for (const element of text.split(',')) {
    const match = /^(\*|\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(element);
    if (match === null) return undefined;
    const [, lowText, highText, stepText] = match;
    const low = lowText === '*' ? min : Number(lowText);
    const single = stepText === undefined && lowText !== '*' ? low : max;
    const high = highText === undefined ? single : Number(highText);
    const step = stepText === undefined ? 1 : Number(stepText);
    if (low < min || high > max || high < low || step < 1) return undefined;
    // As systemd: a star has no step, and a step must lead to at least one more value.
    if (stepText !== undefined && lowText === '*') return undefined;
    if (stepText !== undefined && highText === undefined && low + step > max) return undefined;
    for (const value of range(low, high, step)) values.add(value);
    texts.push(low === high ? String(low) : `${low}-${high}${step === 1 ? '' : `/${step}`}`);
  }
  return { text: texts.join(','), values };
}

function readWeekdays(text: string): Part | undefined {
  const values = new Set<number>();
  for (const element of text.replace(/,$/, '').split(',')) {
    const [low, high] = element.split(/\.\.|-/).map((word) => {
      const at = days.indexOf(word.toLowerCase().slice(0, 3));
      return at === 0 ? 7 : at;
    });
    const last = high ?? low;
    if (low === undefined || last === undefined || low < 1 || last < low) return undefined;
    for (const value of range(low, last, 1)) values.add(value % 7);
  }
  return { text: [...values].toSorted((a, b) => a - b).join(','), values };
}

function range(low: number, high: number, step: number): number[] {
  const values: number[] = [];
  for (let value = low; value <= high; value += step) values.push(value);
  return values;
}
