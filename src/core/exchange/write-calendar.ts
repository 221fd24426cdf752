// A schedule as `OnCalendar` lines of a timer. They are candidates: whether they
// have the same starts is proved by whoever writes them down.
import { FIELDS, readField } from '../schedule/cron-fields.ts';
import { parseCron } from '../schedule/parse-cron.ts';
import type { CronSchedule, EverySchedule, Schedule } from '../schedule/schedule.ts';

const secondMs = 1000;
const dayMs = 86_400_000;
/** A timer of more lines is nobody's to read. */
const linesMax = 24;
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Null where a timer has no words for it. Each line names its zone. */
export function calendarLines(schedule: Schedule): readonly string[] | null {
  // Nothing in a timer begins or ends its life.
  if (schedule.from !== null || schedule.until !== null) return null;
  const lines =
    schedule.kind === 'cron'
      ? cronLines(schedule)
      : schedule.kind === 'every'
        ? everyLines(schedule)
        : null;
  return lines === null || lines.length === 0 || lines.length > linesMax ? null : lines;
}

interface DayRule {
  /** Empty for every day of the week. */
  readonly week: string;
  /** Day of the month, with what stands in front of it. */
  readonly day: string;
}

function cronLines({ expression, timezone }: CronSchedule): string[] | null {
  const parsed = parseCron(expression);
  if (!parsed.ok) return null;
  const { seconds, minutes, hours, months } = parsed.fields;
  const [dayText = '*', , weekText = '*'] = expression.split(' ').slice(-3);
  const rules = dayRules(dayText, weekText);
  if (rules === null) return null;
  const time = timeText(hours, minutes, seconds);
  const month = valuesText(months, 1, 12);
  return rules.map(({ week, day }) => `${week}*-${month}${day} ${time} ${timezone}`);
}

/** Without a `+`, cron takes a day that fits either field; a timer wants both, so it gets two lines. */
function dayRules(dayText: string, weekText: string): DayRule[] | null {
  const asksBoth = weekText.startsWith('+');
  const ofWeek = weekText === '*' ? null : weekRules(weekText.replace(/^\+/, ''));
  const ofMonth = dayText === '*' ? null : monthRules(dayText);
  if (ofWeek === undefined || ofMonth === undefined) return null;
  if (ofMonth === null) return ofWeek ?? [{ week: '', day: '-*' }];
  if (ofWeek === null) return ofMonth;
  if (!asksBoth) return [...ofMonth, ...ofWeek];
  // `5#2` is a range of days by itself, and a day cannot be in two of them.
  if (ofWeek.some(({ day }) => day !== '-*')) return null;
  return ofWeek.flatMap(({ week }) => ofMonth.map(({ day }) => ({ week, day })));
}

/** Undefined where a timer has no word for an element, such as the weekday next to the 15th. */
function monthRules(text: string): DayRule[] | undefined {
  const elements = text.split(',');
  const plain = elements.filter((element) => element !== 'L');
  if (plain.some((element) => !/^[\d*/-]+$/.test(element))) return undefined;
  const days = readField(FIELDS.dayOfMonth, plain.join(','), 0).values;
  return [
    ...(plain.length === 0 ? [] : [{ week: '', day: `-${valuesText(days, 1, 31)}` }]),
    ...(plain.length === elements.length ? [] : [{ week: '', day: '~01' }]),
  ];
}

function weekRules(text: string): DayRule[] | undefined {
  const elements = text.split(',');
  const nth = elements.flatMap((element): DayRule[] => {
    const [, day, rank] = /^([0-7])#([1-5])$/.exec(element) ?? [];
    if (day === undefined || rank === undefined) return [];
    const last = Math.min(7 * Number(rank), 31);
    const days = `-${two(7 * Number(rank) - 6)}..${two(last)}`;
    return [{ week: `${weekdays[Number(day) % 7] ?? ''} `, day: days }];
  });
  const plain = elements.filter((element) => !element.includes('#'));
  if (nth.length + plain.length !== elements.length) return undefined;
  if (plain.some((element) => !/^[\d*/-]+$/.test(element))) return undefined;
  if (plain.length === 0) return nth;
  const values = new Set(
    readField(FIELDS.dayOfWeek, plain.join(','), 0).values.map((value) => value % 7),
  );
  return [...nth, { week: weekText(values), day: '-*' }];
}

