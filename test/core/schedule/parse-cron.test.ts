import { describe, expect, it } from 'vitest';
import { isFixedTimeCron, parseCron } from '../../../src/core/schedule/parse-cron.ts';

/** Code, the marked part of the text, and the words under it, for each fault. */
function faultsOf(text: string): readonly (readonly [string, string, string])[] {
  const parsed = parseCron(text);
  if (parsed.ok) return [];
  return parsed.faults.map((fault) => [
    fault.code,
    text.slice(fault.offset, fault.offset + fault.length),
    fault.label,
  ]);
}

function hintOf(text: string): string | null {
  const parsed = parseCron(text);
  return parsed.ok ? null : (parsed.faults[0]?.hint ?? null);
}

describe('a faulty cron expression', () => {
  it.each([
    ['0 25 * * *', 'JM2-S101', '25', 'hour must be 0 to 23'],
    ['60 0 * * *', 'JM2-S101', '60', 'minute must be 0 to 59'],
    ['0 0 0 * *', 'JM2-S101', '0', 'day of month must be 1 to 31'],
    ['0 0 32 * *', 'JM2-S101', '32', 'day of month must be 1 to 31'],
    ['0 0 * 13 *', 'JM2-S101', '13', 'month must be 1 to 12 or jan to dec'],
    ['0 0 * * 8', 'JM2-S101', '8', 'day of week must be 0 to 7 or sun to sat'],
    ['60 0 0 * * *', 'JM2-S101', '60', 'second must be 0 to 59'],
    ['0 0 * * monday', 'JM2-S101', 'monday', 'day of week must be 0 to 7 or sun to sat'],
    ['0 0 * * mon#6', 'JM2-S101', '6', 'the number after # must be 1 to 5, or L'],
    ['0 9,25,12 * * *', 'JM2-S101', '25', 'hour must be 0 to 23'],
    ['0 9-25 * * *', 'JM2-S101', '25', 'hour must be 0 to 23'],
    ['*/0 * * * *', 'JM2-S101', '0', 'step must be 1 to 60'],
    ['*/61 * * * *', 'JM2-S101', '61', 'step must be 1 to 60'],
    ['*/x * * * *', 'JM2-S101', 'x', 'step must be 1 to 60'],
    ['0/15 * * * *', 'JM2-S103', '0/15', 'a step follows * or a range'],
    ['/30 * * * *', 'JM2-S103', '/30', 'a step follows * or a range'],
    ['0 22-2 * * *', 'JM2-S103', '22-2', 'ranges do not wrap around'],
    ['0 0 * * fri-mon', 'JM2-S103', 'fri-mon', 'ranges do not wrap around'],
    ['H * * * *', 'JM2-S103', 'H', 'H is written otherwise'],
    ['H/15 * * * *', 'JM2-S103', 'H/15', 'H is written otherwise'],
    ['? * * * *', 'JM2-S103', '?', '? stands alone in a day field'],
    ['0 0 ?,1 * *', 'JM2-S103', '?', '? stands alone in a day field'],
    ['0 0 1,,2 * *', 'JM2-S103', ',', 'a value is missing'],
    ['0 0 L-2 * *', 'JM2-S103', 'L-2', 'L means the last day, without an addition'],
    ['0 0 LW,3 * *', 'JM2-S103', 'LW', 'LW stands alone'],
    ['0 0 W * *', 'JM2-S103', 'W', 'W follows one day number'],
    ['0 0 1-5W * *', 'JM2-S103', '1-5W', 'W follows one day number'],
    ['0 0 * * L', 'JM2-S103', 'L', 'L needs a day of week before it'],
    ['0 0 * * mon-fri#1', 'JM2-S103', 'mon-fri#1', '# follows one day of week'],
    ['5- * * * *', 'JM2-S103', '5-', 'a value is missing'],
    ['-5 * * * *', 'JM2-S103', '-5', 'minute must be 0 to 59'],
    ['TZ=UTC 0 3 * * *', 'JM2-S103', 'TZ=UTC', 'the zone is not part of the expression'],
    ['0 3 * *', 'JM2-S102', '0 3 * *', '4 fields instead of 5 or 6'],
    ['0 0 1 1 * 2027', 'JM2-S102', '2027', 'a year is not part of the expression'],
    ['0 0 0 1 1 * 2027', 'JM2-S102', '2027', 'a year is not part of the expression'],
    ['0 0 30 2 *', 'JM2-S104', '30 2', 'no year has such a day'],
    ['0 0 31 4,6,9,11 *', 'JM2-S104', '31 4,6,9,11', 'no year has such a day'],
    ['0 0 31W 2 *', 'JM2-S104', '31W 2', 'no year has such a day'],
  ])('%s is told as %s at "%s": %s', (text, code, marked, label) => {
    expect(faultsOf(text)).toEqual([[code, marked, label]]);
  });

  it('tells all faulty fields at once', () => {
    expect(faultsOf('60 24 0 13 8').map(([, marked]) => marked)).toEqual([
      '60',
      '24',
      '0',
      '13',
      '8',
    ]);
  });

  it.each([
    ['0/15 * * * *', 'Write 0-59/15 to begin at 0.'],
    ['/30 * * * *', 'Write */30.'],
    ['0 22-2 * * *', 'Write the two parts as a list: 22-23,0-2.'],
    ['0 0 * * FRI-MON', 'Write the two parts as a list: FRI-SAT,SUN-MON.'],
    ['0 0 * * monday', 'Write the name with three letters: mon.'],
    [
      '0 3 * * * /usr/bin/backup --all',
      'Write the command of a crontab line under the key `command`.',
    ],
    ['CRON_TZ=UTC 0 3 * * *', 'Name the zone with the key `timezone`.'],
  ])('%s comes with a way out: %s', (text, hint) => {
    expect(hintOf(text)).toBe(hint);
  });

  it('is a value, never an exception, whatever the text', () => {
    for (const text of [
      '',
      ' ',
      '* * * * ' + 'x'.repeat(10_000),
      '\0 \0 \0 \0 \0',
      '2026-01-01',
      '１ ２ * * *',
    ]) {
      expect(parseCron(text).ok).toBe(false);
    }
  });
});

