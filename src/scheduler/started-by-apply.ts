// The runs that an apply starts because their jobs ask for it; which these are is
// decided in core/plan/starts-by-apply.ts, by which the plan has counted them.
//
// A run to be begun anew is ended like any other: the intent is committed with the
// apply, then the signal goes out. Its successor is recorded in the transaction that
// records its end, so whatever dies in between, there is one end and one successor:
// - before the commit of the apply: neither the revision nor the intent is there;
// - after it: the next daemon finds the intent, ends the attempt if it still lives,
//   and records end and successor together;
// - after the end: the successor is a queued run, which recovery lets begin.
// A run that is made up for is queued by the apply's own transaction.
import { isAsItShallBe, isRestarted, madeUpRun, mayBegin } from '../core/plan/starts-by-apply.ts';
import { countMax, type Admitted } from '../core/plan/standing.ts';
import { madeUpFact, madeUpText, parseMadeUp, withMadeUp } from '../core/runs/made-up-ahead.ts';
import type { Job } from '../core/manifest/job.ts';
import type { JobRecord } from '../store/store.ts';
import { stopAttempt } from './ending.ts';
import { admitOnce } from './occurrences.ts';
import { admitRun, fillSlots } from './queue.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** Nominal times of the runs that are made up for, by the uid of their jobs. */
export type MadeUpRuns = ReadonlyMap<string, number>;

/**
 * Asked before the table takes the jobs of the apply: what waits for its jitter under the
 * outgoing schedule is either made up for or closed, and either once.
 */
export function runsToMakeUpFor(
  work: Work,
  before: readonly JobRecord[],
  after: readonly JobRecord[],
): MadeUpRuns {
  const { store, now } = work;
  const admitted: Admitted = (jobUid, { from, to }) =>
    store.admittedTimes({ jobUid, since: from, until: to, knownAt: now, limit: countMax });
  const found = new Map<string, number>();
  for (const [record, { uid, job }] of changed(before, after)) {
    const nominalTime = madeUpRun(record, job, now, admitted);
    if (nominalTime !== null) found.set(uid, nominalTime);
  }
  return found;
}

/** `before` are the jobs as they were in force, `after` those of the apply, which are in the table. */
export function startWhatWasAskedFor(
  state: SchedulerState,
  work: Work,
  jobs: { readonly before: readonly JobRecord[]; readonly after: readonly JobRecord[] },
  madeUp: MadeUpRuns,
): void {
  for (const [record, { uid, job }] of changed(jobs.before, jobs.after)) {
    if (isRestarted(record, job, work.now)) restartRuns(state, work, uid, job);
    const nominalTime = madeUp.get(uid);
    if (nominalTime !== undefined) makeUp(state, work, uid, nominalTime);
  }
}

function changed(
  before: readonly JobRecord[],
  after: readonly JobRecord[],
): [before: JobRecord, after: JobRecord][] {
  const known = new Map(before.map((record) => [record.uid, record]));
  return after.flatMap((next): [JobRecord, JobRecord][] => {
    const record = known.get(next.uid);
    return record === undefined || record.digest === next.digest ? [] : [[record, next]];
  });
}

function restartRuns(state: SchedulerState, work: Work, uid: string, after: Job): void {
  if (state.phase === 'new' || state.phase === 'recovering') return remember(work, uid, after);
  for (const live of state.runs.ofJob(uid)) {
    if (live.place !== 'active' || isAsItShallBe(live.job, after)) continue;
    stopAttempt(state, work, live, 'restart');
  }
}

/** Claims the occurrence: should the schedule give it back, it has had its run. */
function makeUp(state: SchedulerState, work: Work, uid: string, nominalTime: number): void {
  const entry = state.jobs.get(uid);
  if (entry === undefined) return;
  rememberMadeUp(state, work, uid, nominalTime);
  admitOnce(state, work, {
    entry,
    trigger: 'catch-up',
    nominalTime,
    dueAt: work.now,
    heldUpBy: null,
    requestedBy: null,
    force: false,
    // It was promised: it waits for a run that goes on instead of being skipped.
    serial: true,
    priority: null,
  });
  fillSlots(state, work);
}

/** Its schedule may get it back, and then tells no start that will not come. */
function rememberMadeUp(state: SchedulerState, work: Work, uid: string, nominalTime: number): void {
  // One that waited for its jitter is behind the position that the apply gives the job.
  if (nominalTime <= work.now) return;
  const before = state.madeUp;
  const ahead = parseMadeUp(work.store.fact(madeUpFact), work.now);
  state.madeUp = withMadeUp(ahead, uid, nominalTime);
  work.onRollback(() => {
    state.madeUp = before;
  });
  work.store.setFact(madeUpFact, madeUpText(state.madeUp));
}

const restartsFact = 'restarts';

/**
 * Before the start nobody knows whether a run of before goes on or has ended with
 * a success that must not be taken from it, so the start itself looks.
 */
function remember(work: Work, uid: string, after: Job): void {
  const running = work.store
    .unfinishedRuns()
    .filter((run) => run.jobUid === uid && run.state === 'running')
    .filter((run) => !isAsItShallBe(work.store.jobSpec(run.specDigest), after))
    .map(({ id }) => id);
  if (running.length === 0) return;
  work.store.setFact(restartsFact, JSON.stringify([...left(work), ...running]));
}

/** What an apply before the start has left to it, also where that was an earlier daemon's. */
export function takeUpRestarts(state: SchedulerState, work: Work): void {
  state.toRestart = new Set(left(work));
  if (state.toRestart.size > 0) work.store.setFact(restartsFact, null);
}

function left({ store }: Work): string[] {
  return JSON.parse(store.fact(restartsFact) ?? '[]') as string[];
}

/** Successors of the runs that ended for it; none for a job that has been stopped or has left. */
export function beginAnew(state: SchedulerState, work: Work): void {
  if (work.restarts.length === 0) return;
  for (const run of work.restarts.splice(0)) {
    const entry = state.jobs.get(run.jobUid);
    if (entry === undefined || !mayBegin(entry.record.job, entry.record.pause, work.now)) continue;
    const wanted = {
      entry,
      trigger: 'restart',
      nominalTime: run.nominalTime,
      dueAt: work.now,
      heldUpBy: null,
      // Whoever asked for the run that ended has not asked for this one.
      requestedBy: null,
      force: run.forced,
      serial: true,
      priority: run.priority,
      request: {
        given: run.given,
        requestId: null,
        repeats: run.id,
        startAt: null,
        pinned: null,
      },
    } as const;
    const judged = admitRun(state, work, wanted, () => {});
    if (judged.kind === 'skipped') {
      const { job, id } = run;
      state.parts.log.warn({ job, run: id, why: judged.evidence }, 'a run was not begun anew');
    }
  }
  fillSlots(state, work);
}
