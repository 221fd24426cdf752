// Occurrences that had their run before their time: an apply made up for them, as their
// schedule was to lose them. Should the schedule get them back, the ledger lets none of
// them run again, so none is to come. Kept as a fact of the store beside the ledger, which
// knows them as well, but not without being searched job by job.
import type { CompiledSchedule } from '../schedule/schedule.ts';

/** Key of the fact that holds them. */
export const madeUpFact = 'made_up.ahead';

/** Nominal times in ascending order, by the uid of the job. */
export type MadeUpAhead = ReadonlyMap<string, readonly number[]>;

/** Those that are later than `now`; none from a text that cannot be read. */
export function parseMadeUp(text: string | null, now: number): MadeUpAhead {
  if (text === null) return new Map();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(
      Object.entries(value).flatMap(([uid, times]: [string, unknown]): [string, number[]][] => {
        const ahead = Array.isArray(times) ? times.filter((at) => Number(at) > now) : [];
        return ahead.length === 0 ? [] : [[uid, ahead as number[]]];
      }),
    );
  } catch {
    return new Map();
  }
}

/** Null for none. */
export function madeUpText(ahead: MadeUpAhead): string | null {
  return ahead.size === 0 ? null : JSON.stringify(Object.fromEntries(ahead));
}

export function withMadeUp(ahead: MadeUpAhead, uid: string, nominalTime: number): MadeUpAhead {
  const times = [...(ahead.get(uid) ?? []), nominalTime].toSorted((a, b) => a - b);
  return new Map([...ahead, [uid, times]]);
}

/** The schedule without these of its occurrences; itself where there are none. */
export function withoutMadeUp(
  compiled: CompiledSchedule,
  times: readonly number[] | undefined,
): CompiledSchedule {
  if (times === undefined || times.length === 0) return compiled;
  const made = new Set(times);
  return {
    hasJitter: compiled.hasJitter,
    next(after) {
      let found = compiled.next(after);
      while (found !== null && made.has(found.nominalTime))
        found = compiled.next(found.nominalTime);
      return found;
    },
    previous(at) {
      let found = compiled.previous(at);
      while (found !== null && made.has(found.nominalTime)) {
        found = compiled.previous(found.nominalTime - 1);
      }
      return found;
    },
    *range(from, to) {
      for (const one of compiled.range(from, to)) if (!made.has(one.nominalTime)) yield one;
    },
    *times(from, to) {
      for (const block of compiled.times(from, to)) yield block.filter((at) => !made.has(at));
    },
    count(from, to, cap) {
      const missing = times.filter(
        (at) => at >= from && at < to && compiled.next(at - 1)?.nominalTime === at,
      ).length;
      return Math.min(cap, Math.max(0, compiled.count(from, to, cap + missing) - missing));
    },
  };
}