/** Monday comes first, and a range never goes past Sunday. */
function weekText(values: ReadonlySet<number>): string {
  const order = [1, 2, 3, 4, 5, 6, 0];
  if (order.every((value) => values.has(value))) return '';
  const places = order.flatMap((value, place) => (values.has(value) ? [place] : []));
  const name = (place: number): string => weekdays[order[place] ?? 0] ?? '';
  return `${runs(places)
    .map(([first, last]) =>
      last - first < 2
        ? [...new Set([first, last])].map(name).join(',')
        : `${name(first)}..${name(last)}`,
    )
    .join(',')} `;
}

/** By the clock of UTC, which no zone changes; only what divides a day or is whole weeks. */
function everyLines({ intervalMs, anchor }: EverySchedule): string[] | null {
  if (intervalMs % secondMs !== 0 || anchor % secondMs !== 0) return null;
  const first = new Date(anchor);
  if (intervalMs === 7 * dayMs) {
    const time = timeText([first.getUTCHours()], [first.getUTCMinutes()], [first.getUTCSeconds()]);
    return [`${weekdays[first.getUTCDay()] ?? ''} *-*-* ${time} UTC`];
  }
  if (dayMs % intervalMs !== 0) return null;
  // Hours with the same minutes make one line.
  const hours = new Map<string, { hours: number[]; minutes: number[]; seconds: string }>();
  for (const [hour, minutes] of timesOfDay(intervalMs, anchor).entries()) {
    const bySeconds = new Map<string, number[]>();
    for (const [minute, seconds] of minutes) {
      const key = valuesText(seconds, 0, 59);
      bySeconds.set(key, [...(bySeconds.get(key) ?? []), minute]);
    }
    for (const [seconds, list] of bySeconds) {
      const key = `${seconds} ${list.join(',')}`;
      const known = hours.get(key);
      if (known === undefined) hours.set(key, { hours: [hour], minutes: list, seconds });
      else known.hours.push(hour);
    }
  }
  return [...hours.values()].map(
    (line) =>
      `*-*-* ${valuesText(line.hours, 0, 23)}:${valuesText(line.minutes, 0, 59)}:${line.seconds} UTC`,
  );
}

/** By hour, the minutes with their seconds. At most one entry per second of a day. */
function timesOfDay(intervalMs: number, anchor: number): Map<number, number[]>[] {
  const hours = Array.from({ length: 24 }, () => new Map<number, number[]>());
  const start = ((anchor % intervalMs) + intervalMs) % intervalMs;
  for (let at = start; at < dayMs; at += intervalMs) {
    const second = at / secondMs;
    const minutes = hours[Math.floor(second / 3600)];
    const minute = Math.floor(second / 60) % 60;
    const known = minutes?.get(minute);
    if (known === undefined) minutes?.set(minute, [second % 60]);
    else known.push(second % 60);
  }
  return hours;
}

function timeText(
  hours: readonly number[],
  minutes: readonly number[],
  seconds: readonly number[],
): string {
  return `${valuesText(hours, 0, 23)}:${valuesText(minutes, 0, 59)}:${valuesText(seconds, 0, 59)}`;
}

/** `*`, `05`, `00/15`, `08..18/2`, `01,02,10..20`. The values are sorted. */
function valuesText(values: readonly number[], min: number, max: number): string {
  const [first, second] = values;
  const last = values.at(-1);
  if (first === undefined || second === undefined || last === undefined) return two(first ?? min);
  if (values.length === max - min + 1) return '*';
  const step = second - first;
  if (step > 1 && values.length > 2 && values.every((value, at) => value === first + at * step)) {
    return last + step > max ? `${two(first)}/${step}` : `${two(first)}..${two(last)}/${step}`;
  }
  return runs(values)
    .map(([from, to]) =>
      to - from < 2 ? [...new Set([from, to])].map(two).join(',') : `${two(from)}..${two(to)}`,
    )
    .join(',');
}

/** First and last of each row of values that follow one another. */
function runs(values: readonly number[]): (readonly [first: number, last: number])[] {
  const found: [number, number][] = [];
  for (const value of values) {
    const current = found.at(-1);
    if (current !== undefined && current[1] === value - 1) current[1] = value;
    else found.push([value, value]);
  }
  return found;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
