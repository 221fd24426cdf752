// What people ask for by hand: start a run now, repeat one, make up for past
// occurrences, end one. Each either happens as a whole or throws a Jm2Error and
// leaves no trace; its entry of the audit is written in the same transaction.
import { operationalError } from '../core/diagnostics/registry.ts';
import { isAdhoc } from '../core/runs/adhoc.ts';
import { takesArguments } from '../core/runs/given.ts';
import type { Run } from '../core/runs/run.ts';
import type { JobRecord } from '../store/store.ts';
import { stopRun } from './ending.ts';
import type { JobEntry } from './job-table.ts';
import { admitRun, fillSlots, type RequestFacts } from './queue.ts';
import type { AdhocRequest, BackfillRequest, ManualRequest, RerunRequest } from './scheduler.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** Admits a manual run under the job's policy; a refused one is an error, not a record. */
export function admitRequest(state: SchedulerState, work: Work, request: ManualRequest): Run {
  const { job, given = null, requestId = null } = request;
  refuseWhileClosed(state, job);
  const entry = state.jobs.named(job);
  if (entry === undefined) throw unknownJob(job);
  const known = alreadyRequested(work, requestId, { jobUid: entry.record.uid, trigger: 'manual' });
  if (known !== null) return known;
  if (given !== null && given.args.length > 0 && !takesArguments(entry.record.job)) {
    throw operationalError('JM2-R122', { detail: `No run of "${job}" was started.` });
  }
  const run = admitOne(state, work, entry, {
    ...request,
    trigger: 'manual',
    nominalTime: null,
    serial: false,
    facts: {
      given,
      requestId,
      repeats: null,
      startAt: later(request.startAt, work.now),
      pinned: null,
    },
  });
  fillSlots(state, work);
  auditRun(work, run, request.requestedBy);
  return run;
}

/** Admits a run of a command that no manifest has; its spec is recorded with it. */
export function admitAdhoc(state: SchedulerState, work: Work, request: AdhocRequest): Run {
  const { job, digest, given = null, requestId = null } = request;
  refuseWhileClosed(state, job.name);
  const known = alreadyRequested(work, requestId, { jobUid: job.name, trigger: 'manual' });
  if (known !== null) return known;
  if (given !== null && given.args.length > 0 && !takesArguments(job)) {
    throw operationalError('JM2-R122', { detail: 'Nothing was started.' });
  }
  const record = work.store.recordAdhoc({ job, digest, at: work.now });
  const startAt = later(request.startAt, work.now);
  const run = admitOne(state, work, unscheduled(record), {
    ...request,
    force: false,
    trigger: 'manual',
    nominalTime: null,
    serial: false,
    facts: { given, requestId, repeats: null, startAt, pinned: null },
  });
  fillSlots(state, work);
  auditRun(work, run, request.requestedBy);
  return run;
}

/** What an ad-hoc run is admitted by: no table of jobs has it. */
function unscheduled(record: JobRecord): JobEntry {
  return { record, schedule: null, isFixed: true, next: null, visitAt: null };
}

/** Repeats a run that has ended, with what it was given, for the same nominal time. */
export function admitRerun(state: SchedulerState, work: Work, request: RerunRequest): Run {
  const { runId, requestId = null } = request;
  const old = work.store.run(runId);
  if (old === null)
    throw operationalError('JM2-R102', { detail: `Run ${runId} was not repeated.` });
  refuseWhileClosed(state, old.job);
  const entry = state.jobs.get(old.jobUid) ?? adhocEntry(work, old, request.current);
  if (entry === undefined) throw unknownJob(old.job);
  const known = alreadyRequested(work, requestId, { jobUid: old.jobUid, trigger: 'rerun' });
  if (known !== null) return known;
  if (old.endedAt === null) {
    throw operationalError('JM2-R123', { detail: `Run ${runId} of "${old.job}" is ${old.state}.` });
  }
  const { revision, specDigest } = old;
  const job = request.current ? null : work.store.jobSpec(specDigest);
  if (!request.current && job === null) {
    throw operationalError('JM2-R124', { detail: `Run ${runId} of "${old.job}".` });
  }
  const run = admitOne(state, work, entry, {
    ...request,
    trigger: 'rerun',
    nominalTime: old.nominalTime,
    facts: {
      given: old.given,
      requestId,
      repeats: old.id,
      startAt: null,
      pinned: job === null ? null : { job, revision, specDigest },
    },
  });
  fillSlots(state, work);
  auditRun(work, run, request.requestedBy);
  return run;
}

/** With the spec that the run had: an ad-hoc run has no other. */
function adhocEntry(work: Work, run: Run, wantsCurrent: boolean): JobEntry | undefined {
  if (!isAdhoc(run.jobUid)) return undefined;
  const record = work.store.findJob(run.job);
  const job = work.store.jobSpec(run.specDigest);
  if (record === null || job === null) return undefined;
  if (wantsCurrent) {
    throw operationalError('JM2-R101', {
      detail: `"${run.job}" was run ad hoc: the manifest has no spec of it. Nothing was started.`,
      hint: `jm2 rerun ${run.id}`,
    });
  }
  return unscheduled({ ...record, job, digest: run.specDigest });
}

