import type { Job } from '../../../src/core/manifest/job.ts';
import { jobSteps } from '../../../src/core/plan/job-steps.ts';
import type { PlanInput } from '../../../src/core/plan/plan-input.ts';
import type { RecordedJob } from '../../../src/core/plan/plan.ts';
import type { CronSchedule, EverySchedule } from '../../../src/core/schedule/schedule.ts';
import { everyMinute, specDigest } from '../../support/store-records.ts';

/** Friday, 14:05 in Berlin. */
export const friday = Date.parse('2026-03-27T13:05:00Z');
export const day = 86_400_000;

export function cron(expression: string, changes: Partial<CronSchedule> = {}): CronSchedule {
  return { ...(everyMinute(expression) as CronSchedule), ...changes };
}

export function every(intervalMs: number, changes: Partial<EverySchedule> = {}): EverySchedule {
  return {
    kind: 'every',
    intervalMs,
    anchor: 0,
    timezone: 'UTC',
    jitterMs: 0,
    from: null,
    until: null,
    written: `every ${intervalMs / 1000}s`,
    ...changes,
  };
}

export function recorded(job: Job, aliases: readonly string[] = []): RecordedJob {
  return { uid: `uid-${job.name}`, job, digest: specDigest(job), aliases };
}

export const limits = { concurrencyMax: 64, queueLimit: 200, groups: {} };

export function states(
  from: readonly (Job | RecordedJob)[],
  to: readonly Job[],
  changes: Partial<PlanInput> = {},
): PlanInput {
  return {
    desired: {
      manifest: {
        version: 1,
        timezone: 'UTC',
        limits,
        calendars: {},
        namedSchedules: {},
        jobs: to,
      },
      digest: JSON.stringify(to),
      jobDigests: new Map(to.map((job) => [job.name, specDigest(job)])),
    },
    recorded: {
      lineage: 'here',
      revision: 1,
      digest: 'before',
      limits,
      timezone: 'UTC',
      jobs: from.map((job) => ('uid' in job ? job : recorded(job))),
    },
    now: friday,
    horizonMs: 7 * day,
    ...changes,
  };
}

/** What is recorded once the steps of the plan are carried out, as the store does it. */
export function applied(input: PlanInput): PlanInput {
  const jobs = new Map(input.recorded.jobs.map((record) => [record.uid, record]));
  let made = 0;
  const newUid = () => {
    do made += 1;
    while (jobs.has(`new-${made}`));
    return `new-${made}`;
  };
  for (const step of jobSteps(input, newUid)) {
    if (step.kind === 'delete') jobs.delete(step.uid);
    else {
      const aliases = [
        ...(jobs.get(step.uid)?.aliases ?? []),
        ...(step.kind === 'update' ? step.aliases : []),
      ];
      jobs.set(step.uid, { uid: step.uid, job: step.job, digest: step.digest, aliases });
    }
  }
  return {
    ...input,
    recorded: {
      ...input.recorded,
      revision: 2,
      digest: input.desired.digest,
      jobs: [...jobs.values()],
    },
  };
}
