import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/core/manifest/job.ts';
import type { Schedule } from '../../src/core/schedule/schedule.ts';
import { compileSchedule } from '../../src/core/schedule/compile-schedule.ts';
import { countPerSlot, nextOccurrences, occurrencesBetween } from '../../src/cli/occurrences.ts';
import type { Compiled } from '../../src/cli/occurrences.ts';

const minute = 60_000;
const start = Date.parse('2026-03-27T12:00:00Z');

function every(name: string, intervalMs: number, suspend = false): Compiled {
  const schedule: Schedule = {
    kind: 'every',
    intervalMs,
    anchor: 0,
    timezone: 'UTC',
    jitterMs: 0,
    from: null,
    until: null,
    written: 'every',
  };
  const job = { name, schedules: [schedule], timezone: 'UTC', suspend } as unknown as Job;
  return { job, schedule: compileSchedule([schedule], name) };
}

const compiled = [every('b', 10 * minute), every('a', 5 * minute), every('c', 7 * minute)];

describe('occurrences of several jobs', () => {
  it('come in order of time, at one instant by name', () => {
    const { occurrences } = nextOccurrences(compiled, start, 4, null);
    expect(
      occurrences.map(({ job, nominalTime }) => [job, (nominalTime - start) / minute]),
    ).toEqual([
      ['c', 3],
      ['a', 5],
      ['a', 10],
      ['b', 10],
    ]);
  });

  it('of a range include its start and not its end', () => {
    const range = { from: start, to: start + 10 * minute };
    const { occurrences, truncated } = occurrencesBetween(compiled, range, 100, null);
    expect(
      occurrences.map(({ job, nominalTime }) => [job, (nominalTime - start) / minute]),
    ).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 3],
      ['a', 5],
    ]);
    expect(truncated).toBe(false);
  });

  it('beyond the bound are left out and said to be', () => {
    const range = { from: start, to: start + 600 * minute };
    const { occurrences, truncated } = occurrencesBetween(compiled, range, 5, null);
    expect([occurrences.length, truncated]).toEqual([5, true]);
  });

  it('agree with the schedules one by one over many jobs', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      every(`j${String(index).padStart(2, '0')}`, (index + 3) * minute),
    );
    const range = { from: start, to: start + 300 * minute };
    const { occurrences } = occurrencesBetween(many, range, 100_000, null);
    const expected = many
      .flatMap(({ job, schedule }) =>
        [...schedule.range(range.from, range.to)].map(({ nominalTime }) => ({
          job: job.name,
          nominalTime,
        })),
      )
      .toSorted((a, b) => a.nominalTime - b.nominalTime || (a.job < b.job ? -1 : 1));
    expect(occurrences.map(({ job, nominalTime }) => ({ job, nominalTime }))).toEqual(expected);
  });

  it('of a suspended job are marked', () => {
    const { occurrences } = nextOccurrences([every('s', minute, true)], start, 1, null);
    expect(occurrences[0]?.note).toBe('suspended');
  });

  it('are counted per slot', () => {
    expect(countPerSlot(compiled[1]!, start, start + 60 * minute, 15 * minute)).toEqual([
      3, 3, 3, 3,
    ]);
  });
});
