import { describe, expect, it } from 'vitest';
import { compileSchedule } from '../../../src/core/schedule/compile-schedule.ts';
import { EngineFault, SearchSteps } from '../../../src/core/schedule/engine-fault.ts';
import { guarded } from '../../../src/core/schedule/occurrence-source.ts';
import { jitterOf } from '../../../src/core/schedule/jitter.ts';
import { compiled, schedulesOf, timesIn } from '../../support/a-schedule.ts';

const at = (text: string) => Date.parse(text);

describe('several schedules of a job', () => {
  it('are one: an instant that two of them name is one occurrence of the first', () => {
    const schedule = compiled(['0 3 * * *', '0 */3 * * *']);
    const found = [...schedule.range(at('2026-01-01T00:00Z'), at('2026-01-01T09:00Z'))];
    expect(found.map((one) => [one.nominalTime, one.schedule])).toEqual([
      [at('2026-01-01T00:00Z'), 1],
      [at('2026-01-01T03:00Z'), 0],
      [at('2026-01-01T06:00Z'), 1],
    ]);
    expect(schedule.count(at('2026-01-01T00:00Z'), at('2026-01-01T09:00Z'), 100)).toBe(3);
    expect(schedule.previous(at('2026-01-01T05:00Z'))).toMatchObject({
      nominalTime: at('2026-01-01T03:00Z'),
      schedule: 0,
    });
  });
  it('none at all never fire', () => {
    const schedule = compileSchedule([], 'by-hand');
    expect(schedule.next(0)).toBeNull();
    expect(schedule.previous(at('2100-01-01T00:00Z'))).toBeNull();
    expect([...schedule.range(0, at('2100-01-01T00:00Z'))]).toEqual([]);
    expect(schedule.count(0, at('2100-01-01T00:00Z'), 10)).toBe(0);
  });
});

describe('bounds', () => {
  const bounded = compiled({
    cron: '0 3 * * *',
    from: '2026-01-02T03:00Z',
    until: '2026-01-04T03:00Z',
  });
  it('include from and exclude until', () => {
    expect(timesIn(bounded, '2025-01-01T00:00Z', '2027-01-01T00:00Z')).toEqual([
      '2026-01-02T03:00:00Z',
      '2026-01-03T03:00:00Z',
    ]);
    expect(bounded.count(0, at('2027-01-01T00:00Z'), 100)).toBe(2);
  });
  it('hold for the last occurrence too', () => {
    expect(bounded.previous(at('2027-01-01T00:00Z'))?.nominalTime).toBe(at('2026-01-03T03:00Z'));
    expect(bounded.previous(at('2026-01-02T02:59Z'))).toBeNull();
    expect(bounded.next(at('2026-01-03T03:00Z'))).toBeNull();
  });
});

describe('every', () => {
  it('is aligned to 1970, so that a reload never shifts it', () => {
    expect(timesIn(compiled('every 7h'), '1970-01-01T00:00Z', '1970-01-01T15:00Z')).toEqual([
      '1970-01-01T00:00:00Z',
      '1970-01-01T07:00:00Z',
      '1970-01-01T14:00:00Z',
    ]);
  });
  it('passes through its anchor, before it as well as after', () => {
    const schedule = compiled({ every: '90m', anchor: '2026-01-01T01:00Z' });
    expect(timesIn(schedule, '2025-12-31T22:00Z', '2026-01-01T03:00Z')).toEqual([
      '2025-12-31T22:00:00Z',
      '2025-12-31T23:30:00Z',
      '2026-01-01T01:00:00Z',
      '2026-01-01T02:30:00Z',
    ]);
  });
  it('includes the lower end of a range and excludes the upper', () => {
    const schedule = compiled('every 10s');
    expect(schedule.count(0, 30_000, 100)).toBe(3);
    expect(schedule.next(10_000)?.nominalTime).toBe(20_000);
    expect(schedule.previous(20_000)?.nominalTime).toBe(20_000);
  });
});

describe('at', () => {
  it('is one occurrence', () => {
    const schedule = compiled('at 2026-12-31T23:59', 'Europe/Berlin');
    const instant = at('2026-12-31T22:59Z');
    expect(schedule.next(instant - 1)?.nominalTime).toBe(instant);
    expect(schedule.next(instant)).toBeNull();
    expect(schedule.previous(instant)?.nominalTime).toBe(instant);
    expect(schedule.count(instant, instant + 1, 10)).toBe(1);
    expect(schedule.count(0, instant, 10)).toBe(0);
  });
});

