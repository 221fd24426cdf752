// Expressions of five fields that may have the starts of a schedule, for formats
// that know nothing but cron. Whether they do is proved by whoever writes them.
import { localMinute } from './local-minute.ts';
import type { Schedule } from '../schedule/schedule.ts';

const minuteMs = 60_000;

export function cronCandidates(schedule: Schedule, now: number): string[] {
  if (schedule.kind === 'cron') {
    const words = schedule.expression.split(' ');
    if (words.length === 6 && words[0] !== '0') return [];
    const five = words.slice(-5).map((word) => word.replace(/^\+/, ''));
    // For jm2 a star with a step is a list of days, for cron it is a star.
    const listed = five.map((word, at) => {
      const step = /^\*\/(\d+)$/.exec(word)?.[1];
      if (step === undefined || at < 2) return word;
      return at === 2 ? `1-31/${step}` : at === 4 ? `0-6/${step}` : word;
    });
    return [five.join(' '), listed.join(' ')];
  }
  if (schedule.kind === 'at') return [];
  const { intervalMs, anchor } = schedule;
  if (intervalMs % minuteMs !== 0) return [];
  const next = Math.floor((now - anchor) / intervalMs) * intervalMs + anchor + intervalMs;
  const local = localMinute(next, schedule.timezone);
  const minutes = intervalMs / minuteMs;
  if (60 % minutes === 0 && minutes < 60) {
    return [`${stepped(local.minute, minutes, 59)} * * * *`];
  }
  const hours = minutes / 60;
  if (24 % hours === 0 && hours < 24)
    return [`${local.minute} ${stepped(local.hour, hours, 23)} * * *`];
  if (hours === 24) return [`${local.minute} ${local.hour} * * *`];
  return hours === 168 ? [`${local.minute} ${local.hour} * * ${local.weekday}`] : [];
}

function stepped(value: number, step: number, last: number): string {
  const first = value % step;
  if (step === 1) return '*';
  return first === 0 ? `*/${step}` : `${first}-${last}/${step}`;
}
