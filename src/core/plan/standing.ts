// Where a job stands in its schedule: which of its occurrences have happened and
// which are to come. All figures and hazards of a plan go by this one answer, and
// so does what an apply makes up for: an occurrence is to come when its start
// time, jitter included, lies ahead, its nominal time is later than the schedule
// is in force, and no pause covers it.
import type { Job } from '../manifest/job.ts';
import { livePause, type Pause } from '../overrides/pause.ts';
import { dueUntil } from '../runs/catch-up.ts';
import type { RecordedJob } from './plan.ts';
import { orNever, type Dues, type Standing } from './schedule-impact.ts';

export const nowhere: Standing = { dues: null, openAfter: 0 };

/** `since`: from when on the schedule is in force; null: longer than anybody knows. */
export function standingOf(
  dues: Dues,
  at: { readonly now: number; readonly since: number | null; readonly pause: Pause | null },
): Standing {
  if (dues === null) return nowhere;
  const { now, since, pause } = at;
  try {
    const begun = begunUntil(dues, now);
    const settled = Math.max(begun, Math.min(since ?? begun, now));
    const live = livePause(pause, now);
    if (live === null) return { dues, openAfter: settled };
    if (live.until === null) return { dues, openAfter: Number.POSITIVE_INFINITY };
    return { dues, openAfter: Math.max(settled, begunUntil(dues, live.until - 1)) };
  } catch (error) {
    orNever(error);
    return nowhere;
  }
}

/** As recorded, before anything is applied. */
export function standingOfRecorded(record: RecordedJob, dues: Dues, now: number): Standing {
  const { scheduledSince, watermark, pause = null } = record;
  // What is settled does not come again, also where a rename has given it another delay.
  const known = [scheduledSince ?? null, watermark ?? null].filter(
    (at): at is number => at !== null && at <= now,
  );
  const since = known.length === 0 ? (scheduledSince ?? null) : Math.max(...known);
  return standingOf(dues, { now, since, pause });
}

/** The same with a schedule that is in force from now on. */
export function standingAnew(dues: Dues, pause: Pause | null, now: number): Standing {
  return standingOf(dues, { now, since: now, pause });
}

/** Where nothing of the schedule changes but the job its jitter hangs on: what has begun, has. */
export function standingOn(dues: Dues, { openAfter }: Standing): Standing {
  return dues === null ? nowhere : { dues, openAfter };
}

/** What is to come once a pause without an end is over: told, but nothing that happens now. */
export function onceResumed(standing: Standing, record: RecordedJob, now: number): Standing {
  if (standing.openAfter !== Number.POSITIVE_INFINITY) return standing;
  return standingOfRecorded({ ...record, pause: null }, standing.dues, now);
}

/** Newest nominal time whose start is not ahead: jitter alone can hold one back. */
function begunUntil({ compiled }: NonNullable<Dues>, now: number): number {
  return compiled.hasJitter ? dueUntil(compiled, now) : now;
}

/** Nominal times at which the job was admitted by its schedule; null: of it nothing is recorded. */
export type Admitted = (
  uid: string,
  span: { readonly from: number; readonly to: number },
) => readonly number[] | null;

export interface Past {
  /** Runs with `from <= nominal time < to`. */
  readonly count: number;
  /** Those of them that are ahead: made up for before their time. */
  readonly ahead: readonly number[];
}

/** A count beyond it says "often". */
export const countMax = 10_000;

/**
 * What the job had in runs: by the ledger as far as it is settled, then and
 * otherwise by the schedule, which has had none before it was in force.
 */
export function pastOf(
  record: RecordedJob,
  dues: Dues,
  { now, from, to }: { readonly now: number; readonly from: number; readonly to: number },
  admitted: Admitted | null,
): Past {
  const { uid, scheduledSince, watermark, pause = null } = record;
  const recorded = admitted?.(uid, { from, to }) ?? null;
  const settled = recorded === null ? null : watermark;
  const begun = dues === null ? now : Math.min(now, begunUntil(dues, now));
  const last = Math.min(begun, livePause(pause, now)?.since ?? begun);
  const first = Math.max(from, (scheduledSince ?? from - 1) + 1, (settled ?? from - 1) + 1);
  const byRule = dues === null ? 0 : countBetween(dues, first, Math.min(to, last + 1));
  return {
    count: (recorded?.length ?? 0) + byRule,
    ahead: recorded?.filter((time) => time > now) ?? [],
  };
}

/** Nominal times to come before `to`, but for those that had their run before their time. */
export function comingOf(
  { dues, openAfter }: Standing,
  { from, to }: { readonly from: number; readonly to: number },
  ahead: readonly number[],
): number {
  if (dues === null) return 0;
  const first = Math.max(from, openAfter + 1);
  const claimed = ahead.filter(
    (time) => time >= first && time < to && dues.compiled.next(time - 1)?.nominalTime === time,
  );
  return countBetween(dues, first, to) - claimed.length;
}

function countBetween({ compiled }: NonNullable<Dues>, from: number, to: number): number {
  return from < to ? compiled.count(from, to, countMax) : 0;
}

/** The pause that a new job finds again, coming back under its name; null for none. */
export function pauseOfNew(
  job: Job,
  before: RecordedJob | null,
  archived: ReadonlyMap<string, Pause> | undefined,
): Pause | null {
  return before?.pause ?? archived?.get(job.name) ?? null;
}
