// Runs that were asked for a later time: when it has come they take their place
// among the others of their job, or are missed when it is too late by then.
import { isStillWanted } from '../core/runs/still-wanted.ts';
import { isPastDeadline, missDeadline, missRun } from './deadlines.ts';
import { replaceRuns } from './queue.ts';
import type { LiveRun } from './run-table.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** As many at once as deadlines; the rest follows with the next slice. */
const openedPerSlice = 1_000;

export function openDeferred(state: SchedulerState, work: Work): void {
  for (let opened = 0; opened < openedPerSlice; opened += 1) {
    const first = state.runs.firstDeferred();
    if (first === null || first.at > work.now) return;
    open(state, work, first.live);
  }
}

/**
 * A person asked for it, so it waits for what is in its way, also under `forbid`:
 * there is nobody any more to whom it could be refused.
 */
function open(state: SchedulerState, work: Work, live: LiveRun): void {
  if (isPastDeadline(live, work.now)) return missDeadline(state, work, live);
  if (live.job !== null && !isStillWanted(live.run, live.job.catchUp, work.now)) {
    const detail = 'nothing could be started at its time, and it is too late now';
    return missRun(state, work, live, { reason: 'catch_up_window', detail });
  }
  const { jobUid, id } = live.run;
  const policy = live.job?.concurrency ?? 'forbid';
  const earlier = state.runs.presentOfJob(jobUid);
  if (policy === 'replace') replaceRuns(state, work, earlier, id);
  const [first] = policy === 'allow' ? [] : state.runs.presentOfJob(jobUid);
  const reason = first === undefined ? null : `waits for run ${first.run.id} of the job to end`;
  work.store.setRunReason(id, reason);
  state.runs.put(work, {
    ...live,
    run: { ...live.run, reason },
    // Behind those that came while it waited for its time.
    order: state.runs.nextOrder(),
    since: work.mono,
    place: first === undefined ? 'ready' : 'blocked',
  });
}
