import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compiled } from '../../support/a-schedule.ts';

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
