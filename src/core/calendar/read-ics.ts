// Reads the days of an iCalendar file's events: whole days, and for events with a
// time the local days they touch. Rules that come again stay rules, so that no
// horizon ends them. What cannot be understood is a problem, never left out.
import { offsetAt } from '../schedule/zone.ts';
import type { CalendarEntry } from './calendar.ts';
import { type CalendarFile, type FileProblem, fileProblemsMax, titleOf } from './calendar-file.ts';
import { DAY_MS, formatDay, parseDay } from './day.ts';
import { recurringText } from './day-rule.ts';
import { type IcsLine, icsLines, icsText } from './ics-lines.ts';
import { readRecurrence } from './recurrence.ts';

const eventsMax = 10_000;
const lengthMaxDays = 3660;

/** The properties of one event; those that may stand several times are lists. */
interface Event {
  readonly line: number;
  readonly one: ReadonlyMap<string, IcsLine>;
  readonly many: readonly IcsLine[];
}

/** A local moment: its reading as epoch ms as if it were UTC. */
interface Moment {
  readonly wall: number;
  readonly isDate: boolean;
}

class Fault extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** `zone` is where instants in UTC are read as local days. */
export function readIcs(text: string, zone: string): CalendarFile {
  const problems: FileProblem[] = [];
  const told = (line: number, detail: string): void => {
    if (problems.length < fileProblemsMax) problems.push({ line, detail });
  };
  const events = eventsOf(text, told);
  const moved = movedStarts(events, zone, told);
  const entries: CalendarEntry[] = [];
  for (const event of events) {
    try {
      if (event.one.get('STATUS')?.value.toUpperCase() === 'CANCELLED') continue;
      entries.push(...entriesOf(event, moved, zone));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      told(error.line, error.message);
    }
  }
  return { entries, problems };
}

function eventsOf(text: string, told: (line: number, detail: string) => void): Event[] {
  const events: Event[] = [];
  const open: IcsLine[] = [];
  let one = new Map<string, IcsLine>();
  let many: IcsLine[] = [];
  let last = 1;
  for (const { line, content } of icsLines(text)) {
    last = line;
    if (events.length > eventsMax) {
      told(line, `the file has more than ${eventsMax} events`);
      return events;
    }
    if (content === null) {
      told(line, 'this is no line of an iCalendar file: a name and a colon are missing');
      // The first line tells whether it is such a file at all.
      if (open.length === 0) return events;
      continue;
    }
    if (open.length === 0 && (content.name !== 'BEGIN' || !/^VCALENDAR$/i.test(content.value))) {
      told(line, 'an iCalendar file begins with BEGIN:VCALENDAR');
      return events;
    }
    if (content.name === 'BEGIN') {
      open.push(content);
      if (/^VEVENT$/i.test(content.value)) [one, many] = [new Map(), []];
      continue;
    }
    const inner = open.at(-1);
    if (content.name === 'END') {
      if (inner?.value.toUpperCase() !== content.value.toUpperCase()) {
        told(line, `END:${content.value} ends nothing that began`);
        return events;
      }
      open.pop();
      if (/^VEVENT$/i.test(content.value)) events.push({ line: inner.line, one, many });
      continue;
    }
    // Alarms and the like within an event are none of its own properties.
    if (!/^VEVENT$/i.test(inner?.value ?? '')) continue;
    if (content.name === 'EXDATE' || content.name === 'RDATE') many.push(content);
    else if (content.name === 'RRULE' && one.has('RRULE')) told(line, 'a second RRULE');
    else one.set(content.name, content);
  }
  const unended = open.at(-1);
  if (unended !== undefined) told(unended.line, `BEGIN:${unended.value} has no end`);
  else if (events.length === 0 && last === 1 && text.trim() === '') told(1, 'the file is empty');
  return events;
}

/** By event: starts that an event with RECURRENCE-ID takes the place of. */
function movedStarts(
  events: readonly Event[],
  zone: string,
  told: (line: number, detail: string) => void,
): ReadonlyMap<string, readonly number[]> {
  const moved = new Map<string, number[]>();
  for (const { one } of events) {
    const replaced = one.get('RECURRENCE-ID');
    if (replaced === undefined) continue;
    const uid = one.get('UID')?.value ?? '';
    try {
      const day = dayOf(momentOf(replaced, replaced.value, zone));
      moved.set(uid, [...(moved.get(uid) ?? []), day]);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      told(error.line, error.message);
    }
  }
  return moved;
}

