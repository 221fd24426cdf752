// The plan of a daily job moved to another hour, at any moment of weeks in which
// clocks change, beside an oracle that knows only the calendar of Intl: a run is at
// the first moment of its local day whose clock shows its time, or a later one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computePlan } from '../../../src/core/plan/compute-plan.ts';
import { aJob } from '../../support/store-records.ts';
import { cron, day, states } from './plan-states.ts';

const step = 5 * 60_000;
const horizonMs = 3 * day;

interface Moment {
  readonly instant: number;
  readonly date: string;
  readonly minutes: number;
}

function momentsOf(zone: string, from: number): Moment[] {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return Array.from({ length: (9 * day) / step }, (_, index) => {
    const instant = from + index * step;
    const [date = '', time = ''] = format.format(instant).split(' ');
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return { instant, date, minutes: hour * 60 + minute };
  });
}

/** Runs of a job at this local time, by the days of the table. */
function runsAt(target: number, moments: readonly Moment[]): Set<number> {
  const first = new Map<string, number>();
  for (const { instant, date, minutes } of moments) {
    if (minutes >= target && !first.has(date)) first.set(date, instant);
  }
  return new Set(first.values());
}

describe.each([
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-11-01'],
  ['Asia/Beirut', '2026-03-29'],
  ['Australia/Lord_Howe', '2026-10-04'],
])('in %s around %s', (zone, date) => {
  // Begins with a whole day, so that the first day of the table is not cut short for the runs looked at.
  const moments = momentsOf(zone, Date.parse(`${date}T00:00:00Z`) - 4 * day);
  const start = (moments[0]?.instant ?? 0) + 2 * day;
  const target = fc.integer({ min: 0, max: 287 }).map((index) => index * 5);
  const written = (minutes: number): string => `${minutes % 60} ${Math.floor(minutes / 60)} * * *`;

  it('what a daily job loses and gains is what the oracle says', () => {
    fc.assert(
      fc.property(target, target, fc.integer({ min: 0, max: (3 * day) / step }), (one, two, at) => {
        const now = start + at * step + 1000;
        const job = (minutes: number) =>
          aJob('a', { schedules: [cron(written(minutes), { timezone: zone })], timezone: zone });
        const plan = computePlan(states([job(one)], [job(two)], { now, horizonMs }));
        const within = (times: Set<number>) =>
          [...times].filter((time) => time > now && time <= now + horizonMs);
        const [before, after] = [runsAt(one, moments), runsAt(two, moments)];
        const change = plan.changes[0];
        const lost = within(before).filter((time) => !after.has(time));
        const gained = within(after).filter((time) => !before.has(time));
        expect(change?.impact.lost ?? []).toEqual(lost);
        expect(change?.impact.gained ?? []).toEqual(gained);
      }),
      { numRuns: 80, seed: 20260329 },
    );
  });
});
