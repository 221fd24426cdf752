// Schedules in words, for tables and plans. The commonest forms have phrases of
// their own, the rest is cronstrue's, and what that cannot say stays as written.
import cronstrue from 'cronstrue';
import { calendarWords } from '../calendar/calendar.ts';
import { formatDuration } from './parse-duration.ts';
import { formatLocal, toIso } from './local-time.ts';
import { FIELDS } from './cron-fields.ts';
import { parseCron, type CronFields } from './parse-cron.ts';
import type { CronSchedule, Schedule } from './schedule.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** More times of day than these are not worth reading one by one. */
const TIMES_MAX = 4;

/**
 * One phrase for a job's schedules, such as "daily at 03:00 (Europe/Berlin)",
 * "every 30 s" or "once at 2026-12-31 23:59"; "by hand only" for none. The
 * zone is named when it is not UTC and matters. Never throws.
 */
export function describeSchedules(schedules: readonly Schedule[]): string {
  if (schedules.length === 0) return 'by hand only';
  return schedules.map(describeOne).join('; ');
}

function describeOne(schedule: Schedule): string {
  let text = describeRule(schedule);
  if (schedule.kind !== 'every' && schedule.timezone !== 'UTC') text += ` (${schedule.timezone})`;
  if (schedule.jitterMs > 0) text += `, up to ${formatDuration(schedule.jitterMs)} later`;
  if (schedule.calendar !== undefined) text += `, ${calendarWords(schedule.calendar)}`;
  if (schedule.from !== null) text += `, from ${moment(schedule.from, schedule.timezone)}`;
  if (schedule.until !== null) text += `, until ${moment(schedule.until, schedule.timezone)}`;
  return text;
}

function describeRule(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'cron':
      return describeCron(schedule);
    case 'every':
      return schedule.anchor === 0
        ? `every ${formatDuration(schedule.intervalMs)}`
        : `every ${formatDuration(schedule.intervalMs)} counted from ${moment(schedule.anchor, schedule.timezone)}`;
    case 'at':
      return `once at ${moment(schedule.instant, schedule.timezone)}`;
  }
}

function describeCron({ expression }: CronSchedule): string {
  const parsed = parseCron(expression);
  if (!parsed.ok) return expression;
  return describeCommon(parsed.fields) ?? describeByLibrary(expression);
}

/** Phrases for what most people write; null for everything else. */
function describeCommon(fields: CronFields): string | null {
  const words = fields.expression.split(' ');
  if (words.length === 6 && words[0] !== '0') return null;
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = words.slice(-5);
  const days = describeDays(dayOfMonth, month, dayOfWeek);
  if (days === null) return null;
  const whole = hour === '*';
  if (whole && minute === '*') return join('every minute', days);
  if (whole && minute === '0') return join('hourly', days);
  const step = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (whole && step !== undefined && 60 % Number(step) === 0) {
    return join(`every ${step} minutes`, days);
  }
  if (whole && /^\d+$/.test(minute)) return join(`hourly at minute ${minute}`, days);
  if (hour.startsWith('*') || fields.minutes.length !== 1) return null;
  if (fields.hours.length > TIMES_MAX) return null;
  const times = fields.hours.map((value) => `${two(value)}:${two(fields.minutes[0] ?? 0)}`);
  return `${days} at ${listed(times)}`;
}

/** "daily" when every day is meant; null when the days have no short phrase. */
function describeDays(dayOfMonth: string, month: string, dayOfWeek: string): string | null {
  if (dayOfMonth === '*' && month === '*') {
    if (dayOfWeek === '*') return 'daily';
    if (dayOfWeek === '1-5') return 'Monday to Friday';
    if (/^(?:0,6|6,0|6-7|6,7)$/.test(dayOfWeek)) return 'Saturdays and Sundays';
    if (!/^[0-7](?:,[0-7])*$/.test(dayOfWeek)) return null;
    return listed(dayOfWeek.split(',').map((day) => `${DAYS[Number(day) % 7] ?? day}s`));
  }
  if (dayOfWeek !== '*') return null;
  const day = dayOfMonth === 'L' ? 'the last day' : `day ${dayOfMonth}`;
  if (!/^(?:\d+|L)$/.test(dayOfMonth)) return null;
  if (month === '*') return `monthly on ${day}`;
  if (!/^\d+$/.test(month)) return null;
  const name = MONTHS[Number(month) - FIELDS.month.min] ?? month;
  return dayOfMonth === 'L'
    ? `yearly on the last day of ${name}`
    : `yearly on ${dayOfMonth} ${name}`;
}

function describeByLibrary(expression: string): string {
  try {
    const text = cronstrue.toString(expression, { use24HourTimeFormat: true, verbose: false });
    return text.charAt(0).toLowerCase() + text.slice(1);
  } catch {
    // cronstrue does not know FRI#L and +MON.
    return expression;
  }
}

function join(rate: string, days: string): string {
  return days === 'daily' ? rate : `${rate}, ${days}`;
}

function moment(instant: number, timezone: string): string {
  if (timezone === 'UTC') return toIso(instant);
  const local = formatLocal(instant, timezone);
  return `${local.slice(0, 10)} ${local.slice(11, local.slice(17, 19) === '00' ? 16 : 19)}`;
}

function listed(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
