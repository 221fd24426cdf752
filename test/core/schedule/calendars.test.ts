import { describe, expect, it } from 'vitest';
import type { CalendarRule, Roll } from '../../../src/core/calendar/calendar.ts';
import { formatDay, parseDay } from '../../../src/core/calendar/day.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { formatLocal } from '../../../src/core/schedule/local-time.ts';
import type { CompiledSchedule, Schedule } from '../../../src/core/schedule/schedule.ts';
import { watchedSchedule } from '../../../src/core/schedule/watched-schedule.ts';
import { compiled, schedulesOf, seeded, timesIn } from '../../support/a-schedule.ts';

function rule(given: { except?: string[]; only?: string[]; roll?: Roll }): CalendarRule {
  const calendars = (days: string[] | undefined) =>
    days === undefined ? [] : [{ name: 'a', days }];
  return {
    except: calendars(given.except),
    only: calendars(given.only),
    roll: given.roll ?? 'skip',
  };
}

function on(input: unknown, zone: string, calendar: CalendarRule): readonly Schedule[] {
  return schedulesOf(input, zone).map((schedule) => ({ ...schedule, calendar }));
}

function withCalendar(input: unknown, zone: string, calendar: CalendarRule): CompiledSchedule {
  const schedules = on(input, zone, calendar);
  return watchedSchedule(compileSchedule(schedules, 'a-job'), schedules);
}