/**
 * A run for each nominal time, one after the other unless the job's policy is
 * `allow`. They claim no occurrence: what the schedule made of these stays as it is.
 */
export function admitBackfill(state: SchedulerState, work: Work, request: BackfillRequest): Run[] {
  const { job, nominalTimes, requestId = null } = request;
  refuseWhileClosed(state, job);
  const entry = state.jobs.named(job);
  if (entry === undefined) throw unknownJob(job);
  const runs: Run[] = [];
  let made = 0;
  for (const nominalTime of nominalTimes) {
    const id = requestId === null ? null : `${requestId}/${nominalTime}`;
    const known = alreadyRequested(work, id, { jobUid: entry.record.uid, trigger: 'backfill' });
    const facts = { given: null, requestId: id, repeats: null, startAt: null, pinned: null };
    const wanted = { ...request, trigger: 'backfill', nominalTime, serial: true, facts } as const;
    runs.push(known ?? admitOne(state, work, entry, { ...wanted, force: false }));
    if (known === null) made += 1;
  }
  fillSlots(state, work);
  if (made > 0) auditBackfill(work, request, entry.record.uid, made);
  return runs;
}

function auditRun({ store, now }: Work, run: Run, actor: string): void {
  const { id, job, trigger, repeats } = run;
  const facts = { job, trigger, ...(repeats === null ? {} : { repeats }) };
  store.audit({ at: now, actor, action: 'run.requested', target: id, detail: null, facts });
}

function auditBackfill(
  { store, now }: Work,
  { job, requestedBy, nominalTimes }: BackfillRequest,
  jobUid: string,
  runs: number,
): void {
  const instants = nominalTimes.map((time) => new Date(time).toISOString());
  store.audit({
    at: now,
    actor: requestedBy,
    action: 'backfill.requested',
    target: jobUid,
    detail: `${job}: ${runs === 1 ? '1 run' : `${runs} runs`}`,
    facts: { job, runs, from: instants[0] ?? null, until: instants.at(-1) ?? null },
  });
}

/** A request that is sent again, because its answer was lost, finds its run. */
function alreadyRequested(
  { store }: Work,
  requestId: string | null,
  wanted: Pick<Run, 'jobUid' | 'trigger'>,
): Run | null {
  const run = requestId === null ? null : store.requestedRun(requestId);
  if (run === null) return null;
  if (run.jobUid === wanted.jobUid && run.trigger === wanted.trigger) return run;
  throw operationalError('JM2-R121', {
    detail: `"${requestId}" is the key of run ${run.id} of "${run.job}" (${run.trigger}).`,
  });
}

function refuseWhileClosed(state: SchedulerState, job: string): void {
  if (state.phase !== 'running') {
    throw operationalError('JM2-D106', { detail: `No run of "${job}" was started.` });
  }
  if (state.held !== null) {
    const detail = `${state.held} No run of "${job}" was started.`;
    throw operationalError('JM2-T104', { detail });
  }
}

/** A time that has come by now is no reason to wait. */
function later(startAt: number | null | undefined, now: number): number | null {
  return startAt === undefined || startAt === null || startAt <= now ? null : startAt;
}

function unknownJob(job: string): Error {
  return operationalError('JM2-R101', { detail: `There is no job "${job}".` });
}

function admitOne(
  state: SchedulerState,
  work: Work,
  entry: JobEntry,
  request: {
    readonly trigger: Run['trigger'];
    readonly nominalTime: number | null;
    readonly requestedBy: string;
    readonly force: boolean;
    readonly serial: boolean;
    readonly priority?: number | null;
    readonly facts: RequestFacts;
  },
): Run {
  const { trigger, nominalTime, requestedBy, force, serial, priority = null, facts } = request;
  const judged = admitRun(
    state,
    work,
    {
      entry,
      trigger,
      nominalTime,
      dueAt: facts.startAt ?? work.now,
      heldUpBy: null,
      requestedBy,
      force,
      serial,
      priority,
      request: facts,
    },
    // No occurrence is claimed: the run's own id is its identity.
    () => {},
  );
  if (judged.kind === 'admitted') return judged.run;
  throw operationalError(judged.reason === 'forbid' ? 'JM2-R103' : 'JM2-R107', {
    detail: `No run of "${entry.record.name}" was started: ${judged.evidence} (${judged.reason}).`,
  });
}

/** Ends a run for a person: at once while it waits, by signals while it runs. */
export function cancelRequest(
  state: SchedulerState,
  work: Work,
  runId: string,
  requestedBy: string,
): void {
  const live = state.runs.get(runId);
  if (live === undefined) {
    const code = work.store.run(runId) === null ? 'JM2-R102' : 'JM2-R104';
    throw operationalError(code, { detail: `Run ${runId} was not canceled.` });
  }
  stopRun(state, work, live, 'cancel', `canceled by ${requestedBy}`);
  const { job } = live.run;
  const entry = { actor: requestedBy, action: 'run.canceled', target: runId, detail: null };
  work.store.audit({ at: work.now, ...entry, facts: { job } });
  fillSlots(state, work);
}
