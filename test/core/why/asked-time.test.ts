import { describe, expect, it } from 'vitest';
import { askedTime } from '../../../src/core/why/asked-time.ts';
import { occurrencesIn } from '../../../src/core/why/past-occurrences.ts';
import { everyMinute } from '../../support/store-records.ts';
import { change, day, hour, minute, noon } from './builders.ts';

const berlin = (text: string) =>
  askedTime(text, 'Europe/Berlin', Date.parse('2026-03-02T12:00:30Z'));
const spans = (text: string): string[] =>
  (berlin(text)?.spans ?? []).map(
    ({ from, to }) => `${new Date(from).toISOString()} +${to - from}`,
  );

describe('a typed time', () => {
  it.each([
    ['2026-03-02T13:00', '2026-03-02T12:00:00.000Z +60000'],
    ['2026-03-02T13:00:05', '2026-03-02T12:00:05.000Z +1000'],
    ['2026-03-02T13:00:05.250', '2026-03-02T12:00:05.250Z +1'],
    ['2026-03-02T13:00Z', '2026-03-02T13:00:00.000Z +60000'],
    ['2026-03-02T13:00+05:30', '2026-03-02T07:30:00.000Z +60000'],
    ['2026-03-02', '2026-03-01T23:00:00.000Z +86400000'],
    ['today', '2026-03-01T23:00:00.000Z +86400000'],
    ['yesterday', '2026-02-28T23:00:00.000Z +86400000'],
    ['tomorrow', '2026-03-02T23:00:00.000Z +86400000'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z +82800000'],
    ['now', '2026-03-02T12:00:00.000Z +60000'],
    ['2h', '2026-03-02T10:00:00.000Z +60000'],
    ['-2h', '2026-03-02T10:00:00.000Z +60000'],
    ['+1h30m', '2026-03-02T13:30:00.000Z +60000'],
    ['2h ago', '2026-03-02T10:00:00.000Z +60000'],
    ['1 d 2 h ago', '2026-03-01T10:00:00.000Z +60000'],
    ['in 1h', '2026-03-02T13:00:00.000Z +60000'],
    ['04:57', '2026-03-02T03:57:00.000Z +60000'],
    ['9:05:30', '2026-03-02T08:05:30.000Z +1000'],
    ['yesterday 23:10', '2026-03-01T22:10:00.000Z +60000'],
    ['2026-03-02 13:00:05', '2026-03-02T12:00:05.000Z +1000'],
    ['2026-03-02 13:00:05 UTC', '2026-03-02T13:00:05.000Z +1000'],
    ['Mon 2026-03-02 13:00 +01:00', '2026-03-02T12:00:00.000Z +60000'],
  ])('%s', (text, span) => {
    expect(spans(text)).toEqual([span]);
  });

  it.each([
    '',
    '00',
    'nonsense',
    '2026-02-30',
    '2026-13-01T00:00',
    '+',
    '5 parsecs',
    '25:00',
    '+2h ago',
    'Tue 2026-03-02 13:00',
  ])('"%s" is none', (text) => {
    expect(berlin(text)).toBeNull();
  });

  it('that came twice means both, and says so', () => {
    expect(spans('2026-10-25T02:30')).toEqual([
      '2026-10-25T00:30:00.000Z +60000',
      '2026-10-25T01:30:00.000Z +60000',
    ]);
    expect(berlin('2026-10-25T02:30')?.remark).toBe(
      'this time came twice in Europe/Berlin: 2026-10-25 02:30 +02:00 and 2026-10-25 02:30 +01:00',
    );
  });

  it('that never came says so, and where something may stand for it', () => {
    const asked = berlin('2026-03-29T02:30');
    expect(asked?.remark).toBe(
      '2026-03-29 02:30 did not exist in Europe/Berlin: the clocks went forward to 2026-03-29 03:00 +02:00',
    );
    expect(asked?.gap?.standIns.map((at) => new Date(at).toISOString())).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T01:30:00.000Z',
    ]);
  });
});

describe('the occurrences of a span', () => {
  const noonDaily = change(1, noon - 5 * day, { action: 'create' });
  const evening = change(2, noon, { job: { schedules: [everyMinute('0 18 * * *')] } });
  const gone = change(3, noon + 2 * day, { action: 'delete' });
  const listed = (from: number, to: number, limit = 9) => {
    const { shown, more } = occurrencesIn(
      [noonDaily, evening, gone],
      { from, to },
      limit,
      noon + 9 * day,
    );
    return [shown.map(({ nominalTime }) => new Date(nominalTime).toISOString().slice(5, 16)), more];
  };

  it('are those of the schedules in force then, one after the other', () => {
    expect(listed(noon - day, noon + 9 * day)).toEqual([
      ['03-01T12:00', '03-02T12:00', '03-02T18:00', '03-03T18:00'],
      0,
    ]);
  });

  it('are counted where they are too many to list', () => {
    const often = change(1, noon - day, { job: { schedules: [everyMinute()] } });
    const span = { from: noon, to: noon + hour };
    const counted = (now: number): number[] => {
      const { shown, more, toCome } = occurrencesIn([often], span, 3, now);
      return [shown.length, more, toCome];
    };
    expect(counted(noon + hour)).toEqual([3, 57, 0]);
    expect(counted(noon + 10 * minute)).toEqual([3, 8, 49]);
    expect(counted(noon - hour)).toEqual([3, 0, 57]);
  });

  it('are none before the first change and after the last', () => {
    expect(listed(noon - 9 * day, noon - 6 * day)).toEqual([[], 0]);
    expect(listed(noon + 3 * day, noon + 4 * day)).toEqual([[], 0]);
    expect(occurrencesIn([], { from: noon, to: noon + minute }, 3, noon)).toEqual({
      shown: [],
      more: 0,
      toCome: 0,
    });
  });
});