describe('a schedule with calendars', () => {
  const christmas = ['2026-12-24..2026-12-26', '2027-01-01'];

  it('leaves out the days of a calendar', () => {
    const schedule = withCalendar('0 3 * * *', 'UTC', rule({ except: christmas }));
    expect(timesIn(schedule, '2026-12-23', '2026-12-28')).toEqual([
      '2026-12-23T03:00:00Z',
      '2026-12-27T03:00:00Z',
    ]);
  });

  it('counts on the days of a calendar alone', () => {
    const schedule = withCalendar('0 3 * * *', 'UTC', rule({ only: ['12-31', '06-30'] }));
    expect(timesIn(schedule, '2026-01-01', '2028-01-01')).toEqual([
      '2026-06-30T03:00:00Z',
      '2026-12-31T03:00:00Z',
      '2027-06-30T03:00:00Z',
      '2027-12-31T03:00:00Z',
    ]);
  });

  it('moves to the next allowed day at the same local time, across a change of the clocks', () => {
    // Sunday 25 October 2026 has 25 hours in Berlin.
    const schedule = withCalendar(
      '30 6 24 * *',
      'Europe/Berlin',
      rule({ except: ['sat', 'sun'], roll: 'next' }),
    );
    expect(timesIn(schedule, '2026-09-20', '2026-11-30')).toEqual([
      '2026-09-24T04:30:00Z',
      '2026-10-26T05:30:00Z moved from 2026-10-24',
      '2026-11-24T05:30:00Z',
    ]);
  });

  it('moves to the allowed day before', () => {
    const schedule = withCalendar(
      '0 9 L * *',
      'UTC',
      rule({ except: ['sat', 'sun'], roll: 'previous' }),
    );
    expect(timesIn(schedule, '2026-01-01', '2026-04-01')).toEqual([
      '2026-01-30T09:00:00Z moved from 2026-01-31',
      '2026-02-27T09:00:00Z moved from 2026-02-28',
      '2026-03-31T09:00:00Z',
    ]);
  });

  it('has one occurrence where two are moved to one moment, or to a regular one', () => {
    const schedule = withCalendar(
      '0 9 * * *',
      'UTC',
      rule({ except: ['sat', 'sun'], roll: 'next' }),
    );
    expect(timesIn(schedule, '2026-01-02', '2026-01-06')).toEqual([
      '2026-01-02T09:00:00Z',
      '2026-01-05T09:00:00Z',
    ]);
    const weekend = withCalendar(
      '0 9 * * 0,6',
      'UTC',
      rule({ except: ['sat', 'sun'], roll: 'next' }),
    );
    expect(timesIn(weekend, '2026-01-02', '2026-01-06')).toEqual([
      '2026-01-05T09:00:00Z moved from 2026-01-04',
    ]);
  });

  it('keeps an interval from the local days of a calendar', () => {
    const schedule = withCalendar('every 6h', 'Europe/Berlin', rule({ except: ['2026-03-29'] }));
    expect(timesIn(schedule, '2026-03-28T12:00', '2026-03-30T12:00')).toEqual([
      '2026-03-28T12:00:00Z',
      '2026-03-28T18:00:00Z',
      '2026-03-30T00:00:00Z',
      '2026-03-30T06:00:00Z',
    ]);
  });

  it('moves one moment, or drops it', () => {
    const at = (roll: Roll) =>
      timesIn(
        withCalendar('at 2026-12-25T09:00', 'Europe/Berlin', rule({ except: christmas, roll })),
        '2026-01-01',
        '2028-01-01',
      );
    expect(at('skip')).toEqual([]);
    expect(at('next')).toEqual(['2026-12-27T08:00:00Z moved from 2026-12-25']);
    expect(at('previous')).toEqual(['2026-12-23T08:00:00Z moved from 2026-12-25']);
  });

  it('has nothing left when its calendar is over, and says so at once', () => {
    const schedule = withCalendar('*/5 * * * *', 'Europe/Berlin', rule({ only: ['2026-06-01'] }));
    const began = performance.now();
    expect(schedule.next(Date.parse('2026-06-02'))).toBeNull();
    expect(schedule.previous(Date.parse('2026-05-01'))).toBeNull();
    expect(schedule.count(0, Date.parse('2199-12-31'), 1000)).toBe(288);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('counts three years of minutes without looking at each', () => {
    const schedule = withCalendar('* * * * *', 'UTC', rule({ except: ['sat', 'sun'] }));
    const began = performance.now();
    expect(schedule.count(Date.parse('2024-01-01'), Date.parse('2027-01-01'), 1e9)).toBe(
      784 * 1440,
    );
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

/** All days of a span that the days of a rule are moved to, one by one. */
function movedDays(own: readonly number[], allowed: ReadonlySet<number>, roll: Roll): number[] {
  const found = new Set<number>();
  for (const day of own) {
    if (allowed.has(day)) found.add(day);
    else if (roll !== 'skip') {
      const step = roll === 'next' ? 1 : -1;
      for (let at = day; Math.abs(at - day) < 200; at += step) {
        if (!allowed.has(at)) continue;
        found.add(at);
        break;
      }
    }
  }
  return [...found].sort((a, b) => a - b);
}

describe('the engine with calendars agrees with days moved by hand', () => {
  const from = Date.parse('2026-01-01');
  const to = Date.parse('2027-01-01');
  const first = parseDay('2025-06-01') ?? 0;
  const last = parseDay('2027-06-30') ?? 0;
  const zones = ['Europe/Berlin', 'America/Havana', 'America/Santiago', 'Africa/Cairo', 'UTC'];
  const times = ['30 2', '0 0', '30 23', '15 0,12', '*/40 *', '0 */6'];
  const dayFields = ['* * *', '* * 0,6', '24 * *', 'L * *', '* * 0', '29 3,10 *'];

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('sample %i', (seed) => {
    const random = seeded(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const zone = pick(zones);
    const [time, fields] = [pick(times), pick(dayFields)];
    const roll = pick<Roll>(['skip', 'next', 'previous']);
    const closed = Array.from({ length: 40 }, () => first + Math.floor(random() * (last - first)));
    const except = [...closed.map(formatDay), ...pick([['sat', 'sun'], ['sun'], []])];
    const schedule = withCalendar(`${time} ${fields}`, zone, rule({ except, roll }));
    const isOwn = compiled(`0 12 ${fields}`, 'UTC');
    const all = Array.from({ length: last - first }, (_, at) => first + at);
    const own = all.filter((day) => isOwn.count(day * 86_400_000, (day + 1) * 86_400_000, 1) > 0);
    const weekdays = new Set(except.flatMap((word) => ({ sun: [0], sat: [6] })[word] ?? []));
    const allowed = new Set(
      all.filter(
        (day) => !closed.includes(day) && !weekdays.has(new Date(day * 86_400_000).getUTCDay()),
      ),
    );
    const expected = movedDays(own, allowed, roll).flatMap((day) => {
      const date = new Date(day * 86_400_000);
      const one = compiled(`${time} ${date.getUTCDate()} ${date.getUTCMonth() + 1} *`, zone);
      const near = one.range((day - 2) * 86_400_000, (day + 3) * 86_400_000);
      return [...near].map(({ nominalTime }) => nominalTime);
    });
    const wanted = [...new Set(expected)]
      .filter((at) => at >= from && at < to)
      .sort((a, b) => a - b);
    const found = [...schedule.range(from, to)].map(({ nominalTime }) => nominalTime);
    expect(found.map((at) => formatLocal(at, zone))).toEqual(
      wanted.map((at) => formatLocal(at, zone)),
    );
    expect([...schedule.times(from, to)].flatMap((times) => [...times])).toEqual(found);
    expect(schedule.count(from, to, 1e9)).toBe(wanted.length);
    for (let sample = 0; sample < 200; sample += 1) {
      const at = from + Math.floor(random() * (to - from));
      const before = wanted.findLast((time) => time <= at);
      const after = wanted.find((time) => time > at);
      if (before !== undefined) expect(schedule.previous(at)?.nominalTime).toBe(before);
      if (after !== undefined) expect(schedule.next(at)?.nominalTime).toBe(after);
    }
  });

  it.each([
    ['every 45m', 'America/Santiago'],
    ['every 7h', 'Africa/Cairo'],
    ['every 30h', 'America/Havana'],
  ])('and for %s in %s', (every, zone) => {
    const except = ['sat', 'sun', '2026-09-05..2026-09-07', '2026-10-29', '2026-11-01'];
    const schedule = withCalendar(every, zone, rule({ except }));
    const days = new Set(['2026-09-07', '2026-10-29']);
    const isOpen = (at: number): boolean => {
      const day = formatLocal(at, zone).slice(0, 10);
      return !days.has(day) && ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
    };
    const raw = [...compiled(every, zone).range(from, to)].map(({ nominalTime }) => nominalTime);
    const wanted = raw.filter(isOpen);
    expect([...schedule.range(from, to)].map(({ nominalTime }) => nominalTime)).toEqual(wanted);
    expect(schedule.count(from, to, 1e9)).toBe(wanted.length);
    for (const at of raw) {
      expect(schedule.previous(at)?.nominalTime).toBe(
        wanted.findLast((time) => time <= at) ?? schedule.previous(from)?.nominalTime,
      );
    }
  });
});
