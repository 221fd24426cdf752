import { describe, expect, it } from 'vitest';
import type { CalendarDays, CalendarRule } from '../../../src/core/calendar/calendar.ts';
import type { Job } from '../../../src/core/manifest/job.ts';
import { calendarChanges } from '../../../src/core/plan/calendar-changes.ts';
import { aJob } from '../../support/store-records.ts';
import { cron } from './plan-states.ts';

const holidays = (...days: string[]): CalendarDays => ({ name: 'holidays', days });
const weekends: CalendarDays = { name: 'weekends', days: ['sat', 'sun'] };

function on(rule: Partial<CalendarRule> | null): Job {
  const calendar =
    rule === null ? {} : { calendar: { except: [], only: [], roll: 'skip' as const, ...rule } };
  return aJob('backup', { schedules: [{ ...cron('0 3 * * *'), ...calendar }] });
}

describe('what changes about the calendars of a job', () => {
  it.each<[string, Partial<CalendarRule> | null, Partial<CalendarRule> | null, unknown, unknown]>([
    ['it gets one', null, { except: [weekends] }, null, { except: 'weekends' }],
    ['it loses it', { only: [weekends] }, null, { only: 'weekends' }, null],
    [
      'it gets a second, and moves what falls on them',
      { except: [weekends] },
      { except: [weekends, holidays('12-25')], roll: 'next' },
      { except: 'weekends' },
      { except: ['weekends', 'holidays'], roll: 'next' },
    ],
  ])('%s', (_, from, to, before, after) => {
    expect(calendarChanges(on(from), on(to))).toEqual([{ path: '/calendar', before, after }]);
  });

  it('a calendar gets other days: only those that differ are told', () => {
    const from = on({ except: [weekends, holidays('01-01', '12-25')] });
    const to = on({ except: [weekends, holidays('12-25', '12-26')] });
    expect(calendarChanges(from, to)[1]).toEqual({
      path: '/calendars/holidays',
      before: ['01-01'],
      after: ['12-26'],
    });
  });

  it('a calendar that stands in both lists is told once', () => {
    const both = (days: string) => on({ except: [holidays(days)], only: [holidays(days)] });
    expect(calendarChanges(both('12-25'), both('12-26')).map(({ path }) => path)).toEqual([
      '/calendar',
      '/calendars/holidays',
    ]);
  });

  it('days beyond the twelfth are counted', () => {
    const many = Array.from({ length: 15 }, (_, at) => `2026-12-${at + 10}`);
    const [, change] = calendarChanges(
      on({ except: [holidays()] }),
      on({ except: [holidays(...many)] }),
    );
    expect(change?.before).toEqual([]);
    expect(change?.after).toEqual([...many.slice(0, 12), 'and 3 more']);
  });

  it('a job without a schedule has none', () => {
    const none = aJob('backup', { schedules: [] });
    expect(calendarChanges(none, none)).toEqual([{ path: '/calendar', before: null, after: null }]);
  });
});
