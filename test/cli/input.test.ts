import { describe, expect, it } from 'vitest';
import { Input } from '../../src/cli/input.ts';
import { midnight, parsePast, parseWhen } from '../../src/cli/instants.ts';
import { localTime } from '../../src/cli/views/times.ts';
import { moment } from '../../src/core/why/words.ts';

const reading = { zone: 'Europe/Berlin', now: Date.parse('2026-03-28T13:05:00Z') };
const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

describe('a time as people type it', () => {
  it.each([
    ['now', '2026-03-28T13:05:00.000Z'],
    ['today', '2026-03-27T23:00:00.000Z'],
    ['tomorrow', '2026-03-28T23:00:00.000Z'],
    ['yesterday', '2026-03-26T23:00:00.000Z'],
    ['+2h', '2026-03-28T15:05:00.000Z'],
    ['-1d', '2026-03-27T13:05:00.000Z'],
    ['2026-12-31T23:59', '2026-12-31T22:59:00.000Z'],
    ['2026-12-31T23:59Z', '2026-12-31T23:59:00.000Z'],
    ['2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['18:00', '2026-03-28T17:00:00.000Z'],
    ['tomorrow 14:30', '2026-03-29T12:30:00.000Z'],
    ['Tomorrow at 9:05', '2026-03-29T07:05:00.000Z'],
    ['yesterday 23:59:30', '2026-03-27T22:59:30.000Z'],
    ['in 1h 30m', '2026-03-28T14:35:00.000Z'],
    ['2 h ago', '2026-03-28T11:05:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(iso(parseWhen(text, reading))).toBe(instant);
  });

  it.each([
    'soon',
    '25:00',
    'tomorrow 9',
    'in',
    'ago',
    'today at',
    '2026-02-30',
    '+',
    '2h',
    'constructor',
    '',
  ])('refuses "%s"', (text) => {
    expect(parseWhen(text, reading)).toBeNull();
  });

  it('takes back every form in which jm2 prints it', () => {
    const at = Date.parse('2026-03-25T03:57:38Z');
    const shown = [localTime(at, reading.zone), moment(at, reading.zone), moment(at, 'UTC')];
    expect(shown).toEqual([
      'Wed 2026-03-25 04:57:38 +01:00',
      '2026-03-25 04:57:38 +01:00',
      '2026-03-25 03:57:38 UTC',
    ]);
    expect(shown.map((text) => parseWhen(text, reading))).toEqual([at, at, at]);
  });

  it('refuses a weekday that is not the one of its date', () => {
    expect(parseWhen('Tue 2026-03-25 04:57 +01:00', reading)).toBeNull();
  });

  it('means a distance without a direction to be past where only the past has an answer', () => {
    expect(iso(parsePast('2h', reading))).toBe('2026-03-28T11:05:00.000Z');
    expect(iso(parsePast('tomorrow', reading))).toBe('2026-03-28T23:00:00.000Z');
    expect(parsePast('soon', reading)).toBeNull();
  });

  it('counts days by the calendar across a clock change', () => {
    expect(iso(midnight(reading.now, reading.zone, 2))).toBe('2026-03-29T22:00:00.000Z');
  });
});

describe('the words of a call', () => {
  it('names option, value and bounds of a wrong number', () => {
    const input = new Input([], { count: 'many' });
    expect(() => input.count('count', { min: 1, max: 50 })).toThrow(
      expect.objectContaining({
        code: 'JM2-C103',
        exitCode: 64,
        detail: '--count got "many", which is not a whole number from 1 to 50.',
      }),
    );
  });

  it('spells options as they are typed', () => {
    const input = new Input([], { keepAge: 'x' });
    expect(() => input.duration('keepAge')).toThrow(/--keep-age got "x"/);
  });

  it('reads durations and times', () => {
    const input = new Input(['a', ['b', 'c']], { horizon: '1h30m', from: 'now' });
    expect(input.duration('horizon')).toBe(5_400_000);
    expect(input.instant('from', reading)).toBe(reading.now);
    expect(input.instant('to', reading)).toBeNull();
    expect(input.argument(0)).toBe('a');
    expect(input.list(1)).toEqual(['b', 'c']);
  });

  it('refuses a time it cannot read with exit code 64', () => {
    const input = new Input([], { from: 'soon' });
    expect(() => input.instant('from', reading)).toThrow(
      expect.objectContaining({ code: 'JM2-C103', exitCode: 64 }),
    );
  });
});