function entriesOf(
  event: Event,
  moved: ReadonlyMap<string, readonly number[]>,
  zone: string,
): CalendarEntry[] {
  const { one, many } = event;
  const written = one.get('DTSTART');
  if (written === undefined) throw new Fault(event.line, 'the event has no DTSTART');
  const begin = momentOf(written, written.value, zone);
  const start = dayOf(begin);
  const length = lengthOf(event, begin, zone);
  const title = titleOf(icsText(one.get('SUMMARY')?.value ?? ''));
  const listed = (name: string): number[] =>
    many
      .filter((line) => line.name === name)
      .flatMap((line) =>
        line.value.split(',').map((value) => dayOf(momentOf(line, value.trim(), zone))),
      );
  const isOverride = one.has('RECURRENCE-ID');
  const except = [
    ...listed('EXDATE'),
    ...(isOverride ? [] : (moved.get(one.get('UID')?.value ?? '') ?? [])),
  ];
  const rule = one.get('RRULE');
  const single = [...(rule === undefined ? [start] : []), ...listed('RDATE')];
  const entries: CalendarEntry[] = single
    .filter((day) => !except.includes(day))
    .map((day) => ({ text: spanText(day, length), title }));
  if (rule === undefined) return entries;
  const recurrence = ruleOf(rule, begin, zone);
  return [{ text: recurringText({ start, length, recurrence, except }), title }, ...entries];
}

/** How many days the event touches. */
function lengthOf({ one }: Event, begin: Moment, zone: string): number {
  const end = one.get('DTEND');
  const duration = one.get('DURATION');
  let until = begin.isDate ? begin.wall + DAY_MS : begin.wall;
  if (end !== undefined) until = momentOf(end, end.value, zone).wall;
  else if (duration !== undefined) until = begin.wall + durationOf(duration);
  const line = (end ?? duration)?.line ?? 1;
  if (until < begin.wall) throw new Fault(line, 'the event ends before it begins');
  // The end is the first moment that does not belong to it.
  const last = until === begin.wall ? dayOf(begin) : Math.floor((until - 1) / DAY_MS);
  const length = last - dayOf(begin) + 1;
  if (length > lengthMaxDays)
    throw new Fault(line, `the event is longer than ${lengthMaxDays} days`);
  return length;
}

/** The rule with an end that is a day. */
function ruleOf(line: IcsLine, begin: Moment, zone: string): string {
  const parts = line.value.replaceAll(/\s/g, '').replace(/;$/, '').split(';');
  const text = parts
    .map((part) => {
      const until = /^UNTIL=(\d{8}T\d{6}Z?)$/i.exec(part)?.[1];
      if (until === undefined) return part;
      // The last start is not after it: on that day only when the time of day has come.
      const { wall } = momentOf(line, until, zone);
      const day = Math.floor((wall - (begin.wall - dayOf(begin) * DAY_MS)) / DAY_MS);
      return `UNTIL=${formatDay(day).replaceAll('-', '')}`;
    })
    .join(';');
  const read = readRecurrence(text);
  if (!read.ok) throw new Fault(line.line, `the RRULE cannot be used: ${read.problem}`);
  return text;
}

function momentOf({ line, name, params }: IcsLine, value: string, zone: string): Moment {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/i.exec(value);
  const day = match === null ? null : parseDay(match.slice(1, 4).join('-'));
  if (match === null || day === null) {
    const kind = params.get('VALUE')?.toUpperCase() === 'PERIOD' ? ', a period' : '';
    throw new Fault(line, `${name} "${value}"${kind} is no date of the years 1970 to 2199`);
  }
  const [hour, minute, second, utc] = match.slice(4);
  if (hour === undefined) return { wall: day * DAY_MS, isDate: true };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) {
    throw new Fault(line, `${name} "${value}" is no time of day`);
  }
  const wall = day * DAY_MS + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
  return { wall: utc === undefined ? wall : wall + offsetAt(zone, wall), isDate: false };
}

function durationOf({ line, value }: IcsLine): number {
  const match =
    /^\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?$/i.exec(
      value,
    );
  if (match === null || value.length < 3) throw new Fault(line, `DURATION "${value}" is none`);
  const unitsMs = [7 * DAY_MS, DAY_MS, 3_600_000, 60_000, 1000];
  return unitsMs.reduce((sum, ms, at) => sum + Number(match[at + 1] ?? 0) * ms, 0);
}

function dayOf({ wall }: Moment): number {
  return Math.floor(wall / DAY_MS);
}

function spanText(start: number, length: number): string {
  const first = formatDay(start);
  return length === 1 ? first : `${first}..${formatDay(start + length - 1)}`;
}
