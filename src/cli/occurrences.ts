// The future (or past) of a manifest's schedules, merged over jobs in order of
// time. Which instants a schedule yields is the core's knowledge.
import type { Job } from '../core/manifest/job.ts';
import type { CompiledSchedule, Occurrence } from '../core/schedule/schedule.ts';
import type { PreviewedOccurrence } from './views/occurrence-table.ts';

export interface Compiled {
  readonly job: Job;
  readonly schedule: CompiledSchedule;
}

export interface Listed {
  readonly occurrences: readonly PreviewedOccurrence[];
  /** There were more than the bound. */
  readonly truncated: boolean;
}

/** Told how far the work is: so many of so many. */
type Reached = (done: number, total: number) => void;
const unnoticed: Reached = () => undefined;
const tellEvery = 500;

/** The next `count` occurrences after `after` over all jobs. */
export function nextOccurrences(
  compiled: readonly Compiled[],
  after: number,
  count: number,
  zone: string | null,
  reached: Reached = unnoticed,
): Listed {
  return {
    ...listed(
      compiled,
      () => after,
      count,
      Number.POSITIVE_INFINITY,
      zone,
      (done) => reached(done, count),
    ),
    truncated: false,
  };
}

/** Occurrences with from <= nominal time < to, oldest first, at most `limit`. */
export function occurrencesBetween(
  compiled: readonly Compiled[],
  range: { readonly from: number; readonly to: number },
  limit: number,
  zone: string | null,
  reached: Reached = unnoticed,
): Listed {
  const lengthMs = range.to - range.from;
  return listed(
    compiled,
    () => range.from - 1,
    limit,
    range.to,
    zone,
    (done, at) =>
      // Whichever bound comes nearer.
      done / limit > (at - range.from) / lengthMs
        ? reached(done, limit)
        : reached(at - range.from, lengthMs),
  );
}

/**
 * Takes the earliest of all jobs again and again; `heads` is a binary heap, so
 * many jobs cost the logarithm of their number per occurrence.
 */
function listed(
  compiled: readonly Compiled[],
  start: () => number,
  limit: number,
  before: number,
  zone: string | null,
  onSome: (done: number, at: number) => void,
): Listed {
  const heads: { source: Compiled; occurrence: Occurrence }[] = [];
  for (const source of compiled) {
    const occurrence = source.schedule.next(start());
    if (occurrence !== null && occurrence.nominalTime < before) push({ source, occurrence });
  }
  const occurrences: PreviewedOccurrence[] = [];
  while (heads.length > 0 && occurrences.length < limit) {
    const head = pop();
    if (head === undefined) break;
    occurrences.push(previewed(head.source.job, head.occurrence, zone));
    if (occurrences.length % tellEvery === 0) {
      onSome(occurrences.length, head.occurrence.nominalTime);
    }
    const following = head.source.schedule.next(head.occurrence.nominalTime);
    if (following !== null && following.nominalTime < before) {
      push({ source: head.source, occurrence: following });
    }
  }
  return { occurrences, truncated: heads.length > 0 };

  function comesFirst(a: number, b: number): boolean {
    const left = heads[a];
    const right = heads[b];
    if (left === undefined || right === undefined) return left !== undefined;
    const distance = left.occurrence.nominalTime - right.occurrence.nominalTime;
    return distance < 0 || (distance === 0 && left.source.job.name < right.source.job.name);
  }

  function swap(a: number, b: number): void {
    const left = heads[a];
    const right = heads[b];
    if (left === undefined || right === undefined) return;
    heads[a] = right;
    heads[b] = left;
  }

  function push(head: (typeof heads)[number]): void {
    heads.push(head);
    let at = heads.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!comesFirst(at, parent)) break;
      swap(at, parent);
      at = parent;
    }
  }

  function pop(): (typeof heads)[number] | undefined {
    const first = heads[0];
    const last = heads.pop();
    if (heads.length === 0 || last === undefined) return first;
    heads[0] = last;
    let at = 0;
    for (;;) {
      const child = comesFirst(at * 2 + 1, at * 2 + 2) ? at * 2 + 1 : at * 2 + 2;
      if (child >= heads.length || !comesFirst(child, at)) return first;
      swap(at, child);
      at = child;
    }
  }
}

function previewed(job: Job, occurrence: Occurrence, zone: string | null): PreviewedOccurrence {
  const own = job.schedules[occurrence.schedule]?.timezone ?? job.timezone;
  return {
    job: job.name,
    nominalTime: occurrence.nominalTime,
    startTime: occurrence.startTime,
    timezone: zone ?? own,
    note: job.suspend ? 'suspended' : occurrence.note,
  };
}

/** Occurrences per slot of equal real length, from `from` up to `to`. */
export function countPerSlot(
  { schedule }: Compiled,
  from: number,
  to: number,
  slotMs: number,
): number[] {
  const counts: number[] = [];
  for (let at = from; at < to; at += slotMs) {
    // More than this fills any slot with the darkest ink; the sum stays exact enough to read.
    counts.push(schedule.count(at, Math.min(at + slotMs, to), 1_000_000));
  }
  return counts;
}
