// The nominal times of a range, one after the other, for those who compare
// instants and need to know nothing else of them.
import type { CompiledSchedule } from './schedule.ts';

/** With from <= time < to, oldest first; lazily. */
export function* nominalTimes(
  compiled: Pick<CompiledSchedule, 'times'>,
  from: number,
  to: number,
): Generator<number, void> {
  for (const block of compiled.times(from, to)) yield* block;
}
