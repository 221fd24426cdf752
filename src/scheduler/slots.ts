// What stands between a run and its start, out of the tables: free slots in all
// and in its group, and its deadline. What follows is decided in core/runs.
import type { AdmissionLimits, Job } from '../core/manifest/job.ts';
import type { SlotFacts } from '../core/runs/admission.ts';
import { occurrenceTime, type Run } from '../core/runs/run.ts';
import type { LiveRun } from './run-table.ts';
import type { SchedulerState } from './state.ts';
import type { Work } from './work.ts';

/** Puts new limits in force, for waiting runs as well. What runs beyond them goes on. */
export function setLimits(
  state: SchedulerState,
  { concurrencyMax, queueLimit, groups }: AdmissionLimits,
): void {
  state.limits = { concurrencyMax, queueLimit, groups };
  state.runs.line.setLimits(groups);
}

/**
 * How the slots are for a run of this group: those that others in line will get
 * first are taken. `inLine`: the run is one of those in line itself.
 */
export function slotFacts(
  state: SchedulerState,
  group: string | null,
  { inLine = false } = {},
): SlotFacts {
  const own = inLine ? 1 : 0;
  const { limits, runs } = state;
  const max = group === null ? undefined : limits.groups[group];
  return {
    max: limits.concurrencyMax,
    free: limits.concurrencyMax - runs.activeCount - runs.line.startable + own,
    group:
      group === null || max === undefined
        ? null
        : {
            name: group,
            max,
            free: runs.line.freeIn(group) - runs.line.countsOf(group).waiting + own,
          },
  };
}

/** What the job in force says of a run's place in line. */
export function lineOf(
  run: Pick<Run, 'priority' | 'trigger' | 'nominalTime' | 'startAt'>,
  job: Job | null,
): Pick<LiveRun, 'group' | 'priority' | 'startBy'> {
  const deadlineMs = job?.startDeadlineMs ?? null;
  const from = occurrenceTime(run) ?? run.startAt;
  return {
    group: job?.group ?? null,
    priority: run.priority ?? job?.priority ?? 0,
    // From the nominal time: jitter is no reason to be later. By hand there is none,
    // unless a time was asked for.
    startBy: deadlineMs === null || from === null ? null : from + deadlineMs,
  };
}

/** Brings waiting and running runs to where the job in force puts them. */
export function relocateRuns(state: SchedulerState, work: Work, jobUid: string, job: Job): void {
  for (const live of state.runs.ofJob(jobUid)) {
    state.runs.put(work, { ...live, ...lineOf(live.run, job) });
  }
}
