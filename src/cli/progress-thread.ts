// The other end of progress.ts: shows how far the work is, from a thread of its own,
// because copying a store or proving an import leaves the command no moment to do it.
// An entry of the build, never imported.
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { progressLine, quietMs, shownEveryMs, slot, writer } from './progress-line.ts';

const { title, startedAt, width, memory } = workerData as {
  readonly title: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly width: number;
  readonly memory: Int32Array;
};

// The wait doubles as the pause: it ends at once when the command ends the line.
for (;;) {
  const elapsedMs = Math.max(0, Date.now() - startedAt);
  const pause = Math.max(shownEveryMs, quietMs - elapsedMs);
  Atomics.wait(memory, slot.writer, writer.nobody, pause);
  if (Atomics.compareExchange(memory, slot.writer, writer.nobody, writer.thread) !== writer.nobody)
    break;
  const done = Atomics.load(memory, slot.done);
  const total = Atomics.load(memory, slot.total);
  show(progressLine({ title, elapsedMs: Math.max(0, Date.now() - startedAt), done, total }, width));
  Atomics.store(memory, slot.writer, writer.nobody);
  Atomics.notify(memory, slot.writer);
}

function show(line: string): void {
  try {
    writeSync(2, `\r\u001b[K${line}`);
    Atomics.store(memory, slot.shown, 1);
  } catch {
    // A terminal that has gone, or takes nothing more just now: the work matters.
  }
}
