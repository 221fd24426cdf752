// What waits → what clients see of it: out of the scheduler, or while no daemon
// runs out of the store, which knows only what was written down.
import type { QueuedRunView, QueueView } from '../api/service.ts';
import { queuePageMax } from '../api/wire.ts';
import type { Run } from '../core/runs/run.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { StoreReader } from '../store/store.ts';
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

/** In the order of admission: whose turn it is, the next daemon decides. */
export function recordedQueue(store: StoreReader, limit: number): QueueView {
  const revision = store.latestRevision();
  const unfinished = store.unfinishedRuns();
  const queued = unfinished.filter((run) => run.state === 'queued');
  const jobs = new Map(store.jobs().map((record) => [record.uid, record.job]));
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
