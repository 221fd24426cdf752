// The plan: desired against recorded state. Pure and deterministic; how it is
// shown is left to the views, how it is carried out to job-steps.ts.
import type { Job } from '../manifest/job.ts';
import { livePause } from '../overrides/pause.ts';
import { describeSchedules } from '../schedule/describe-schedule.ts';
import { displayZone } from '../schedule/display-zone.ts';
import { diffJob } from './diff-job.ts';
import { createHazards, deleteHazards, overrideHazards, updateHazards } from './hazards.ts';
import { limitChanges } from './limit-changes.ts';
import { matchJobs, type Matching } from './match-jobs.ts';
import { planOverrides } from './plan-overrides.ts';
import type { PlanInput } from './plan-input.ts';
import type { Change, FieldChange, Plan, RecordedJob } from './plan.ts';
import { sameSchedules } from './same-schedule.ts';
import { duesOf, scheduleImpact, type Dues } from './schedule-impact.ts';

/** Changes stand in the order of their job names. */
export function computePlan(input: PlanInput): Plan {
  const { desired, recorded, now, horizonMs } = input;
  const matching = matchJobs(desired.manifest.jobs, recorded.jobs);
  const guard = guardOf(input, matching);
  const removedByCommand = firstByCommand(matching.removed);
  const changes: Change[] = [];
  let unchanged = 0;
  for (const { job, recorded: record } of matching.matches) {
    if (record === null) {
      changes.push(created(job, input, removedByCommand.get(commandKey(job)) ?? null));
      continue;
    }
    const isRenamed = record.job.name !== job.name;
    if (!isRenamed && record.digest === desired.jobDigests.get(job.name)) {
      unchanged += 1;
      continue;
    }
    const fields = diffJob(record.job, job);
    // A digest alone may change with the program that computes it: nothing to show.
    if (isRenamed || fields.length > 0) changes.push(updated(record, job, fields, input));
    else unchanged += 1;
  }
  const removals = { removed: matching.removed.length, recorded: recorded.jobs.length };
  for (const record of matching.removed) {
    changes.push(deleted(record, input, guard === null ? null : removals));
  }
  changes.sort((a, b) => compareText(a.job, b.job) || compareText(a.action, b.action));
  const manifestFields = manifestChanges(input);
  const overrides = planOverrides(matching, recorded.archived ?? new Map(), now);
  const count = (action: Change['action']) =>
    changes.filter((change) => change.action === action).length;
  return {
    basis: {
      lineage: recorded.lineage,
      revision: recorded.revision,
      appliedDigest: recorded.digest,
      desiredDigest: desired.digest,
    },
    changes,
    summary: {
      create: count('create'),
      update: count('update'),
      rename: count('rename'),
      delete: count('delete'),
      unchanged,
    },
    ...(manifestFields.length === 0 ? {} : { manifestFields }),
    ...(overrides.length === 0 ? {} : { overrides }),
    guard,
    at: now,
    horizonMs,
  };
}

/** True when applying the plan would change nothing that a person can see. */
export function isEmptyPlan(plan: Plan): boolean {
  return plan.changes.length === 0 && (plan.manifestFields ?? []).length === 0;
}

function created(job: Job, input: PlanInput, lookalike: string | null): Change {
  const impact = scheduleImpact(null, duesOf(job), input.now, input.horizonMs);
  return {
    job: job.name,
    action: 'create',
    reason: 'new_in_config',
    previousName: null,
    fields: diffJob(null, job),
    timezone: displayZone(job.schedules, job.timezone),
    impact,
    scheduleInWords: { before: null, after: inWords(job) },
    hazards: createHazards(job, impact, lookalike),
  };
}

function deleted(
  record: RecordedJob,
  input: PlanInput,
  guard: { readonly removed: number; readonly recorded: number } | null,
): Change {
  return {
    job: record.job.name,
    action: 'delete',
    reason: 'not_in_config',
    previousName: null,
    fields: diffJob(record.job, null),
    timezone: displayZone(record.job.schedules, record.job.timezone),
    impact: scheduleImpact(duesOf(record.job), null, input.now, input.horizonMs),
    scheduleInWords: { before: inWords(record.job), after: null },
    hazards: deleteHazards(record.job, input.running?.get(record.uid) ?? 0, guard),
  };
}

function updated(
  record: RecordedJob,
  after: Job,
  fields: readonly FieldChange[],
  input: PlanInput,
): Change {
  const before = record.job;
  const isRenamed = before.name !== after.name;
  const sameTimes =
    before.suspend === after.suspend && sameSchedules(before.schedules, after.schedules);
  const duesBefore = duesOf(before);
  // The name seeds the jitter, so a renamed job is compiled anew.
  const duesAfter: Dues = sameTimes && !isRenamed ? duesBefore : duesOf(after);
  const impact = scheduleImpact(duesBefore, duesAfter, input.now, input.horizonMs);
  return {
    job: after.name,
    action: isRenamed ? 'rename' : 'update',
    reason: isRenamed ? 'renamed_from' : 'config_changed',
    previousName: isRenamed ? before.name : null,
    fields,
    timezone: displayZone(after.schedules, after.timezone),
    impact,
    scheduleInWords: sameTimes ? null : { before: inWords(before), after: inWords(after) },
    hazards: [
      ...updateHazards(
        { before, after },
        sameTimes
          ? { before: duesBefore, after: duesBefore }
          : { before: duesBefore, after: duesAfter },
        impact,
        input.now,
      ),
      ...overrideHazards({ before, after }, livePause(record.pause ?? null, input.now)),
    ],
  };
}

function inWords(job: Job): string {
  const words = describeSchedules(job.schedules);
  return job.suspend ? `suspended (${words})` : words;
}

/** A truncated or half-written file looks like many removals: a person must say that they are meant. */
function guardOf({ desired, recorded }: PlanInput, { removed }: Matching): Plan['guard'] {
  const total = recorded.jobs.length;
  if (removed.length > 0 && desired.manifest.jobs.length === 0) {
    return { code: 'empty', detail: `The manifest has no jobs; ${total} are in force.` };
  }
  if (removed.length <= Math.max(3, total * 0.1)) return null;
  return {
    code: 'shrink',
    detail: `${removed.length} of ${total} jobs would be removed, more than three and more than a tenth.`,
  };
}

function manifestChanges({ desired, recorded }: PlanInput): FieldChange[] {
  const changes: FieldChange[] = [];
  // Before the first revision there is nothing to compare with.
  if (recorded.revision === 0) return changes;
  const { timezone, limits } = desired.manifest;
  if (timezone !== recorded.timezone) {
    // Jobs whose schedule moves with it are listed for themselves.
    changes.push({
      path: '/timezone',
      before: recorded.timezone,
      after: timezone,
      effect: 'cosmetic',
    });
  }
  return [...changes, ...limitChanges(recorded.limits, limits)];
}

function firstByCommand(records: readonly RecordedJob[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { job } of records) {
    const key = commandKey(job);
    const known = names.get(key);
    if (known === undefined || compareText(job.name, known) < 0) names.set(key, job.name);
  }
  return names;
}

function commandKey({ command }: Job): string {
  return command.kind === 'shell'
    ? JSON.stringify([command.shell, command.text])
    : JSON.stringify(command.argv);
}

/** By code units: the same on every machine. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
