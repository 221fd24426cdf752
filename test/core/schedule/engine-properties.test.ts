import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pickInstant } from '../../../src/core/schedule/wall-time.ts';
import { transitionsBetween } from '../../../src/core/schedule/zone.ts';
import { compiled } from '../../support/a-schedule.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * A fixed seed, so that a run can be repeated; `JM2_PROPERTY_FACTOR=50` with a
 * `JM2_PROPERTY_SEED` of one's own searches further.
 */
function runs(count: number): { numRuns: number; seed: number } {
  return {
    numRuns: count * Number(process.env['JM2_PROPERTY_FACTOR'] ?? 1),
    seed: Number(process.env['JM2_PROPERTY_SEED'] ?? 20260329),
  };
}

const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'Europe/Lisbon',
  'Europe/Dublin',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Havana',
  'America/Recife',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Asia/Pyongyang',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Chatham',
  'Pacific/Apia',
);

const instants = fc.integer({
  min: Date.UTC(2000, 0, 1),
  max: Date.UTC(2037, 11, 31),
});

function field(min: number, max: number): fc.Arbitrary<string> {
  const value = fc.integer({ min, max });
  const step = fc.integer({ min: 1, max: max - min });
  const range = fc
    .tuple(value, value)
    .map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`);
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    { weight: 4, arbitrary: value.map(String) },
    { weight: 1, arbitrary: range },
    { weight: 1, arbitrary: fc.tuple(range, step).map(([text, by]) => `${text}/${by}`) },
    { weight: 1, arbitrary: step.map((by) => `*/${by}`) },
    { weight: 1, arbitrary: fc.tuple(value, value).map((values) => values.join(',')) },
  );
}

const crons = fc
  .record({
    minute: field(0, 59),
    hour: field(0, 23),
    // Up to the 28th, so that every expression fires.
    day: fc.oneof(field(1, 28), fc.constantFrom('L', '15W', 'LW')),
    month: field(1, 12),
    weekday: fc.oneof(field(0, 6), fc.constantFrom('5L', '1#2', 'mon-fri')),
    timezone: zones,
    dst_gap: fc.constantFrom('run_once', 'skip', 'shift'),
    dst_overlap: fc.constantFrom('first', 'last', 'both'),
  })
  .map(({ minute, hour, day, month, weekday, ...rest }) => ({
    cron: `${minute} ${hour} ${day} ${month} ${weekday}`,
    ...rest,
  }));

describe('every cron schedule in every zone', () => {
  it('progresses: the next one is later, and the same from anywhere before it', () => {
    fc.assert(
      fc.property(
        crons,
        instants,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (cron, after, part) => {
          const schedule = compiled(cron);
          const next = schedule.next(after);
          if (next === null) return;
          expect(next.nominalTime).toBeGreaterThan(after);
          const between = after + Math.floor(part * (next.nominalTime - 1 - after));
          expect(schedule.next(between)).toEqual(next);
        },
      ),
      runs(400),
    );
  });

  it('leads back: the one before is found from the one after', () => {
    fc.assert(
      fc.property(crons, instants, (cron, after) => {
        const schedule = compiled(cron);
        const next = schedule.next(after);
        if (next === null) return;
        expect(schedule.previous(next.nominalTime)).toEqual(next);
        const before = schedule.previous(next.nominalTime - 1);
        if (before === null) return;
        expect(before.nominalTime).toBeLessThanOrEqual(after);
        expect(schedule.next(before.nominalTime)).toEqual(next);
      }),
      runs(400),
    );
  });

  it('agrees with itself: range, chains of next and previous, and the count', () => {
    fc.assert(
      fc.property(crons, instants, fc.integer({ min: 1, max: 40 }), (cron, from, days) => {
        const schedule = compiled(cron);
        // The zone's next change is inside, where the answers are hardest.
        const change = transitionsBetween(cron.timezone, from, from + 200 * DAY_MS)[0]?.at ?? from;
        const start = change - MINUTE_MS * 91;
        const end = Math.min(start + days * DAY_MS, start + 40 * DAY_MS);
        const range: number[] = [];
        for (const found of schedule.range(start, end)) {
          range.push(found.nominalTime);
          if (range.length >= 3000) break;
        }
        if (range.length >= 3000) return;
        const forward: number[] = [];
        for (let at = start - 1; ;) {
          const found = schedule.next(at);
          if (found === null || found.nominalTime >= end) break;
          forward.push((at = found.nominalTime));
        }
        const backward: number[] = [];
        for (let at = end; ;) {
          const found = schedule.previous(at - 1);
          if (found === null || found.nominalTime < start) break;
          backward.unshift((at = found.nominalTime));
        }
        expect(forward).toEqual(range);
        expect(backward).toEqual(range);
        expect(range.every((time, index) => index === 0 || time > (range[index - 1] ?? 0))).toBe(
          true,
        );
        expect([...schedule.times(start, end)].flatMap((times) => [...times])).toEqual(range);
        expect(schedule.count(start, end, 1_000_000)).toBe(range.length);
        const middle = start + Math.floor((end - start) / 3);
        const parts = schedule.count(start, middle, 1e6) + schedule.count(middle, end, 1e6);
        expect(parts).toBe(range.length);
      }),
      runs(250),
    );
  });
});

describe('fixed-time jobs', () => {
  it('start exactly once per local date', () => {
    const dayZones = zones.filter((zone) => zone !== 'Pacific/Apia');
    const hours = fc.integer({ min: 0, max: 23 });
    const minutes = fc.integer({ min: 0, max: 59 });
    fc.assert(
      fc.property(dayZones, hours, minutes, instants, (timezone, hour, minute, from) => {
        const schedule = compiled(`${minute} ${hour} * * *`, timezone);
        const firstDay = Math.floor(from / DAY_MS);
        // From noon to noon, half a day away from the time on most days, and on quiet days.
        const noon = (day: number) => quietNoon(timezone, day);
        const start = noon(firstDay);
        const end = noon(firstDay + 400);
        const dates = end.day - start.day;
        expect(schedule.count(start.instant, end.instant, 1_000_000)).toBe(dates);
      }),
      runs(300),
    );
  });
});

describe('wildcard jobs', () => {
  it('keep elapsed time through every change of the clocks', () => {
    fc.assert(
      fc.property(zones, instants, (timezone, after) => {
        const schedule = compiled('*/15 * * * *', timezone);
        const change = transitionsBetween(timezone, after, after + 200 * DAY_MS)[0]?.at ?? after;
        const times = [...schedule.range(change - DAY_MS, change + DAY_MS)].map(
          (found) => found.nominalTime,
        );
        expect(times).toHaveLength(192);
        times.forEach((time, index) => {
          if (index > 0) expect(time - (times[index - 1] ?? 0)).toBe(15 * MINUTE_MS);
        });
      }),
      runs(60),
    );
  });
});

describe('the distance between two starts', () => {
  it('is between 20 and 28 hours for a job of once a day, whatever the clocks do', () => {
    const hours = fc.integer({ min: 0, max: 23 });
    // Apia once left out a whole day.
    const dayZones = zones.filter((zone) => zone !== 'Pacific/Apia');
    fc.assert(
      fc.property(dayZones, hours, instants, (timezone, hour, after) => {
        const schedule = compiled(`30 ${hour} * * *`, timezone);
        const change = transitionsBetween(timezone, after, after + 200 * DAY_MS)[0]?.at ?? after;
        const times = [...schedule.range(change - 3 * DAY_MS, change + 3 * DAY_MS)];
        const gaps = times.slice(1).map((one, at) => one.nominalTime - times[at]!.nominalTime);
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(20 * 60 * MINUTE_MS);
        expect(Math.max(...gaps)).toBeLessThanOrEqual(28 * 60 * MINUTE_MS);
      }),
      runs(150),
    );
  });

  it('is never below the resolution of the expression, a minute or a second', () => {
    fc.assert(
      fc.property(crons, instants, fc.boolean(), (cron, after, inSeconds) => {
        const text = inSeconds ? `*/7 ${cron.cron}` : cron.cron;
        const schedule = compiled({ ...cron, cron: text });
        let before: number | null = null;
        for (const { nominalTime } of schedule.range(after, after + 40 * DAY_MS)) {
          if (before !== null) {
            expect(nominalTime - before).toBeGreaterThanOrEqual(inSeconds ? 1000 : MINUTE_MS);
          }
          if (before !== null && nominalTime - after > 3 * DAY_MS) break;
          before = nominalTime;
        }
      }),
      runs(100),
    );
  });
});

/** Lists of one to three rules of all kinds, with bounds and jitter, as a job may have them. */
const rules = fc
  .array(
    fc.oneof(
      crons,
      fc.record({
        every: fc.constantFrom('90s', '7m', '45m', '1h30m', '24h'),
        anchor: fc.constantFrom('06:00', '2026-01-01T00:00:30Z', '02:30'),
        timezone: zones,
      }),
      fc
        .record({ instant: instants, timezone: zones })
        .map(({ instant, timezone }) => ({ at: new Date(instant).toISOString(), timezone })),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .chain((list) =>
    fc
      .record({
        jitter: fc.constantFrom('1ms', '1s', '10m', '3h', '2d'),
        from: fc.option(instants, { nil: null }),
        days: fc.option(fc.integer({ min: 2, max: 400 }), { nil: null }),
      })
      .map(({ jitter, from, days }) =>
        list.map((rule) => ({
          ...rule,
          jitter,
          // A moment outside its bounds would be refused, and so would a job that never runs.
          ...(from === null || 'at' in rule ? {} : { from: new Date(from).toISOString() }),
          ...(from !== null && days !== null && 'every' in rule
            ? { until: new Date(from + days * DAY_MS).toISOString() }
            : {}),
        })),
      ),
  );

describe('all schedules of a job together', () => {
  it('range, chains of next and previous, and the count say the same', () => {
    fc.assert(
      fc.property(rules, instants, (list, from) => {
        const schedule = compiled(list);
        const to = from + 3 * DAY_MS;
        const range = [...schedule.range(from, to)];
        let after = from - 1;
        for (const found of range) {
          expect(schedule.next(after)).toEqual(found);
          expect(schedule.previous(found.nominalTime)).toEqual(found);
          after = found.nominalTime;
        }
        expect(schedule.next(after)?.nominalTime ?? to).toBeGreaterThanOrEqual(to);
        const times = [...schedule.times(from, to)].flatMap((block) => [...block]);
        expect(times).toEqual(range.map(({ nominalTime }) => nominalTime));
        expect(schedule.count(from, to, 1_000_000)).toBe(range.length);
      }),
      runs(120),
    );
  });

  it('jitter delays by less than its bound, never to or beyond the next nominal time', () => {
    fc.assert(
      fc.property(rules, instants, (list, from) => {
        const schedule = compiled(list);
        let found = schedule.next(from);
        for (let step = 0; step < 50 && found !== null; step += 1) {
          const following = schedule.next(found.nominalTime);
          expect(found.startTime).toBeGreaterThanOrEqual(found.nominalTime);
          expect(found.startTime - found.nominalTime).toBeLessThanOrEqual(2 * DAY_MS);
          if (following !== null) expect(found.startTime).toBeLessThan(following.nominalTime);
          found = following;
        }
      }),
      runs(150),
    );
  });

  it('answers from the ends of time, and for nothing left, with nothing', () => {
    fc.assert(
      fc.property(rules, (list) => {
        const schedule = compiled(list);
        expect(schedule.next(Date.UTC(2200, 0, 1))).toBeNull();
        expect(schedule.previous(-1)).toBeNull();
        expect(schedule.count(Date.UTC(2199, 11, 31, 23, 59, 59, 999), 1e15, 10)).toBeLessThan(2);
      }),
      runs(60),
    );
  });
});

/** Local noon of the first day at or after `day` with no change of the clocks within two days. */
function quietNoon(timezone: string, day: number): { day: number; instant: number } {
  for (let candidate = day; candidate < day + 30; candidate += 1) {
    const { instant } = pickInstant(timezone, candidate * DAY_MS + DAY_MS / 2);
    const near = transitionsBetween(timezone, instant - 2 * DAY_MS, instant + 2 * DAY_MS);
    if (near.length === 0) return { day: candidate, instant };
  }
  throw new Error(`no quiet day in ${timezone}`);
}