describe('a sound cron expression', () => {
  it.each([
    ['0  3\t* * *', '0 3 * * *'],
    ['0 0 * JAN-mar MON-FRI', '0 0 * 1-3 1-5'],
    ['0 0 * * FRI-SUN', '0 0 * * 5-7'],
    ['0 0 * * sat-sun', '0 0 * * 6-7'],
    ['0 0 ? * +MON', '0 0 * * +1'],
    ['*/30 0 0 1,15 * *', '*/30 0 0 1,15 * *'],
    ['0 0 15w * friL', '0 0 15W * 5L'],
    ['0 0 lw * mon#2', '0 0 LW * 1#2'],
    ['00 08 01 01 *', '0 8 1 1 *'],
    ['0 0 29 2 *', '0 0 29 2 *'],
  ])('%s is held as %s', (text, expression) => {
    expect(parseCron(text)).toMatchObject({ ok: true, fields: { expression } });
  });

  it('holds the values of the time fields', () => {
    expect(parseCron('10-40/15,50 1,22-23 * * *')).toMatchObject({
      fields: { seconds: [0], minutes: [10, 25, 40, 50], hours: [1, 22, 23] },
    });
  });
});

describe('isFixedTimeCron', () => {
  it.each([
    ['30 2 * * *', true],
    ['0-30/30 2,14 * * *', true],
    ['0 30 2 * * *', true],
    ['*/10 30 2 * * *', true],
    ['* 2 * * *', false],
    ['30 */2 * * *', false],
    ['0 * 2 * * *', false],
  ])('%s: %s', (expression, expected) => {
    expect(isFixedTimeCron(expression)).toBe(expected);
  });
});
