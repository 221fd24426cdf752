// How long the event loop kept its callers waiting, sampled while there is work.
// Sampling wakes the process, so it ends by itself when nothing happens: an idle
// daemon sleeps. What counts as work is the caller's.
import { createHistogram } from 'node:perf_hooks';
import type { CancelTimer, Clock } from './clock.ts';

export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Epoch ms of the first sample. */
  readonly since: number;
}

export interface LoopDelayMeter {
  /** Something happens: samples are taken from now until it has been quiet for a while. */
  noteWork(): void;
  /** Null before the first sample. */
  read(): LoopDelay | null;
  close(): void;
}

const periodMs = 20;
const quietMs = 1_000;
/** Samples older than this say nothing about today; they go when new ones begin. */
const windowMs = 3_600_000;
/** A machine that slept is no busy loop. */
const longestMs = 60_000;

export function createLoopDelayMeter(clock: Clock): LoopDelayMeter {
  const histogram = createHistogram({ figures: 3 });
  let since: number | null = null;
  let sinceMono = 0;
  let cancel: CancelTimer | null = null;
  let workAt = 0;
  let isClosed = false;

  function arm(): void {
    const dueAt = clock.monotonic() + periodMs;
    cancel = clock.setTimer(periodMs, () => {
      cancel = null;
      const now = clock.monotonic();
      sample(now - dueAt);
      if (now - workAt < quietMs) arm();
    });
  }

  /**
   * A loop that was blocked for a second would have kept fifty samples waiting,
   * each a little less: one sample alone would hide it among the good ones.
   */
  function sample(lateMs: number): void {
    if (lateMs > longestMs) return;
    for (let waited = Math.max(0, lateMs); waited >= 0; waited -= periodMs) {
      histogram.record(Math.round(waited * 1_000) + 1);
    }
  }

  return {
    noteWork() {
      const now = clock.monotonic();
      workAt = now;
      if (cancel !== null || isClosed) return;
      if (since === null || now - sinceMono > windowMs) {
        histogram.reset();
        since = clock.now();
        sinceMono = now;
      }
      arm();
    },
    read() {
      if (since === null || histogram.count === 0) return null;
      const ms = (micros: number): number => Math.round(micros / 100) / 10;
      const [p50, p99] = [histogram.percentile(50), histogram.percentile(99)];
      return { p50Ms: ms(p50), p99Ms: ms(p99), maxMs: ms(histogram.max), since };
    },
    close() {
      isClosed = true;
      cancel?.();
      cancel = null;
    },
  };
}
