// What waits → what clients see of it: out of the scheduler, or while no daemon
// runs out of the store, which knows only what was written down.
import type { QueuedRunView, QueueView } from '../api/service.ts';
import { queuePageMax } from '../api/wire.ts';
import type { Run } from '../core/runs/run.ts';
import { compileSchedule } from '../core/schedule/compile-schedule.ts';
import type { CompiledSchedule } from '../core/schedule/schedule.ts';
import { leftInOrder } from '../scheduler/left-line.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { JobRecord, StoreReader } from '../store/store.ts';
import { iso, isoOrNull } from './views.ts';

export function liveQueue(scheduler: Scheduler, limit: number): QueueView {
  const waiting = scheduler.waiting(Math.min(limit, queuePageMax));
  return {
    queue: waiting.map(({ run, waitsFor, reason, ahead, priority, group, startBy }) => ({
      ...runPart(run),
      waitsFor,
      reason,
      ahead,
      priority,
      group,
      startBy: isoOrNull(startBy),
    })),
    queued: scheduler.queuedCount,
    running: scheduler.runningCount,
    limits: scheduler.limits(),
  };
}

/** In the order in which the next daemon would let them start, were it to begin now. */
export function recordedQueue(store: StoreReader, limit: number, now: number): QueueView {
  const revision = store.latestRevisionHead();
  const unfinished = store.unfinishedRuns();
  const records = new Map(store.jobs().map((record) => [record.uid, record]));
  const jobs = new Map([...records].map(([uid, { job }]) => [uid, job]));
  const queued = leftInOrder({ unfinished, jobs: records, scheduleOf: compiled, now });
  const count = (runs: readonly Run[], name: string): number =>
    runs.filter((run) => jobs.get(run.jobUid)?.group === name).length;
  const running = unfinished.filter((run) => run.state === 'running');
  return {
    queue: queued.slice(0, Math.min(limit, queuePageMax)).map((run) => {
      const job = jobs.get(run.jobUid);
      return {
        ...runPart(run),
        waitsFor: 'daemon',
        reason: run.reason ?? 'waits for a daemon',
        ahead: null,
        priority: run.priority ?? job?.priority ?? 0,
        group: job?.group ?? null,
        startBy:
          job?.startDeadlineMs == null || run.nominalTime === null || run.startedAt !== null
            ? null
            : iso(run.nominalTime + job.startDeadlineMs),
      };
    }),
    queued: queued.length,
    running: running.length,
    limits: {
      concurrencyMax: revision?.concurrencyMax ?? 0,
      queueLimit: revision?.queueLimit ?? 0,
      groups: Object.entries(revision?.groups ?? {}).map(([name, max]) => ({
        name,
        max,
        running: count(running, name),
        waiting: count(queued, name),
      })),
    },
  };
}

function runPart(
  run: Run,
): Pick<
  QueuedRunView,
  'run' | 'job' | 'trigger' | 'nominalTime' | 'attempt' | 'queuedAt' | 'notBefore'
> {
  return {
    run: run.id,
    job: run.job,
    trigger: run.trigger,
    nominalTime: isoOrNull(run.nominalTime),
    attempt: run.attempts + 1,
    queuedAt: iso(run.queuedAt),
    notBefore: isoOrNull(run.notBefore),
  };
}

/** Null when the engine fails at it, as the daemon then goes by the nominal time. */
function compiled({ name, job }: JobRecord): CompiledSchedule | null {
  try {
    return compileSchedule(job.schedules, name);
  } catch {
    return null;
  }
}
