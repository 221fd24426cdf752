// How far a longer piece of work is, as one line on the terminal that goes away when
// the work ends. Nothing is shown in the first second, to a pipe, with --json or --quiet.
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Context } from './context.ts';
import { slot, slots, writer } from './progress-line.ts';

/** Starting a thread takes a while, which quick work is not to pay. */
const threadAfterMs = 200;
/** The thread writes one line at a time; a terminal that takes none is not waited for. */
const threadWritesMaxMs = 500;

export interface Progress {
  /** So many of so many; to be called often, it costs nothing. */
  readonly reached: (done: number, total: number) => void;
}

/**
 * Does the work and meanwhile shows `title` with how far it is. `atOnce` for work
 * that neither awaits nor calls `reached`: it leaves no moment in which to begin.
 */
export async function withProgress<T>(
  context: Pick<Context, 'output'>,
  title: string,
  work: (progress: Progress) => T | Promise<T>,
  options: { readonly atOnce?: boolean } = {},
): Promise<T> {
  const width = context.output.progressWidth;
  const program = width === null ? null : threadProgram();
  if (program === null || width === null) return work({ reached: () => undefined });
  const startedAt = Date.now();
  const memory = new Int32Array(new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT));
  let thread: Worker | null = null;
  const begin = (): void => {
    clearTimeout(timer);
    context.output.progressBegins();
    thread ??= startThread(program, { title, startedAt, width, memory });
  };
  const timer = setTimeout(begin, threadAfterMs);
  if (options.atOnce === true) begin();
  try {
    return await work({
      reached: (done, total) => {
        Atomics.store(memory, slot.done, done);
        Atomics.store(memory, slot.total, total);
        if (thread === null && Date.now() - startedAt >= threadAfterMs) begin();
      },
    });
  } finally {
    clearTimeout(timer);
    context.output.progressEnds(isShownAtEnd(memory));
  }
}

function startThread(program: URL, workerData: object): Worker {
  const thread = new Worker(program, { workerData });
  // Without it the work goes on as well.
  thread.on('error', () => undefined);
  thread.unref();
  return thread;
}

/** From here on the thread writes nothing; whether its line stands there. */
function isShownAtEnd(memory: Int32Array): boolean {
  const deadline = Date.now() + threadWritesMaxMs;
  while (
    Atomics.compareExchange(memory, slot.writer, writer.nobody, writer.ended) === writer.thread &&
    Date.now() < deadline
  ) {
    Atomics.wait(memory, slot.writer, writer.thread, threadWritesMaxMs);
  }
  Atomics.notify(memory, slot.writer);
  return Atomics.load(memory, slot.shown) === 1;
}

/** Null when jm2 runs from its sources: nothing is shown then. */
function threadProgram(): URL | null {
  const places = ['./progress-thread.js', '../progress-thread.js'];
  return (
    places.map((place) => new URL(place, import.meta.url)).find((url) => existsSync(url)) ?? null
  );
}
