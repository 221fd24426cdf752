// Makes the schedules of one job answer as one: preview and scheduler both ask
// here, so they cannot disagree. Which instants each schedule yields is left
// to its source.
import { CronOccurrences } from './cron-occurrences.ts';
import { EveryOnDays } from './every-on-days.ts';
import { EngineFault } from './engine-fault.ts';
import { jitterOf } from './jitter.ts';
import {
  bounded,
  fillByNext,
  guarded,
  type Nominal,
  type OccurrenceSource,
} from './occurrence-source.ts';
import { parseCron } from './parse-cron.ts';
import { atOccurrence, everyOccurrences } from './plain-occurrences.ts';
import type { CompiledSchedule, Occurrence, Schedule } from './schedule.ts';

/** Times of one block: enough that what a block costs does not count. */
const blockMax = 1_024;
/** Of the first, since many only look at how a range begins. */
const firstBlockMax = 32;

/** A nominal time of the whole job: the lowest schedule that names it speaks for it. */
interface Merged extends Nominal {
  readonly schedule: number;
}

/**
 * Compiles the schedules of one job; the job's name seeds the jitter. The
 * result holds no state of its own and may be kept as long as the schedules
 * do. Throws EngineFault for an expression that `parseSchedules` would refuse,
 * and its methods throw it when the engine does not progress.
 */
export function compileSchedule(schedules: readonly Schedule[], jobName: string): CompiledSchedule {
  const sources = schedules.map((schedule) =>
    guarded(bounded(sourceOf(schedule), schedule.from, schedule.until), schedule.written),
  );

  const nextMerged = (after: number): Merged | null => pick(sources, 'next', after);

  const finish = (merged: Merged, following: () => Merged | null): Occurrence => {
    const jitterMs = schedules[merged.schedule]?.jitterMs ?? 0;
    let delay = 0;
    if (jitterMs > 0) {
      // A start never reaches the next nominal time, so starts keep their order.
      const distance = (following()?.at ?? Number.MAX_SAFE_INTEGER) - merged.at;
      delay = jitterOf(jobName, merged.at, Math.min(jitterMs, distance));
    }
    return {
      nominalTime: merged.at,
      startTime: merged.at + delay,
      note: merged.note,
      schedule: merged.schedule,
    };
  };

  const only = sources.length === 1 ? sources[0] : undefined;
  const fill = (from: number, to: number, into: Float64Array): number =>
    only === undefined
      ? fillByNext({ next: nextMerged }, from, to, into)
      : only.fill(from, to, into);

  return {
    hasJitter: schedules.some(({ jitterMs }) => jitterMs > 0),
    next(after) {
      const merged = nextMerged(after);
      return merged === null ? null : finish(merged, () => nextMerged(merged.at));
    },
    previous(at) {
      const merged = pick(sources, 'previous', at);
      return merged === null ? null : finish(merged, () => nextMerged(merged.at));
    },
    *range(from, to) {
      let merged = nextMerged(from - 1);
      while (merged !== null && merged.at < to) {
        const current: Merged = merged;
        const following = nextMerged(current.at);
        yield finish(current, () => following);
        merged = following;
      }
    },
    *times(from, to) {
      let size = firstBlockMax;
      for (let start = from; start < to;) {
        const block = new Float64Array(size);
        const filled = fill(start, to, block);
        if (filled === 0) return;
        yield block.subarray(0, filled);
        if (filled < block.length) return;
        start = block[filled - 1]! + 1;
        size = blockMax;
      }
    },
    count(from, to, cap) {
      if (cap <= 0 || from >= to) return 0;
      const counts = sources.map((source) => source.count(from, to));
      const largest = Math.max(0, ...counts);
      // The union has at least as many as its largest part, and no more than their sum.
      if (largest >= cap) return cap;
      if (counts.filter((count) => count > 0).length <= 1) return largest;
      let total = 0;
      for (let found = nextMerged(from - 1); found !== null && found.at < to && total < cap;) {
        total += 1;
        found = nextMerged(found.at);
      }
      return total;
    },
  };
}

function sourceOf(schedule: Schedule): OccurrenceSource {
  switch (schedule.kind) {
    case 'cron': {
      const parsed = parseCron(schedule.expression);
      if (!parsed.ok)
        throw new EngineFault(`"${schedule.expression}"`, 'met an invalid expression');
      return new CronOccurrences(schedule, parsed.fields);
    }
    case 'every':
      return schedule.calendar === undefined
        ? everyOccurrences(schedule)
        : new EveryOnDays(schedule, schedule.calendar);
    case 'at':
      return atOccurrence(schedule);
  }
}

function pick(
  sources: readonly OccurrenceSource[],
  direction: 'next' | 'previous',
  instant: number,
): Merged | null {
  let best: Nominal | null = null;
  let speaker = 0;
  for (let index = 0; index < sources.length; index += 1) {
    const found = sources[index]?.[direction](instant) ?? null;
    if (found === null) continue;
    if (best === null || (direction === 'next' ? found.at < best.at : found.at > best.at)) {
      best = found;
      speaker = index;
    }
  }
  return best === null ? null : { at: best.at, note: best.note, schedule: speaker };
}
