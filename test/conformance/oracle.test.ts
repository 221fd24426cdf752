import { describe, expect, it } from 'vitest';
import { seeded } from '../support/a-schedule.ts';
import type { Tally } from './oracle/compare.ts';
import { allZones } from './oracle/corpus.ts';
import { fieldMatch } from './oracle/field-match.ts';
import { follow, judgeCron } from './oracle/judge.ts';
import { proveYear } from './oracle/prove-year.ts';
import { clockReader, daysOfChange, DAY_MS, readStretches } from './oracle/read-clocks.ts';

/** The whole proof is `npm run prove:time`; `JM2_ORACLE_SAMPLES=400` widens this one. */
const SAMPLES = Number(process.env['JM2_ORACLE_SAMPLES'] ?? 25);

describe('the engine beside a minute-by-minute reading of the clocks', () => {
  it('agrees around changes of the clocks from 2000 to 2037, in a seeded sample of zones', () => {
    const random = seeded(20260329);
    const zones = allZones();
    const total: Tally & { changes: number } = { changes: 0, comparisons: 0, disagreements: [] };
    // Most zones have no change in most years, hence the second bound.
    for (let draw = 0; total.changes < SAMPLES && draw < SAMPLES * 20; draw += 1) {
      const zone = zones[Math.floor(random() * zones.length)] ?? 'UTC';
      const year = 2000 + Math.floor(random() * 38);
      const days = daysOfChange(clockReader(zone), year);
      const day = days[Math.floor(random() * days.length)];
      // Now and then a zone without a change, for the quiet times.
      if (day === undefined && draw % 10 > 0) continue;
      const proof = proveYear(year, [zone], (_, drawn) => day === undefined || drawn === day);
      total.changes += proof.transitions;
      total.comparisons += proof.comparisons;
      total.disagreements.push(...proof.disagreements);
    }
    expect(total.disagreements).toEqual([]);
    expect(total.changes).toBe(SAMPLES);
    expect(total.comparisons).toBeGreaterThan(SAMPLES * 1_500);
  }, 600_000);
});

describe('the oracle itself', () => {
  const berlin = (day: string): ReturnType<typeof readStretches> => {
    const noon = Date.parse(`${day}T12:00:00Z`);
    return readStretches(clockReader('Europe/Berlin'), noon - 2 * DAY_MS, noon + DAY_MS);
  };
  const verdicts = (day: string, gap: 'run_once' | 'skip' | 'shift', overlap: 'first' | 'last') =>
    judgeCron(follow(fieldMatch('30 2 * * *'), berlin(day)), { gap, overlap })
      .map((instant) => new Date(instant).toISOString().slice(0, 16))
      .filter((text) => text.startsWith(day));

  it('finds the very second at which the clocks change', () => {
    expect(berlin('2026-03-29').map(({ end }) => new Date(end).toISOString())[0]).toBe(
      '2026-03-29T01:00:00.000Z',
    );
  });

  it('tells the options apart, so that it would see an engine that mixes them up', () => {
    expect(verdicts('2026-03-29', 'run_once', 'first')).toEqual(['2026-03-29T01:00']);
    expect(verdicts('2026-03-29', 'skip', 'first')).toEqual([]);
    expect(verdicts('2026-03-29', 'shift', 'first')).toEqual(['2026-03-29T01:30']);
    expect(verdicts('2026-10-25', 'run_once', 'first')).toEqual(['2026-10-25T00:30']);
    expect(verdicts('2026-10-25', 'run_once', 'last')).toEqual(['2026-10-25T01:30']);
  });

  it('reads the day fields as the manual has them', () => {
    const days = (cron: string): readonly number[] => {
      const match = fieldMatch(cron);
      return Array.from({ length: 28 }, (_, index) => index + 1).filter((day) =>
        match.minute(Date.UTC(2026, 1, day)),
      );
    };
    expect(days('0 0 L * *')).toEqual([28]);
    expect(days('0 0 LW * *')).toEqual([27]);
    expect(days('0 0 1W,15W * *')).toEqual([2, 16]);
    expect(days('0 0 * * 1#1,2#3')).toEqual([2, 17]);
    expect(days('0 0 * * 5L')).toEqual([27]);
    expect(days('0 0 13 * 5')).toEqual([6, 13, 20, 27]);
    expect(days('0 0 13 * +5')).toEqual([13]);
  });
});
