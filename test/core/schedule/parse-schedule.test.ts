import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseSchedules } from '../../../src/core/schedule/parse-schedule.ts';
import { SCHEDULE_PROBLEMS } from '../../../src/core/schedule/schedule-problems.ts';

const NAMED = {
  nightly: '0 3 * * *',
  alias: '@nightly',
  broken: '0 25 * * *',
  a: '@b',
  b: '@a',
  often: ['every 5m', { cron: '0 0 * * *', jitter: '10m' }],
  workdays: '0 8 * * 1-5',
};

function read(input: unknown, timezone = 'Europe/Berlin') {
  return parseSchedules(input, { timezone, named: NAMED, seed: 'job' });
}

/** Code, path and the marked text of each problem. */
function told(input: unknown): readonly string[] {
  return read(input).problems.map(({ code, path, offset, length }) => {
    const key = path.split('/').at(-1) ?? '';
    const scalar = key === '' ? input : (input as Record<string, unknown>)[key];
    const marked =
      offset === null || length === null || typeof scalar !== 'string'
        ? ''
        : `"${scalar.slice(offset, offset + length)}"`;
    return [code, path, marked].filter((part) => part !== '').join(' ');
  });
}

describe('a schedule as text', () => {
  it('is a cron expression in the zone of the context', () => {
    expect(read('0 3 * * MON-FRI').schedules).toEqual([
      {
        kind: 'cron',
        expression: '0 3 * * 1-5',
        dstGap: 'run_once',
        dstOverlap: 'first',
        timezone: 'Europe/Berlin',
        jitterMs: 0,
        from: null,
        until: null,
        written: '0 3 * * MON-FRI',
      },
    ]);
  });
  it('is an interval on the grid of 1970', () => {
    expect(read('every 1h30m').schedules).toMatchObject([
      { kind: 'every', intervalMs: 5_400_000, anchor: 0, written: 'every 1h30m' },
    ]);
  });
  it('is one moment, local to the zone', () => {
    expect(read('at 2026-12-31T23:59').schedules).toMatchObject([
      {
        kind: 'at',
        instant: Date.parse('2026-12-31T22:59Z'),
        written: 'at 2026-12-31T23:59',
      },
    ]);
  });
  it('carries the remark of a moment that the clocks skip or show twice', () => {
    expect(read('at 2026-03-29T02:30').schedules).toMatchObject([
      { instant: Date.parse('2026-03-29T01:00Z'), remark: 'dst_gap' },
    ]);
    expect(read('at 2026-10-25T02:30').schedules).toMatchObject([
      { instant: Date.parse('2026-10-25T00:30Z'), remark: 'dst_overlap_first' },
    ]);
    expect(read('at 2026-03-29T03:00').schedules?.[0]).not.toHaveProperty('remark');
  });
  it.each([
    ['@hourly', '0 * * * *'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@weekly', '0 0 * * 0'],
    ['@monthly', '0 0 1 * *'],
    ['@yearly', '0 0 1 1 *'],
    ['@annually', '0 0 1 1 *'],
    ['@weekdays', '0 9 * * 1-5'],
    ['@weekends', '0 9 * * 0,6'],
  ])('%s is built in', (name, expression) => {
    expect(read(name).schedules).toMatchObject([{ kind: 'cron', expression, written: name }]);
  });
  it('prefers a declared name to a built-in one, and follows names', () => {
    expect(read('@workdays').schedules).toMatchObject([{ expression: '0 8 * * 1-5' }]);
    expect(read('@alias').schedules).toMatchObject([
      { expression: '0 3 * * *', written: '@alias' },
    ]);
    expect(read('@often').schedules).toMatchObject([{ kind: 'every' }, { jitterMs: 600_000 }]);
  });
});

describe('a schedule as object or list', () => {
  it('takes zone, jitter, bounds and daylight-saving rules', () => {
    const { schedules, problems } = read({
      cron: '30 2 * * *',
      timezone: 'America/New_York',
      jitter: '5m',
      dst_gap: 'shift',
      dst_overlap: 'both',
      from: '2026-06-01',
      until: '2027-06-01T00:00Z',
    });
    expect(problems).toEqual([]);
    expect(schedules).toEqual([
      {
        kind: 'cron',
        expression: '30 2 * * *',
        dstGap: 'shift',
        dstOverlap: 'both',
        timezone: 'America/New_York',
        jitterMs: 300_000,
        from: Date.parse('2026-06-01T04:00Z'),
        until: Date.parse('2027-06-01T00:00Z'),
        written: '30 2 * * *',
      },
    ]);
  });
  it('takes an anchor as a moment or as a time of day', () => {
    const anchorOf = (anchor: string) => {
      const [schedule] = read({ every: '8h', anchor }).schedules;
      return schedule?.kind === 'every' ? new Date(schedule.anchor).toISOString() : null;
    };
    expect(anchorOf('2026-07-01T06:00')).toBe('2026-07-01T04:00:00.000Z');
    expect(anchorOf('06:00')).toBe('2025-01-01T05:00:00.000Z');
  });
  it('takes names under cron', () => {
    expect(read({ cron: '@daily', jitter: '1h' }).schedules).toMatchObject([
      { expression: '0 0 * * *', written: '@daily', jitterMs: 3_600_000 },
    ]);
    expect(read({ cron: '@alias' }).schedules).toMatchObject([{ expression: '0 3 * * *' }]);
  });
  it('reads a list in its order and keeps the sound ones', () => {
    const { schedules, problems } = read(['0 3 * * *', '0 25 * * *', 'every 5m']);
    expect(schedules.map((schedule) => schedule.kind)).toEqual(['cron', 'every']);
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(['JM2-S101 /1']);
  });
});

describe('a problem is told with its place', () => {
  it.each([
    ['0 25 * * *', ['JM2-S101 "25"']],
    ['every 5 minutes', ['JM2-S108 " minutes"']],
    ['every  1.5h', ['JM2-S108 ".5h"']],
    ['every 100ms', ['JM2-S109 "100ms"']],
    ['at 2026-02-30T09:00', ['JM2-S110 "30"']],
    ['at 2026-03-29T02:30', ['JM2-S111 "2026-03-29T02:30"']],
    ['at 2026-10-25T02:30', ['JM2-S116 "2026-10-25T02:30"']],
    ['nightly', ['JM2-S115 "nightly"']],
    ['@dayly', ['JM2-S106 "@dayly"']],
    ['@broken', ['JM2-S118 "@broken"']],
    ['@a', ['JM2-S107 "@a"']],
    [{ cron: '0 3 * * *', timezone: 'CET' }, ['JM2-S105 /timezone "CET"']],
    [{ cron: '0 25 * * *', timezone: 'CET' }, ['JM2-S105 /timezone "CET"', 'JM2-S101 /cron "25"']],
    [{ cron: '@nope' }, ['JM2-S106 /cron "@nope"']],
    [{ cron: '@a' }, ['JM2-S107 /cron "@a"']],
    [{ cron: '@often' }, ['JM2-S112 /cron "@often"']],
    [{ cron: '0 3 * * *', every: '5m' }, ['JM2-S112']],
    [{ timezone: 'UTC' }, ['JM2-S112']],
    [{ every: '5m', dst_gap: 'skip' }, ['JM2-S112 /dst_gap']],
    [{ at: '2026-12-31', anchor: '06:00' }, ['JM2-S112 /anchor']],
    [{ every: '5m', anchor: '25:00' }, ['JM2-S110 /anchor "25:00"']],
    [{ every: '5m', jitter: '5' }, ['JM2-S108 /jitter "5"']],
    [{ every: '5m', from: '2026-06-01', until: '2026-06-01' }, ['JM2-S113 /until']],
    [{ cron: '0 3 1 1 *', from: '2026-02-01', until: '2026-03-01' }, ['JM2-S117']],
    [{ cron: '* 2 * * *', dst_overlap: 'last' }, ['JM2-S114 /dst_overlap']],
    [{ cron: 5 }, ['JM2-S115 /cron']],
  ])('%j: %j', (input, expected) => {
    expect(told(input)).toEqual(expected);
  });

  it('never throws, whatever it is given', () => {
    const odd = [
      null,
      undefined,
      42,
      true,
      [],
      [[]],
      {},
      '',
      '@',
      '@ ',
      'every ',
      'at',
      '@constructor',
    ];
    for (const input of odd) {
      const { schedules } = read(input);
      expect(schedules).toEqual([]);
    }
    expect(() =>
      parseSchedules('0 3 * * *', { timezone: 'No/Zone', named: {}, seed: 'job' }),
    ).not.toThrow();
  });

  it.each([
    ['@dayly', 'Did you mean "@daily"?'],
    ['@nightlyy', 'Did you mean "@nightly"?'],
    ['@every 5m', 'Write every 5m, without the @.'],
    ['daily', 'Write "@daily", in quotes.'],
    ['15m', 'Write every 15m.'],
    ['2026-12-31T23:59', 'Write at 2026-12-31T23:59.'],
    ['every minute', 'Write 1m.'],
    ['every 2 hours', 'Write 2h.'],
  ])('%s comes with a way out: %s', (text, hint) => {
    expect(read(text).problems[0]?.hint).toBe(hint);
  });
});

describe('the table of schedule problems', () => {
  const contextOf = (text: string) => {
    const comment = /# schedules: (.*)$/.exec(text)?.[1];
    const named: Readonly<Record<string, unknown>> = comment === undefined ? {} : parse(comment);
    return { timezone: 'UTC', named, seed: 'job' };
  };
  const problemsOf = (text: string) =>
    parseSchedules((parse(text) as { schedule: unknown }).schedule, contextOf(text)).problems;

  it.each(SCHEDULE_PROBLEMS.map((entry) => [entry.code, entry] as const))(
    '%s is provoked by its bad example alone',
    (code, entry) => {
      expect(problemsOf(entry.exampleBad)).toMatchObject([{ code, severity: entry.severity }]);
      expect(problemsOf(entry.exampleGood)).toEqual([]);
    },
  );
  it('has every code once, in order', () => {
    const codes = SCHEDULE_PROBLEMS.map((entry) => entry.code);
    expect([...new Set(codes)].sort()).toEqual(codes);
  });
});
