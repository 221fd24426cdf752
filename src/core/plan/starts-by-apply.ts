// The only two things that an apply may start, each asked for by the job itself:
// a run that goes on is begun anew when what it executes changes (`on_change:
// restart`), unless that is what it executes already, and a run that the present period loses to a change of the schedule
// is made up for (`on_schedule_change: catch_up`). The plan counts by it, and the
// scheduler acts by it. When the ended run's successor begins is left to the latter.
import type { Job } from '../manifest/job.ts';
import { livePause } from '../overrides/pause.ts';
import type { RecordedJob } from './plan.ts';
import { lostRun, periodImpact } from './period-impact.ts';
import { sameSchedules } from './same-schedule.ts';
import { sameValue } from './same-value.ts';
import { duesOf } from './schedule-impact.ts';
import { pastOf, standingAnew, standingOfRecorded, type Admitted } from './standing.ts';

/**
 * What is executed, as whom and within which bounds. Not the timeout, of which more
 * would end what it was given to; nor what is asked only when a run ends or begins.
 */
const executed = [
  'command',
  'cwd',
  'env',
  'envFile',
  'inheritEnv',
  'user',
  'umask',
  'nice',
  'limits',
] as const satisfies readonly (keyof Job)[];

type Before = Pick<RecordedJob, 'job' | 'pause'>;

/** True when the runs of the job that go on end now and begin anew, unless `isAsItShallBe`. */
export function isRestarted(before: Before, after: Job, now: number): boolean {
  return (
    after.onChange === 'restart' &&
    mayBegin(after, before.pause, now) &&
    !isSameExecution(before.job, after)
  );
}

/**
 * A run keeps the spec that it began with, so that a change which comes back to it,
 * such as a rollback, is none for this run. `spec` null: nobody knows it any more.
 */
export function isAsItShallBe(spec: Job | null, after: Job): boolean {
  return spec !== null && isSameExecution(spec, after);
}

function isSameExecution(a: Job, b: Job): boolean {
  return executed.every((field) => sameValue(a[field], b[field]));
}

/** Nominal time of the run that is made up for at once; null for none. `admitted`: the ledger. */
export function madeUpRun(
  before: RecordedJob,
  after: Job,
  now: number,
  admitted: Admitted | null,
): number | null {
  if (after.onScheduleChange !== 'catch_up' || !mayBegin(after, before.pause, now)) return null;
  // As for the plan: the name seeds the jitter, but a rename is no change of the schedule.
  if (sameSchedules(before.job.schedules, after.schedules)) return null;
  const dues = duesOf(before.job);
  const [from, to] = [
    standingOfRecorded(before, dues, now),
    standingAnew(duesOf(after), before.pause ?? null, now),
  ];
  const period = periodImpact(from, to, { now, zone: after.timezone }, (span) =>
    pastOf(before, dues, { now, ...span }, admitted),
  );
  return lostRun(period, from);
}

/** Whoever stopped a job, by file or by hand, is not overruled. */
export function mayBegin(job: Job, pause: RecordedJob['pause'], now: number): boolean {
  return !job.suspend && livePause(pause ?? null, now) === null;
}
