import { expect, test } from 'vitest';
import { watchMemory } from '../../src/executor/launcher/memory-watch.ts';
import { FakeClock } from '../support/fake-clock.ts';

function aWatch() {
  const clock = new FakeClock(0);
  const machine = { count: 3 };
  return { clock, machine, watch: watchMemory(clock, () => machine.count) };
}

test('an end by KILL is told together with what the system ended for lack of memory', () => {
  const { clock, machine, watch } = aWatch();
  watch.begin();
  clock.advance(60_000);
  expect(watch.killed()).toEqual([]);
  machine.count = 4;
  expect(watch.killed()).toMatchObject([
    { code: 'out_of_memory', text: 'the system ended a process for lack of memory at that time' },
  ]);
  expect(watch.killed()).toEqual([]);
});

test('what the system ended long before has nothing to do with it', () => {
  const { clock, machine, watch } = aWatch();
  watch.begin();
  clock.advance(1_000);
  watch.rest();
  machine.count = 9;
  clock.advance(3_600_000);
  expect(watch.killed()).toEqual([]);
  watch.begin();
  clock.advance(1);
  expect(watch.killed()).toEqual([]);
});
