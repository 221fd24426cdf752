// Where runs that an earlier daemon left waiting stand in line: the same for the
// daemon that takes them over and for a look into the store while none runs.
// Whether they are still wanted is decided in recovery.ts.
import { startTimeOf } from '../core/runs/catch-up.ts';
import type { Job } from '../core/manifest/job.ts';
import { isDeferred, occurrenceTime, type Run } from '../core/runs/run.ts';
import { stillWaitingSince } from '../core/runs/turns.ts';
import type { CompiledSchedule } from '../core/schedule/schedule.ts';
import type { JobRecord } from '../store/store.ts';
import type { LiveRun, Place } from './run-table.ts';
import { lineOf } from './slots.ts';
import { WaitingLine } from './waiting-line.ts';

type Standing = Pick<LiveRun, 'group' | 'priority' | 'startBy' | 'since' | 'dueAt'>;

/** `job` and `schedule` are of the job in force: whose turn it is follows that. */
export function standingOf(
  run: Run,
  job: Job | null,
  schedule: CompiledSchedule | null,
  at: { readonly mono: number; readonly now: number },
): Standing {
  const waitsSince = Math.max(run.queuedAt, run.notBefore ?? run.queuedAt);
  return {
    ...lineOf(run, job),
    since: stillWaitingSince(at.mono, at.now, waitsSince),
    dueAt: dueTime(run, schedule),
  };
}

/** With its jitter, as long as the job's schedule still has this occurrence. */
function dueTime(run: Run, schedule: CompiledSchedule | null): number {
  const nominalTime = occurrenceTime(run);
  if (nominalTime === null) return run.startAt ?? run.queuedAt;
  return schedule === null ? nominalTime : startTimeOf(schedule, nominalTime);
}

/** Where a run that waits goes, and how long a retry still has to wait. */
export function placeOf(
  run: Run,
  job: Job | null,
  { hasEarlier, now }: { readonly hasEarlier: boolean; readonly now: number },
): { readonly place: Exclude<Place, 'active'>; readonly delayMs: number } {
  if (isDeferred(run, now)) return { place: 'deferred', delayMs: 0 };
  // A retry waits for what is left of its delay, never longer than the delay itself.
  const leftMs = Math.max(0, (run.notBefore ?? now) - now);
  const delayMs = Math.min(leftMs, job?.retry.maxDelayMs ?? leftMs);
  if (run.attempts > 0) return { place: delayMs > 0 ? 'delayed' : 'ready', delayMs };
  const isBlocked = hasEarlier && !run.forced && job?.concurrency !== 'allow';
  return { place: isBlocked ? 'blocked' : 'ready', delayMs: 0 };
}

/** What was tried before comes first, as it may still go on: it counts for those that wait. */
export function inRestoreOrder<T>(left: readonly T[], runOf: (one: T) => Run): T[] {
  const waits = (one: T): number => Number(runOf(one).attempts === 0);
  return left.toSorted((a, b) => waits(a) - waits(b));
}

/**
 * The runs that wait in the order in which the next daemon will let them start,
 * then those that wait for something else; as if it started now.
 */
export function leftInOrder(parts: {
  /** All unfinished runs, in the order of their admission. */
  readonly unfinished: readonly Run[];
  readonly jobs: ReadonlyMap<string, JobRecord>;
  readonly scheduleOf: (record: JobRecord) => CompiledSchedule | null;
  readonly now: number;
}): Run[] {
  const { jobs, now } = parts;
  const line = new WaitingLine();
  const earlier = new Set<string>();
  const elsewhere: Run[] = [];
  const ready = new Map<string, Run>();
  for (const [order, run] of inRestoreOrder(parts.unfinished, (one) => one).entries()) {
    const { id, jobUid } = run;
    const record = jobs.get(jobUid);
    const hasEarlier = earlier.has(jobUid);
    if (!isDeferred(run, now)) earlier.add(jobUid);
    if (run.state !== 'queued') continue;
    const job = record?.job ?? null;
    if (record === undefined || placeOf(run, job, { hasEarlier, now }).place !== 'ready') {
      elsewhere.push(run);
      continue;
    }
    // Only differences of `since` count, so that any monotonic clock will do.
    const at = { mono: 0, now };
    const { group, priority, since, dueAt } = standingOf(run, job, parts.scheduleOf(record), at);
    line.add({ id, jobUid, group, priority, since, dueAt, order });
    ready.set(id, run);
  }
  const inLine = line.inOrder(0, ready.size).map(({ id }) => ready.get(id));
  return [...inLine.filter((run) => run !== undefined), ...elsewhere];
}