describe('jitter', () => {
  const schedule = compiled({ cron: '*/5 * * * *', jitter: '1h' });
  const range = () => [...schedule.range(at('2026-01-01T00:00Z'), at('2026-01-02T00:00Z'))];

  it('is the same whenever and however it is asked for', () => {
    for (const occurrence of range()) {
      expect(schedule.next(occurrence.nominalTime - 1)).toEqual(occurrence);
      expect(schedule.previous(occurrence.nominalTime)).toEqual(occurrence);
    }
  });
  it('never reaches the next nominal time, so starts keep their order', () => {
    for (const { nominalTime, startTime } of range()) {
      expect(startTime).toBeGreaterThanOrEqual(nominalTime);
      expect(startTime).toBeLessThan(nominalTime + 5 * 60_000);
    }
  });
  it('differs between jobs and is spread over the whole bound', () => {
    const delays = Array.from({ length: 1000 }, (_, index) => jitterOf(`job-${index}`, 0, 1000));
    for (let part = 0; part < 10; part += 1) {
      const inside = delays.filter((delay) => Math.floor(delay / 100) === part).length;
      expect(inside).toBeGreaterThan(50);
      expect(inside).toBeLessThan(200);
    }
  });
  it('is pinned, since a new release must not move the starts of jobs', () => {
    expect(jitterOf('report', at('2026-01-01T00:00Z'), 300_000)).toBe(PINNED);
    expect(jitterOf('report', at('2026-01-01T00:00Z'), 0)).toBe(0);
  });
  it('is bounded by itself alone when no further occurrence follows', () => {
    const once = compiled({ at: '2026-01-01T00:00Z', jitter: '10m' });
    const start = once.next(0)?.startTime ?? 0;
    expect(start).toBeGreaterThanOrEqual(at('2026-01-01T00:00Z'));
    expect(start).toBeLessThan(at('2026-01-01T00:10Z'));
  });
});

describe('counting', () => {
  it('stops at the cap', () => {
    expect(compiled('* * * * *').count(0, at('2030-01-01T00:00Z'), 100_000)).toBe(100_000);
    expect(compiled(['* * * * *', 'every 7s']).count(0, at('2030-01-01T00:00Z'), 500)).toBe(500);
    expect(compiled(['0 0 * * *', '0 1 * * *']).count(0, at('1970-02-01T00:00Z'), 10)).toBe(10);
    expect(compiled('* * * * *').count(0, 3_600_000, 0)).toBe(0);
  });
  it('of three years of minutes is arithmetic: exact and without a walk', () => {
    const from = at('2023-11-21T00:00Z');
    const to = at('2026-11-21T00:00Z');
    expect(compiled('* * * * *', 'Europe/Berlin').count(from, to, 10_000_000)).toBe(1_578_240);
    expect(compiled('*/5 * * * * *').count(from, to, 100_000_000)).toBe(18_938_880);
  });
});

describe('the guard', () => {
  const answering = (answer: number) =>
    guarded(
      {
        next: () => ({ at: answer, note: null }),
        previous: () => ({ at: answer, note: null }),
        count: () => answer,
        fill: (_from, _to, into) => {
          into.fill(answer);
          return into.length;
        },
      },
      'a schedule',
    );

  it('refuses an answer that does not progress', () => {
    expect(() => answering(1000).next(1000)).toThrow(EngineFault);
    expect(() => answering(1000).previous(999)).toThrow(EngineFault);
    expect(() => answering(Number.NaN).next(0)).toThrow(EngineFault);
    expect(() => answering(-1).count(0, 1)).toThrow(EngineFault);
    expect(() => answering(1000).fill(1000, 5000, new Float64Array(2))).toThrow(/listed 1000/);
    expect(() => answering(Number.NaN).fill(0, 5000, new Float64Array(1))).toThrow(/listed NaN/);
  });
  it('lets a sound answer pass', () => {
    expect(answering(1000).next(999)?.at).toBe(1000);
    expect(answering(1000).previous(1000)?.at).toBe(1000);
    expect(answering(1000).fill(1000, 1001, new Float64Array(1))).toBe(1);
  });
  it('ends a search at ten thousand steps', () => {
    const steps = new SearchSteps(() => 'a test');
    for (let step = 0; step < 10_000; step += 1) steps.spend();
    expect(() => steps.spend()).toThrow(/asked for a test/);
  });
  it('names an expression that never passed the parser', () => {
    const [sound] = schedulesOf('0 3 * * *');
    if (sound?.kind !== 'cron') throw new Error('a cron schedule was expected');
    expect(() => compileSchedule([{ ...sound, expression: 'nonsense' }], 'a-job')).toThrow(
      EngineFault,
    );
  });
  it('finds the end of time instead of searching for ever', () => {
    const rare = compiled('0 0 29 2 +1');
    expect(rare.next(at('2197-01-01T00:00Z'))).toBeNull();
    expect(rare.previous(at('1971-01-01T00:00Z'))).toBeNull();
    expect(rare.next(at('2026-11-21T00:00Z'))?.nominalTime).toBe(at('2044-02-29T00:00Z'));
  });
});

/** Computed once with the released algorithm. */
const PINNED = 40092;
