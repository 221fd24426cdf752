// Admission carried out: makes runs of occurrences and requests, and gives free
// slots to those whose turn it is. The rules are in core/runs: admission.ts and turns.ts.
import { admit, type Admission } from '../core/runs/admission.ts';
import type { Interruption } from '../core/runs/interruption.ts';
import { describeLateness } from '../core/runs/late.ts';
import type { Job } from '../core/manifest/job.ts';
import type { RunGiven } from '../core/runs/given.ts';
import { occurrenceTime, type Run, type Trigger } from '../core/runs/run.ts';
import { waitingSince } from '../core/runs/turns.ts';
import { beginAttempt } from './attempts.ts';
import { isPastDeadline, missDeadline } from './deadlines.ts';
import { stopRun } from './ending.ts';
import type { JobEntry } from './job-table.ts';
import { lineOf, slotFacts } from './slots.ts';
import { isInProgress, type LiveRun } from './run-table.ts';
import { mayStart, type SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** An occurrence or a request that wants to become a run. */
export interface Wanted {
  readonly entry: JobEntry;
  readonly trigger: Trigger;
  readonly nominalTime: number | null;
  /** When it should have started (wall clock). */
  readonly dueAt: number;
  /** What kept it from being admitted then; null for nothing. */
  readonly heldUpBy: Interruption | null;
  readonly requestedBy: string | null;
  readonly force: boolean;
  readonly serial: boolean;
  /** Given by a person for this run alone; null for that of the job. */
  readonly priority: number | null;
  /** What came with a request; absent for occurrences. */
  readonly request?: RequestFacts;
}

/** What only a run by request has. */
export interface RequestFacts {
  readonly given: RunGiven | null;
  readonly requestId: string | null;
  readonly repeats: string | null;
  /** Not before this instant, and later than now; null for at once. */
  readonly startAt: number | null;
  /** The spec to run instead of the one in force; whose turn it is follows the latter. */
  readonly pinned: {
    readonly job: Job;
    readonly revision: number;
    readonly specDigest: string;
  } | null;
}

export type Judged =
  | { readonly kind: 'admitted'; readonly run: Run }
  | {
      readonly kind: 'skipped';
      readonly reason: 'forbid' | 'queue_full';
      readonly evidence: string;
    };

/**
 * Judges one occurrence or request and records its run if it is admitted. An
 * occurrence's ledger row is written by `claim`, before the run, so that a
 * second claim of one occurrence fails before anything else is written.
 */
export function admitRun(
  state: SchedulerState,
  work: Work,
  wanted: Wanted,
  claim: (runId: string) => void,
): Judged {
  const { record } = wanted.entry;
  const startAt = wanted.request?.startAt ?? null;
  // Whether another run is in its way is asked when its time has come.
  const earlier = startAt === null ? state.runs.presentOfJob(record.uid) : [];
  const verdict = admit({
    policy: record.job.concurrency,
    inProgress: earlier.filter(isInProgress).map((live) => live.run.id),
    waiting: earlier.filter((live) => !isInProgress(live)).map((live) => live.run.id),
    deferred: startAt === null ? null : deferredOf(state, record.uid),
    slots: slotFacts(state, record.job.group),
    queueLimit: state.limits.queueLimit,
    waitingInAll: state.runs.queuedCount,
    force: wanted.force,
    serial: wanted.serial,
  });
  if (verdict.kind === 'skip') {
    return { kind: 'skipped', reason: verdict.reason, evidence: verdict.evidence };
  }
  const run = newRun(state, work, wanted, verdict);
  claim(run.id);
  work.store.insertRun(run);
  work.events.push({ kind: 'run.queued', run });
  if (verdict.kind === 'replace') replaceRuns(state, work, earlier, run.id);
  const isBlocked =
    verdict.kind === 'replace'
      ? state.runs.presentOfJob(record.uid).length > 0
      : verdict.kind === 'queue' && verdict.behind === 'job';
  state.runs.put(work, {
    run,
    job: wanted.request?.pinned?.job ?? record.job,
    order: state.runs.nextOrder(),
    ...lineOf(run, record.job),
    since: waitingSince({
      mono: work.mono,
      now: work.now,
      dueAt: wanted.dueAt,
      heldUpUntil: wanted.heldUpBy?.until ?? null,
    }),
    place: startAt !== null ? 'deferred' : isBlocked ? 'blocked' : 'ready',
    alarmAt: null,
    retriesUsed: 0,
    attempt: null,
    signalsSent: 0,
    dueAt: wanted.dueAt,
    heldUpBy: wanted.heldUpBy,
  });
  return { kind: 'admitted', run };
}

function newRun(state: SchedulerState, work: Work, wanted: Wanted, verdict: Admission): Run {
  const { record } = wanted.entry;
  const { trigger, nominalTime, requestedBy, dueAt, heldUpBy, request } = wanted;
  const queuedAt = work.now;
  const late =
    occurrenceTime(wanted) === null
      ? null
      : describeLateness({
          dueAt,
          queuedAt,
          now: queuedAt,
          before: heldUpBy,
          last: null,
          hasWaited: false,
        });
  return {
    id: state.parts.ids.runId(work.now),
    jobUid: record.uid,
    job: record.name,
    trigger,
    nominalTime,
    epoch: record.epoch,
    revision: request?.pinned?.revision ?? record.revision,
    specDigest: request?.pinned?.specDigest ?? record.digest,
    state: 'queued',
    attempts: 0,
    notBefore: request?.startAt ?? null,
    queuedAt,
    startedAt: null,
    endedAt: null,
    lateMs: null,
    exitCode: null,
    signal: null,
    reason: waitReason(verdict) ?? late,
    requestedBy,
    priority: wanted.priority,
    forced: wanted.force,
    given: request?.given ?? null,
    requestId: request?.requestId ?? null,
    repeats: request?.repeats ?? null,
    startAt: request?.startAt ?? null,
    notes: [],
  };
}

function deferredOf(state: SchedulerState, jobUid: string): number {
  return state.runs.ofJob(jobUid).filter(({ place }) => place === 'deferred').length;
}

/** Why an admitted run does not start at once; null when it does. */
function waitReason(verdict: Admission): string | null {
  if (verdict.kind === 'queue' || verdict.kind === 'defer') return verdict.because;
  if (verdict.kind !== 'replace') return null;
  const [first] = verdict.cancel;
  return first === undefined ? null : `waits for run ${first} of the job to end`;
}

export function replaceRuns(
  state: SchedulerState,
  work: Work,
  earlier: readonly LiveRun[],
  by: string,
): void {
  // Waiting ones first: otherwise the end of one would let another begin.
  const waitingFirst = [...earlier].sort((a, b) => Number(isActive(a)) - Number(isActive(b)));
  for (const { run } of waitingFirst) {
    const live = state.runs.get(run.id);
    if (live !== undefined) stopRun(state, work, live, 'replace', `replaced by run ${by}`);
  }
}

const isActive = (live: LiveRun): boolean => live.place === 'active';

/** True when a waiting run may start now. */
export function canFill({ runs, limits }: SchedulerState): boolean {
  return runs.activeCount < limits.concurrencyMax && runs.firstReady() !== null;
}

/** Begins attempts while slots are free, in the order of turns. */
export function fillSlots(state: SchedulerState, work: Work): void {
  while (mayStart(state) && state.runs.activeCount < state.limits.concurrencyMax) {
    const live = state.runs.firstReady();
    if (live === null) return;
    // Either takes the run out of the line, so that this loop ends.
    if (isPastDeadline(live, work.now)) missDeadline(state, work, live);
    else beginAttempt(state, work, live);
  }
}
