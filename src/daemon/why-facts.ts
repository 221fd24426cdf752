// What the store has on record about one run or one row of the ledger, as far
// as an explanation of it needs it.
import { startTimeOf } from '../core/runs/catch-up.ts';
import { occurrenceTime, type Outcome, type Run } from '../core/runs/run.ts';
import type { JobFacts, PastInterruption, RunFacts } from '../core/why/facts.ts';
import { changeAt, scheduleOf } from '../core/why/past-specs.ts';
import type { StoreReader } from '../store/store.ts';

/** Rows looked through for one question. */
export const aroundMax = 20;

export function runFacts(store: StoreReader, run: Run, job: JobFacts): RunFacts {
  const attempts = store.attempts(run.id);
  const { jobUid } = run;
  const nominalTime = occurrenceTime(run);
  const schedule = nominalTime === null ? null : scheduleOf(changeAt(job.changes, nominalTime - 1));
  const dueAt =
    nominalTime === null || schedule === null ? nominalTime : startTimeOf(schedule, nominalTime);
  const began = run.startedAt ?? attempts[0]?.intendedAt ?? job.now;
  const last = attempts.at(-1);
  const wasReplaced =
    last?.killIntent === 'replace' || run.reason?.startsWith('replaced by') === true;
  const canceled = store.audits(run.id, 'run.canceled')[0];
  return {
    run,
    attempts,
    spec: store.jobSpec(run.specDigest),
    dueAt,
    before: store
      .runs({ jobUid, until: run.queuedAt + 1, limit: aroundMax })
      .filter((one) => one.id !== run.id && (one.endedAt === null || one.endedAt >= run.queuedAt))
      .toReversed(),
    replacedBy: wasReplaced ? replacement(store, run) : null,
    canceledBy: canceled === undefined ? null : { actor: canceled.actor, at: canceled.at },
    interruptions: store.interruptions({
      since: dueAt ?? run.queuedAt,
      until: began,
      limit: aroundMax,
    }),
    daemon:
      last === undefined
        ? null
        : (store.daemons(200).find(({ startedAt }) => startedAt <= last.intendedAt) ?? null),
  };
}

/** The reason names it for a run that waited; otherwise it is the next one that was admitted. */
function replacement(store: StoreReader, run: Run): Run | null {
  const named = runNamed(store, run.reason);
  if (named !== null) return named;
  const until = (run.endedAt ?? Number.MAX_SAFE_INTEGER - 1) + 1;
  return (
    store
      .runs({ jobUid: run.jobUid, since: run.queuedAt, until, limit: 500 })
      .filter((one) => one.id !== run.id && one.queuedAt >= (run.startedAt ?? run.queuedAt))
      .at(-1) ?? null
  );
}

export function runNamed(store: StoreReader, text: string | null): Run | null {
  const id = /\brun ([0-9a-z-]{8,})/.exec(text ?? '')?.[1];
  return id === undefined ? null : store.run(id);
}

/** The first run that catch-up admitted after the ones it left out. */
export function caughtUp(store: StoreReader, row: Outcome): Run | null {
  const later = store.outcomes({
    jobUid: row.jobUid,
    since: row.lastNominalTime + 1,
    until: row.recordedAt + 1,
    limit: 500,
  });
  const id = later.findLast(({ disposition }) => disposition === 'admitted')?.runId ?? null;
  const run = id === null ? null : store.run(id);
  return run?.trigger === 'catch-up' ? run : null;
}

/** Interruptions in which an occurrence of this time came due. */
export function covering(store: StoreReader, at: number, recordedAt: number): PastInterruption[] {
  return store
    .interruptions({ since: at, until: recordedAt, limit: aroundMax })
    .filter(({ from, until, stepMs }) => {
      return (stepMs === null || stepMs > 0) && (from ?? -Infinity) <= at && until >= at;
    });
}
