import { describe, expect, it } from 'vitest';
import { formatLocal, formatOffset, toIso } from '../../../src/core/schedule/local-time.ts';
import { parseInstant, resolveInstant } from '../../../src/core/schedule/parse-instant.ts';
import { resolveWall } from '../../../src/core/schedule/wall-time.ts';

function instantOf(text: string, zone: string): string {
  const parsed = parseInstant(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  const { instant, remark } = resolveInstant(parsed, zone);
  return remark === null ? toIso(instant) : `${toIso(instant)} ${remark}`;
}

describe('parseInstant', () => {
  it.each([
    ['2026-12-31', 'Europe/Berlin', '2026-12-30T23:00:00Z'],
    ['2026-12-31T23:59', 'Europe/Berlin', '2026-12-31T22:59:00Z'],
    ['2026-12-31 23:59:30', 'UTC', '2026-12-31T23:59:30Z'],
    ['2026-12-31T23:59:30.25', 'UTC', '2026-12-31T23:59:30.250Z'],
    ['2026-12-31T23:59Z', 'Europe/Berlin', '2026-12-31T23:59:00Z'],
    ['2026-12-31T23:59+05:30', 'Europe/Berlin', '2026-12-31T18:29:00Z'],
    ['2026-12-31T23:59-0330', 'Europe/Berlin', '2027-01-01T03:29:00Z'],
    ['2028-02-29', 'UTC', '2028-02-29T00:00:00Z'],
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:00:00Z gap'],
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z overlap'],
    ['2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T10:00:00Z gap'],
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00Z gap'],
  ])('reads %s in %s as %s', (text, zone, expected) => {
    expect(instantOf(text, zone)).toBe(expected);
  });

  it.each([
    ['tomorrow', 1, 'write a date and time such as 2026-12-31T23:59'],
    ['2026-1-1', 1, 'write a date and time such as 2026-12-31T23:59'],
    ['2026-02-30', 9, 'day must be 01 to 28 in 2026-02'],
    ['2100-02-29', 9, 'day must be 01 to 28 in 2100-02'],
    ['2026-04-31', 9, 'day must be 01 to 30 in 2026-04'],
    ['2026-13-01', 6, 'month must be 01 to 12'],
    ['1969-12-31', 1, 'year must be 1970 to 2199'],
    ['2026-12-31T24:00', 12, 'hour must be 00 to 23'],
    ['2026-12-31T23:60', 15, 'minute must be 00 to 59'],
    ['2026-12-31T23:59:60', 18, 'second must be 00 to 59'],
    ['2026-12-31T23:59+15:00', 17, 'offset must be Z, or -12:00 to +14:00'],
  ])('refuses %s at column %i', (text, column, problem) => {
    expect(parseInstant(text)).toMatchObject({ ok: false, column, problem });
  });
});

describe('resolveWall', () => {
  const wall = (text: string) => Date.parse(`${text}Z`);
  it('finds one, two or no instants', () => {
    expect(resolveWall('Europe/Berlin', wall('2026-06-01T12:00')).instants.map(toIso)).toEqual([
      '2026-06-01T10:00:00Z',
    ]);
    expect(resolveWall('Europe/Berlin', wall('2026-10-25T02:30')).instants.map(toIso)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00Z',
    ]);
    expect(resolveWall('Europe/Berlin', wall('2026-03-29T02:30'))).toEqual({
      instants: [],
      gap: { at: Date.parse('2026-03-29T01:00Z'), lengthMs: 3_600_000 },
    });
  });
});

describe('instants as text', () => {
  it('names the offset in force', () => {
    expect(formatLocal(Date.parse('2026-03-29T01:00Z'), 'Europe/Berlin')).toBe(
      '2026-03-29T03:00:00+02:00',
    );
    expect(formatLocal(Date.parse('2026-01-01T00:00Z'), 'America/St_Johns')).toBe(
      '2025-12-31T20:30:00-03:30',
    );
    expect(formatLocal(0, 'UTC')).toBe('1970-01-01T00:00:00+00:00');
  });
  it('has seconds in an offset only where history has', () => {
    expect(formatOffset(-2_670_000)).toBe('-00:44:30');
    expect(formatOffset(20_700_000)).toBe('+05:45');
  });
});
