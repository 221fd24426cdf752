import { expect, it } from 'vitest';
import type { Schedule } from '../../src/core/schedule/schedule.ts';
import { watchedCompile } from '../../src/scheduler/schedule-book.ts';
import { everyMinute, noon } from '../support/store-records.ts';

const minute = 60_000;

it('compiles equal schedules once, whosever they are', () => {
  const compile = watchedCompile(undefined);
  const first = compile([everyMinute()], 'a');
  expect(compile([everyMinute()], 'b')).toBe(first);
  expect(compile([everyMinute('5 * * * *')], 'b')).not.toBe(first);
  expect(first.next(noon)?.nominalTime).toBe(noon + minute);
});

it('compiles what depends on the name of the job for each of them', () => {
  const compile = watchedCompile(undefined);
  const jittered: Schedule[] = [{ ...everyMinute(), jitterMs: 50_000 }];
  const [a, b] = [compile(jittered, 'a'), compile(jittered, 'b')];
  expect(a.next(noon)?.startTime).not.toBe(b.next(noon)?.startTime);
});

it('shares nothing of an engine that was given, and looks at its answers all the same', () => {
  let compiled = 0;
  const compile = watchedCompile(() => {
    compiled += 1;
    const at = { nominalTime: noon, startTime: noon, note: null, schedule: 0 };
    return { next: () => at, previous: () => at, range: () => [], count: () => 0 } as never;
  });
  const stuck = compile([everyMinute()], 'a');
  compile([everyMinute()], 'b');
  expect(compiled).toBe(2);
  expect(() => stuck.next(noon)).toThrow('answered');
});

it('still shares what a job has after it looked for what none has any more', () => {
  const compile = watchedCompile(undefined);
  const every = (seconds: number): Schedule[] => [
    { ...everyMinute(), kind: 'every', intervalMs: seconds * 1000, anchor: 0 } as never,
  ];
  const kept = compile(every(1), 'a');
  for (let seconds = 2; seconds < 4_100; seconds += 1) compile(every(seconds), 'a');
  expect(compile(every(1), 'b')).toBe(kept);
});
