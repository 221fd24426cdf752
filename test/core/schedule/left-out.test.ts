import { describe, expect, it } from 'vitest';
import type { CalendarRule } from '../../../src/core/calendar/calendar.ts';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { leftOutBetween, withLeftOut } from '../../../src/core/schedule/left-out.ts';
import type { Schedule } from '../../../src/core/schedule/schedule.ts';
import { toIso } from '../../../src/core/schedule/local-time.ts';
import { schedulesOf, timesIn } from '../../support/a-schedule.ts';

const holidays = { name: 'holidays', days: ['2026-12-25'] };

function daily(roll: CalendarRule['roll'], input: unknown = '0 3 * * *'): readonly Schedule[] {
  const calendar: CalendarRule = { except: [holidays], only: [], roll };
  return schedulesOf(input, 'Europe/Berlin').map((schedule) => ({ ...schedule, calendar }));
}

function shown(schedules: readonly Schedule[], from: string, to: string): readonly string[] {
  const compiled = compileSchedule(schedules, 'a-job');
  const all = withLeftOut(schedules, compiled, 'a-job');
  const found: string[] = [];
  let at = Date.parse(from);
  for (let next = all.next(at); next !== null && next.nominalTime < Date.parse(to);) {
    found.push(`${toIso(next.nominalTime)} ${next.note ?? ''}`.trim());
    at = next.nominalTime;
    next = all.next(at);
  }
  return found;
}

describe('occurrences that calendars took away', () => {
  it('stand between those that count, with the day and the reason', () => {
    expect(shown(daily('skip'), '2026-12-24T00:00Z', '2026-12-27T00:00Z')).toEqual([
      '2026-12-24T02:00:00Z',
      '2026-12-25T02:00:00Z left out: 2026-12-25 is in holidays',
      '2026-12-26T02:00:00Z',
    ]);
  });

  it('say to which day they were moved', () => {
    expect(shown(daily('next', '0 3 25 * *'), '2026-12-01T00:00Z', '2027-01-01T00:00Z')).toEqual([
      '2026-12-25T02:00:00Z moved to 2026-12-26: 2026-12-25 is in holidays',
      '2026-12-26T02:00:00Z moved from 2026-12-25',
    ]);
  });

  it('are none where a schedule has no calendar, or has ended', () => {
    const plain = schedulesOf('at 2026-12-25T03:00', 'UTC');
    expect(shown(plain, '2026-12-01T00:00Z', '2027-01-01T00:00Z')).toEqual([
      '2026-12-25T03:00:00Z',
    ]);
  });

  it('leave the schedule itself as it is', () => {
    const schedules = daily('skip');
    const all = withLeftOut(schedules, compileSchedule(schedules, 'a-job'), 'a-job');
    expect(timesIn(all, '2026-12-25T00:00Z', '2026-12-27T00:00Z')).toEqual([
      '2026-12-26T02:00:00Z',
    ]);
  });
});

describe('the first occurrence that calendars took away', () => {
  const from = Date.parse('2026-12-24T12:00Z');

  it('is told with its reason and the day instead', () => {
    expect(leftOutBetween(daily('previous'), 'a-job', from, from + 86_400_000)).toMatchObject({
      occurrence: { nominalTime: Date.parse('2026-12-25T02:00Z') },
      why: '2026-12-25 is in holidays',
      instead: '2026-12-24',
    });
  });

  it.each([
    ['none comes before the end', daily('skip'), 3_600_000],
    ['the next one counts', daily('skip', '0 3 26 * *'), 7 * 86_400_000],
    ['the schedule has ended', daily('skip', 'at 2026-12-01T03:00'), 7 * 86_400_000],
    ['there is no calendar', schedulesOf('0 3 * * *'), 86_400_000],
  ])('is null when %s', (_, schedules, lengthMs) => {
    expect(leftOutBetween(schedules, 'a-job', from, from + lengthMs)).toBeNull();
  });
});
