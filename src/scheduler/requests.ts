// What people ask for by hand: start a run now, end one. Each either happens as
// a whole or throws a Jm2Error and leaves no trace.
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Run } from '../core/runs/run.ts';
import { stopRun } from './ending.ts';
import { admitRun, fillSlots } from './queue.ts';
import type { ManualRequest } from './scheduler.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** Admits a manual run under the job's policy; a refused one is an error, not a record. */
export function admitRequest(state: SchedulerState, work: Work, request: ManualRequest): Run {
  const { job, requestedBy, force } = request;
  if (state.phase !== 'running') {
    throw operationalError('JM2-D106', { detail: `No run of "${job}" was started.` });
  }
  if (state.held !== null) {
    const detail = `${state.held} No run of "${job}" was started.`;
    throw operationalError('JM2-T104', { detail });
  }
  const entry = state.jobs.named(job);
  if (entry === undefined) {
    throw operationalError('JM2-R101', { detail: `There is no job "${job}".` });
  }
  const judged = admitRun(
    state,
    work,
    {
      entry,
      trigger: 'manual',
      nominalTime: null,
      dueAt: work.now,
      heldUpBy: null,
      requestedBy,
      force,
      serial: false,
      priority: request.priority ?? null,
    },
    // No occurrence is claimed: the run's own id is its identity.
    () => {},
  );
  if (judged.kind === 'skipped') {
    throw operationalError(judged.reason === 'forbid' ? 'JM2-R103' : 'JM2-R107', {
      detail: `No run of "${job}" was started: ${judged.evidence} (${judged.reason}).`,
    });
  }
  fillSlots(state, work);
  return judged.run;
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
  fillSlots(state, work);
}
