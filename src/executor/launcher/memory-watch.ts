// Whether the system ended processes because memory ran out: a command that
// ended by KILL, which nobody sent it, may be one of them. The system counts such
// ends for the whole machine only, so this is told as a coincidence in time.
import { readFileSync } from 'node:fs';
import type { RunNote } from '../../core/runs/run.ts';
import type { CancelTimer, Clock } from '../../system/clock.ts';

export interface MemoryWatch {
  /** A command has been started. */
  begin(): void;
  /** A command has ended by KILL: what there is to know about it. */
  killed(): RunNote[];
  /** No command runs any more. */
  rest(): void;
}

/** A count this old says nothing about an end now. Reading it costs a quarter of a millisecond. */
const lookMs = 5_000;

export function watchMemory(clock: Clock, read: () => number | null = readCount): MemoryWatch {
  let count: number | null = null;
  let seenAt = -Infinity;
  let cancel: CancelTimer | null = null;

  function look(): void {
    cancel = null;
    count = read();
    seenAt = clock.monotonic();
    // Where nobody counts, there is nothing to watch.
    if (count !== null) cancel = clock.setTimer(lookMs, look);
  }

  return {
    begin() {
      // After the starts of this turn, none of which can have run out of memory yet.
      if (cancel === null) cancel = clock.setTimer(0, look);
    },
    killed() {
      const before = clock.monotonic() - seenAt <= 2 * lookMs ? count : null;
      const now = read();
      if (now === null || before === null || now <= before) return [];
      count = now;
      const text =
        now - before === 1
          ? 'the system ended a process for lack of memory at that time'
          : `the system ended ${now - before} processes for lack of memory at that time`;
      return [{ code: 'out_of_memory', text, at: clock.now() }];
    },
    rest() {
      cancel?.();
      cancel = null;
    },
  };
}

function readCount(): number | null {
  try {
    const found = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'latin1'));
    return found?.[1] === undefined ? null : Number(found[1]);
  } catch {
    return null;
  }
}
