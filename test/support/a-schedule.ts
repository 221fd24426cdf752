import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import { formatLocal, toIso } from '../../src/core/schedule/local-time.ts';
import { parseSchedules } from '../../src/core/schedule/parse-schedule.ts';
import type { CompiledSchedule, Schedule } from '../../src/core/schedule/schedule.ts';

/** The schedules of a value as written; throws when it has an error, so that a test cannot pass by accident. */
export function schedulesOf(input: unknown, timezone = 'UTC'): readonly Schedule[] {
  const { schedules, problems } = parseSchedules(input, { timezone, named: {}, seed: 'job' });
  const fault = problems.find((problem) => problem.severity === 'error');
  if (fault !== undefined) throw new Error(`${fault.code}: ${fault.detail}`);
  return schedules;
}

export function compiled(input: unknown, timezone = 'UTC', job = 'a-job'): CompiledSchedule {
  return compileSchedule(schedulesOf(input, timezone), job);
}

/** Nominal times in ISO, with the note after a blank. */
export function timesIn(schedule: CompiledSchedule, from: string, to: string): readonly string[] {
  return [...schedule.range(Date.parse(from), Date.parse(to))].map(({ nominalTime, note }) =>
    note === null ? toIso(nominalTime) : `${toIso(nominalTime)} ${note}`,
  );
}

/** The instants whose local date in the zone is `date`. */
export function timesOnLocalDay(input: unknown, timezone: string, date: string): readonly string[] {
  const noon = Date.parse(`${date}T12:00:00Z`);
  const near = compiled(input, timezone).range(noon - 48 * 3_600_000, noon + 48 * 3_600_000);
  return [...near]
    .filter(({ nominalTime }) => formatLocal(nominalTime, timezone).startsWith(date))
    .map(({ nominalTime }) => toIso(nominalTime));
}

/** A small generator of numbers in [0, 1) from a seed, for repeatable samples. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
