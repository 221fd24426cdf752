// The last look at what an occurrence engine answers, before the scheduler acts
// on it. An answer that does not progress, or that comes more often than the
// schedules can name instants, is a fault of the engine, never obeyed.
import { EngineFault } from './engine-fault.ts';
import { atMoment } from './plain-occurrences.ts';
import type { CompiledSchedule, Occurrence, Schedule } from './schedule.ts';

/** Until 1972 a zone had an offset with seconds; since then offsets are whole minutes. */
const WHOLE_MINUTES_SINCE = Date.UTC(1973, 0, 1);

/** The same schedule; its methods throw EngineFault for an answer that cannot be true. */
export function watchedSchedule(
  compiled: CompiledSchedule,
  schedules: readonly Schedule[],
): CompiledSchedule {
  const judge = (
    found: Occurrence | null,
    isInside: (at: number) => boolean,
    asked: () => string,
  ) => {
    if (found === null) return null;
    const { nominalTime, startTime } = found;
    if (isInside(nominalTime) && startTime >= nominalTime && isNameable(schedules, nominalTime)) {
      return found;
    }
    const written = schedules.map((schedule) => `"${schedule.written}"`).join(', ');
    const what = `answered ${inWords(nominalTime)}, start ${inWords(startTime)},`;
    throw new EngineFault(`${written} ${asked()}`, what);
  };
  return {
    next: (after) =>
      judge(
        compiled.next(after),
        (at) => at > after,
        () => `after ${inWords(after)}`,
      ),
    previous: (instant) =>
      judge(
        compiled.previous(instant),
        (at) => at <= instant,
        () => `up to ${inWords(instant)}`,
      ),
    *range(from, to) {
      let before = from - 1;
      const isInside = (at: number): boolean => at > before && at < to;
      for (const found of compiled.range(from, to)) {
        judge(found, isInside, () => `from ${inWords(from)} to ${inWords(to)}`);
        before = found.nominalTime;
        yield found;
      }
    },
    hasJitter: compiled.hasJitter,
    *times(from, to) {
      let before = from - 1;
      for (const block of compiled.times(from, to)) {
        for (const at of block) {
          if (!(at > before && at < to && isNameable(schedules, at))) {
            const written = schedules.map((schedule) => `"${schedule.written}"`).join(', ');
            const asked = `${written} from ${inWords(from)} to ${inWords(to)}`;
            throw new EngineFault(asked, `listed ${inWords(at)}`);
          }
          before = at;
        }
        yield block;
      }
    },
    count(from, to, cap) {
      const found = compiled.count(from, to, cap);
      if (Number.isSafeInteger(found) && found >= 0 && found <= Math.max(0, cap)) return found;
      throw new EngineFault(`from ${inWords(from)} to ${inWords(to)}`, `counted ${found}`);
    },
  };
}

/** Bounds the rate: an instant that no rule can name would come too soon after another. */
function isNameable(schedules: readonly Schedule[], instant: number): boolean {
  return schedules.some((schedule) => {
    switch (schedule.kind) {
      case 'at':
        return instant === atMoment(schedule)?.at;
      case 'every':
        return (instant - schedule.anchor) % schedule.intervalMs === 0;
      case 'cron':
        return instant % resolutionOf(schedule.expression, instant) === 0;
    }
  });
}

function resolutionOf(expression: string, instant: number): number {
  const isMinutes = instant >= WHOLE_MINUTES_SINCE && expression.trim().split(/\s+/).length === 5;
  return isMinutes ? 60_000 : 1_000;
}

function inWords(instant: number): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? String(instant) : date.toISOString();
}
