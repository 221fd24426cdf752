// Which occurrences a job had in a span of time, by the schedules that were in
// force then: a change of the manifest ends the occurrences of one schedule and
// begins those of the next. Few are listed, the others counted.
import type { Occurrence } from '../schedule/schedule.ts';
import type { SpecChange } from './facts.ts';
import { scheduleOf } from './past-specs.ts';

const countMax = 100_000;

export interface PastOccurrences {
  readonly shown: readonly Occurrence[];
  /** How many more there are in the span, up to now and after it. */
  readonly more: number;
  readonly toCome: number;
}

/** Occurrences with from <= nominal time < to, the first `limit` of them. */
export function occurrencesIn(
  changes: readonly SpecChange[],
  span: { readonly from: number; readonly to: number },
  limit: number,
  now: number,
): PastOccurrences {
  const shown: Occurrence[] = [];
  let past = 0;
  let coming = 0;
  changes.forEach((change, index) => {
    const schedule = scheduleOf(change);
    if (schedule === null) return;
    // An occurrence at the very instant of a change belongs to the schedule of before.
    const from = Math.max(span.from, change.at + 1);
    const to = Math.min(span.to, (changes[index + 1]?.at ?? Infinity) + 1);
    if (from >= to) return;
    for (const occurrence of schedule.range(from, to)) {
      if (shown.length >= limit) break;
      shown.push(occurrence);
    }
    if (from <= now) past += schedule.count(from, Math.min(to, now + 1), countMax);
    if (to > now + 1) coming += schedule.count(Math.max(from, now + 1), to, countMax);
  });
  const shownPast = shown.filter(({ nominalTime }) => nominalTime <= now).length;
  return { shown, more: past - shownPast, toCome: coming - (shown.length - shownPast) };
}
