import { describe, expect, it } from 'vitest';
import { readDateList } from '../../../src/core/calendar/read-date-list.ts';
import { readIcs } from '../../../src/core/calendar/read-ics.ts';

function calendar(...lines: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

function event(...lines: string[]): string[] {
  return ['BEGIN:VEVENT', ...lines, 'END:VEVENT'];
}

function days(text: string, zone = 'UTC'): string[] {
  const { entries, problems } = readIcs(text, zone);
  expect(problems).toEqual([]);
  return entries.map((entry) => entry.text);
}

describe('a calendar file', () => {
  it('takes an end of whole days as the first day after them', () => {
    const text = event('DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227');
    expect(days(calendar(...text))).toEqual(['2026-12-24..2026-12-26']);
  });

  it('joins folded lines, and tells what the day is called', () => {
    const text = event('SUMMARY:Heilig', '  abend\\, ab mittags', 'DTSTART:20261224');
    expect(readIcs(calendar(...text), 'UTC').entries).toEqual([
      { text: '2026-12-24', title: 'Heilig abend, ab mittags' },
    ]);
  });

  it('takes the local days that an event with a time touches', () => {
    const until = (end: string): string[] =>
      days(
        calendar(
          ...event('DTSTART;TZID=Europe/Berlin:20261231T200000', `DTEND;TZID=Europe/Berlin:${end}`),
        ),
      );
    expect(until('20270101T020000')).toEqual(['2026-12-31..2027-01-01']);
    expect(until('20270101T000000')).toEqual(['2026-12-31']);
  });

  it('reads an instant in UTC as a day of the zone', () => {
    const text = calendar(...event('DTSTART:20261224T233000Z', 'DURATION:PT15M'));
    expect(days(text, 'Europe/Berlin')).toEqual(['2026-12-25']);
    expect(days(text, 'UTC')).toEqual(['2026-12-24']);
  });

  it('keeps rules as rules, with their exceptions and what was moved', () => {
    const text = calendar(
      ...event(
        'UID:a',
        'DTSTART:20241128',
        'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH',
        'EXDATE:20251127',
      ),
      ...event('UID:a', 'RECURRENCE-ID:20261126', 'DTSTART:20261127'),
    );
    expect(days(text)).toEqual([
      '2024-11-28 RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH EXDATE:2025-11-27,2026-11-26',
      '2026-11-27',
    ]);
  });

  it('ends a rule before the day whose time comes after UNTIL', () => {
    const text = event('DTSTART:20200101T090000Z', 'RRULE:FREQ=YEARLY;UNTIL=20260101T080000Z');
    expect(days(calendar(...text))).toEqual(['2020-01-01 RRULE:FREQ=YEARLY;UNTIL=20251231']);
  });

  it.each([
    ['DURATION:P1W', '2026-12-24..2026-12-30'],
    ['DURATION:P2D', '2026-12-24..2026-12-25'],
    ['DURATION:PT30H', '2026-12-24..2026-12-25'],
    ['DURATION:P1DT1S', '2026-12-24..2026-12-25'],
    ['DURATION:PT1441M', '2026-12-24..2026-12-25'],
  ])('counts the days that %s touches', (length, touched) => {
    expect(days(calendar(...event('DTSTART:20261224T000000', length)))).toEqual([touched]);
  });

  it('leaves out what was canceled, and alarms within events', () => {
    const alarm = ['BEGIN:VALARM', 'TRIGGER:-PT15M', 'DTSTART:20990101', 'END:VALARM'];
    const text = calendar(
      ...event('DTSTART:20260501', ...alarm),
      ...event('DTSTART:20260502', 'STATUS:CANCELLED'),
    );
    expect(days(text)).toEqual(['2026-05-01']);
  });

  it.each([
    ['hello', 1, 'this is no line of an iCalendar file: a name and a colon are missing'],
    ['BEGIN:VEVENT', 1, 'an iCalendar file begins with BEGIN:VCALENDAR'],
    ['', 1, 'the file is empty'],
    ['BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\n', 2, 'BEGIN:VEVENT has no end'],
    [calendar(...event('SUMMARY:x')), 3, 'the event has no DTSTART'],
    [
      calendar(...event('DTSTART:20260230')),
      4,
      'DTSTART "20260230" is no date of the years 1970 to 2199',
    ],
    [
      calendar(...event('DTSTART:20260102', 'DTEND:20260101')),
      5,
      'the event ends before it begins',
    ],
    [
      calendar(...event('DTSTART:20260101', 'RRULE:FREQ=YEARLY;BYWEEKNO=1')),
      5,
      'the RRULE cannot be used: BYWEEKNO is not supported',
    ],
    [calendar(...event('DTSTART:20260101', 'DURATION:P')), 5, 'DURATION "P" is none'],
    [calendar('BEGIN:VEVENT', 'END:VTODO'), 4, 'END:VTODO ends nothing that began'],
    [
      calendar(...event('DTSTART:20260101', 'RRULE:FREQ=YEARLY', 'RRULE:FREQ=DAILY')),
      6,
      'a second RRULE',
    ],
    [
      calendar(...event('UID:a', 'RECURRENCE-ID:tomorrow', 'DTSTART:20260101')),
      5,
      'RECURRENCE-ID "tomorrow" is no date of the years 1970 to 2199',
    ],
    [
      calendar(...event('DTSTART:20260101', 'DTEND:20990101')),
      5,
      'the event is longer than 3660 days',
    ],
    [
      calendar(...event('DTSTART:20260101T240000')),
      4,
      'DTSTART "20260101T240000" is no time of day',
    ],
    [
      calendar(...event('DTSTART:20260101', 'RDATE;VALUE=PERIOD:20260102T090000Z/PT1H')),
      5,
      'RDATE "20260102T090000Z/PT1H", a period is no date of the years 1970 to 2199',
    ],
  ])('tells the line of what it cannot read: %j', (text, line, detail) => {
    expect(readIcs(text, 'UTC').problems).toEqual([{ line, detail }]);
  });
});

describe('a list of dates', () => {
  it('has a date in each line, with a name and comments', () => {
    const text = '# closed\n2026-12-24..2026-12-31  between the years\r\n\n12-25 # each year\n';
    expect(readDateList(text)).toEqual({
      entries: [
        { text: '2026-12-24..2026-12-31', title: 'between the years' },
        { text: '12-25', title: null },
      ],
      problems: [],
    });
  });

  it('tells the line of what is no date', () => {
    expect(readDateList('2026-12-25\nChristmas\n2026-12-31..2026-12-01').problems).toEqual([
      {
        line: 2,
        detail: '"Christmas" is no date: write 2026-12-25, or 12-25 for every year',
      },
      { line: 3, detail: '"2026-12-31..2026-12-01" is no date: the range ends before it begins' },
    ]);
  });
});
