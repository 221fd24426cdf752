// Pauses between names and identities: the jobs that a request names, and how
// what became of them is told. What a pause does is the scheduler's.
import type { PausedJobView, ResumedJobView, Service, StatusView } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { livePause, type PauseOutlook } from '../core/overrides/pause.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { JobRecord, Store, StoreReader } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import { findJob } from './find.ts';
import { isoOrNull, pauseView } from './views.ts';

interface OverrideParts {
  readonly clock: Clock;
  readonly store: Store;
  readonly scheduler: Scheduler;
}

export function pauseNamed(
  { store, scheduler, clock }: OverrideParts,
  input: Parameters<Service['pause']>[0],
): { readonly jobs: readonly PausedJobView[] } {
  const records = jobsNamed(store, input.jobs);
  const paused = scheduler.pause({
    jobUids: [...records.keys()],
    by: input.by,
    reason: input.reason,
    until: endFrom(input.until, clock.now()),
    cancel: input.cancel,
  });
  const unfinished = new Map<string, string[]>();
  for (const run of store.unfinishedRuns()) {
    unfinished.set(run.jobUid, [...(unfinished.get(run.jobUid) ?? []), run.id]);
  }
  const now = clock.now();
  const jobs = paused.flatMap(({ jobUid, outcome, pause, canceled }): PausedJobView[] => {
    const view = pauseView(pause, scheduler.pauseOutlook(jobUid), now);
    const ended = new Set(canceled);
    if (view === null) return [];
    return [
      {
        job: records.get(jobUid)?.name ?? jobUid,
        outcome,
        pause: view,
        nextRun: isoOrNull(scheduler.nextStart(jobUid)),
        unfinished: (unfinished.get(jobUid) ?? []).filter((id) => !ended.has(id)),
        canceled,
      },
    ];
  });
  return { jobs };
}

export function resumeNamed(
  { store, scheduler }: OverrideParts,
  input: Parameters<Service['resume']>[0],
): { readonly jobs: readonly ResumedJobView[] } {
  const records = jobsNamed(store, input.jobs);
  const resumed = scheduler.resume({ jobUids: [...records.keys()], by: input.by });
  const jobs = resumed.map(({ jobUid, lifted }): ResumedJobView => {
    const record = records.get(jobUid);
    return {
      job: record?.name ?? jobUid,
      outcome: lifted === null ? 'not_paused' : 'resumed',
      skipped: lifted?.skipped ?? 0,
      nextRun: isoOrNull(scheduler.nextStart(jobUid)),
      suspended: record?.job.suspend ?? false,
    };
  });
  return { jobs };
}

/** What people changed at runtime and still holds, oldest first. */
export function overridesOf(
  store: StoreReader,
  outlookOf: (record: JobRecord) => PauseOutlook | null,
  now: number,
): StatusView['overrides'] {
  return store
    .pausedJobs()
    .flatMap((record) => {
      const live = livePause(record.pause, now);
      const view = pauseView(live, live === null ? null : outlookOf(record), now);
      return view === null ? [] : [{ job: record.name, kind: 'pause' as const, ...view }];
    })
    .toSorted((a, b) => (a.since < b.since ? -1 : 1));
}

/** By identity, each once. Throws JM2-R101 for a name that no job in force has or had. */
function jobsNamed(store: StoreReader, names: readonly string[]): Map<string, JobRecord> {
  return new Map(
    names.map((name) => {
      const record = findJob(store, name);
      if (record.removedAt === null) return [record.uid, record];
      throw operationalError('JM2-R101', {
        detail: `The job "${name}" is not in force any more.`,
        hint: 'jm2 list',
      });
    }),
  );
}

function endFrom(until: string | null, now: number): number | 'next_run' | null {
  if (until === null || until === 'next_run') return until;
  const end = Date.parse(until);
  if (end > now) return end;
  throw operationalError('JM2-D107', {
    detail: `A pause until ${until} would be over already. Nothing was paused.`,
  });
}
