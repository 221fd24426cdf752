import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transitionsBetween } from '../../../src/core/schedule/zone.ts';
import { compiled } from '../../support/a-schedule.ts';
import { differences, type Difference } from './croner-differences.ts';

// In UTC nothing is left to the rules for changing clocks, so croner, a
// calculator with fields of its own, must give the very same instants.
const EXPRESSIONS = [
  '* * * * *',
  '*/7 * * * *',
  '5-50/15,59 * * * *',
  '0 0 * * *',
  '30 2,14 * * *',
  '*/20 30 6-9/3 * * *',
  '15,45 0 12 1 1 *',
  '0 0 29 2 *',
  '0 0 31 * *',
  '0 0 1,15 * 5',
  '0 0 */2 * 1',
  '0 0 */10 3-11/4 *',
  '0 9 * * 1-5',
  '0 9 * * 5-7',
  '0 9 * * */2',
  '0 9 * * 0,3,7',
  '0 0 L * *',
  '0 0 1,L * *',
  '0 0 LW * *',
  '0 0 1W * *',
  '0 0 15W,31W * *',
  '0 0 L 2 *',
  '0 0 * * 5L',
  '0 0 * * 0L',
  '0 0 * * 7#1',
  '0 0 * * 1#1,2#3',
  '0 0 * * 5#5',
  '0 0 13 * +5',
  '0 0 1-7 * +1',
  '0 0 15W * 5L',
  '0 0 L 1,6,12 1#2',
];
/** The engine's time ends with the year 2199. */
const HORIZON = Date.UTC(2200, 0, 1);
const STARTS = ['2026-01-01T00:00:00Z', '2027-12-31T23:59:59Z', '2096-02-28T12:34:56Z'];

function byCroner(expression: string, after: number, count: number): readonly number[] {
  const cron = new Cron(expression, { mode: '5-or-6-parts', timezone: 'UTC', paused: true });
  const times = cron.nextRuns(count, new Date(after)).map((date) => date.getTime());
  return times.filter((time) => time < HORIZON);
}

function byEngine(expression: string, after: number, count: number): readonly number[] {
  const schedule = compiled(expression);
  const times: number[] = [];
  let at = after;
  while (times.length < count) {
    const found = schedule.next(at);
    if (found === null) break;
    times.push((at = found.nominalTime));
  }
  return times;
}

describe('beside croner in UTC', () => {
  it.each(EXPRESSIONS)('%s yields the same instants', (expression) => {
    for (const start of STARTS) {
      const after = Date.parse(start);
      expect(byEngine(expression, after, 30)).toEqual(byCroner(expression, after, 30));
    }
  });

  it('random fields yield the same instants', () => {
    const list = (min: number, max: number) =>
      fc
        .array(fc.integer({ min, max }), { minLength: 1, maxLength: 3 })
        .map((values) => values.join(','));
    const orStar = (values: fc.Arbitrary<string>) => fc.oneof(fc.constant('*'), values);
    fc.assert(
      fc.property(
        orStar(list(0, 59)),
        orStar(list(0, 23)),
        orStar(list(1, 28)),
        orStar(list(1, 12)),
        orStar(list(0, 7)),
        fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2090, 0, 1) }),
        (minute, hour, day, month, weekday, after) => {
          const expression = `${minute} ${hour} ${day} ${month} ${weekday}`;
          expect(byEngine(expression, after, 8)).toEqual(byCroner(expression, after, 8));
        },
      ),
      { numRuns: 150, seed: 20260329 },
    );
  });
});

/** Days of change, in UTC: of an hour, half an hour and two, at midnight, and across the date line. */
const CHANGES: readonly (readonly [string, string])[] = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-10-03'],
  ['Australia/Lord_Howe', '2026-04-04'],
  ['Pacific/Chatham', '2026-09-26'],
  ['Pacific/Chatham', '2026-04-04'],
  ['Africa/Cairo', '2026-04-23'],
  ['Africa/Cairo', '2026-10-29'],
  ['America/Santiago', '2026-09-06'],
  ['America/Santiago', '2026-04-05'],
  ['America/Havana', '2026-11-01'],
  ['Antarctica/Troll', '2026-03-29'],
  ['Antarctica/Troll', '2026-10-25'],
  ['Asia/Pyongyang', '2018-05-04'],
  ['America/St_Johns', '2026-03-08'],
  ['Pacific/Apia', '2011-12-30'],
];
const NEAR_CHANGES = [
  '30 2 * * *',
  '0 0 * * *',
  '45 23 * * *',
  '0 2,3 * * *',
  '0 0 * * 5',
  '15,30 0 1-7 * *',
  '0,20,40 30 2 * * *',
  '0-30/30 2 * * *',
  '7 * * * *',
  '*/15 * * * *',
  '*/20 2 * * *',
  '10 */6 * * *',
];

describe('beside croner, told to take named times for fixed ones, where the clocks change', () => {
  it('differs in what was read and accepted, and in nothing else', () => {
    const found: Difference[] = [];
    for (const [zone, day] of CHANGES) {
      const near = Date.parse(`${day}T00:00Z`);
      const [change] = transitionsBetween(zone, near - 86_400_000, near + 2 * 86_400_000);
      expect(change, `${zone} ${day}`).toBeDefined();
      const from = (change?.at ?? 0) - 6 * 3_600_000;
      const to = from + 12 * 3_600_000;
      for (const cron of NEAR_CHANGES) {
        const ours = [...compiled(cron, zone).range(from, to)].map((one) => one.nominalTime);
        const theirs = rangeByCroner(cron, zone, from, to);
        const onlyJm2 = ours.filter((time) => !theirs.includes(time)).map(clock);
        const onlyCroner = theirs.filter((time) => !ours.includes(time)).map(clock);
        if (onlyJm2.length + onlyCroner.length > 0) {
          found.push({ zone, day, cron, onlyJm2, onlyCroner });
        }
      }
    }
    const inOrder = (list: readonly Difference[]): readonly string[] =>
      list.map((one) => JSON.stringify(one)).toSorted();
    expect(inOrder(found)).toEqual(inOrder(differences));
  });
});

function rangeByCroner(cron: string, zone: string, from: number, to: number): readonly number[] {
  const calculator = new Cron(cron, {
    mode: '5-or-6-parts',
    timezone: zone,
    paused: true,
    fixedTimeRule: 'no-wildcard',
  });
  const times: number[] = [];
  // At most one a second.
  for (let at = from - 1; times.length < 50_000;) {
    const next = calculator.nextRun(new Date(at))?.getTime();
    if (next === undefined || next >= to) break;
    expect(next, `croner progresses: ${cron} in ${zone}`).toBeGreaterThan(at);
    times.push((at = next));
  }
  return times;
}

function clock(instant: number): string {
  return new Date(instant).toISOString().slice(11, 16);
}
