// What deserves a second look in a change, each with a code, a severity and a
// sentence. Only what can be stated as a fact is stated.
import type { Job } from '../manifest/job.ts';
import type { Pause } from '../overrides/pause.ts';
import { formatLocal } from '../schedule/local-time.ts';
import { pickInstant } from '../schedule/wall-time.ts';
import { offsetAt } from '../schedule/zone.ts';
import type { Hazard, ScheduleImpact } from './plan.ts';
import type { Dues } from './schedule-impact.ts';

const dayMs = 86_400_000;

export function createHazards(
  job: Job,
  impact: ScheduleImpact,
  lookalike: string | null,
): Hazard[] {
  const hazards = neverFires(job, impact);
  if (lookalike !== null) {
    hazards.push({
      code: 'looks_like_rename',
      severity: 'low',
      detail: `The removed job "${lookalike}" has the same command. If "${job.name}" is its new name, add \`renamed_from: ${lookalike}\`, so that its history goes with it.`,
    });
  }
  return hazards;
}

export function deleteHazards(
  job: Job,
  running: number,
  guard: { readonly removed: number; readonly recorded: number } | null,
): Hazard[] {
  const hazards: Hazard[] = [];
  if (guard !== null) {
    hazards.push({
      code: 'mass_remove',
      severity: 'high',
      detail: `One of ${guard.removed} removals out of ${guard.recorded} jobs.`,
    });
  }
  if (running > 0) {
    const isOne = running === 1;
    const what = isOne ? '1 run goes on now' : `${running} runs go on now`;
    hazards.push(
      job.onRemove === 'cancel'
        ? {
            code: 'removes_running',
            severity: 'high',
            detail: `${what}; applying cancels ${isOne ? 'it' : 'them all'}.`,
          }
        : { code: 'removes_running', severity: 'medium', detail: `${what} and may finish.` },
    );
  }
  return hazards;
}

/** `before` and `after` are when the job comes due; the same object when that does not change. */
export function updateHazards(
  jobs: { readonly before: Job; readonly after: Job },
  dues: { readonly before: Dues; readonly after: Dues },
  impact: ScheduleImpact,
  now: number,
): Hazard[] {
  const hazards: Hazard[] = [];
  if (dues.before !== dues.after) {
    const { nextRun, runs } = impact;
    if (nextRun.before !== null && nextRun.after === null) {
      const why = jobs.after.suspend ? 'It is suspended' : 'It has no future run';
      hazards.push({
        code: 'silenced',
        severity: jobs.after.suspend ? 'medium' : 'high',
        detail: `${why}: runs within the horizon ${runs.before} → 0.`,
      });
    }
    hazards.push(...neverFires(jobs.after, impact));
    if (runs.before > 0 && runs.after >= 10 * runs.before) {
      hazards.push({
        code: 'frequency_x10',
        severity: 'medium',
        detail: `At least ten times as often: runs within the horizon ${runs.before} → ${runs.after}.`,
      });
    }
    hazards.push(...periodLost(jobs.before, dues, impact, now));
  }
  hazards.push(...securityWidened(jobs.before, jobs.after));
  return hazards;
}

/** The file asks for runs that a person has stopped: the person is not overruled. */
export function overrideHazards(
  jobs: { readonly before: Job; readonly after: Job },
  pause: Pause | null,
): Hazard[] {
  if (pause === null || !jobs.before.suspend || jobs.after.suspend) return [];
  const until =
    pause.until === null
      ? 'until it is resumed'
      : `until ${formatLocal(pause.until, jobs.after.timezone)}`;
  return [
    {
      code: 'override_conflict',
      severity: 'medium',
      detail: `The manifest lifts the suspension, but the job stays paused by ${pause.by} ${until}; jm2 resume ${jobs.after.name} ends that.`,
    },
  ];
}

function neverFires(job: Job, impact: ScheduleImpact): Hazard[] {
  if (job.suspend || job.schedules.length === 0 || impact.nextRun.after !== null) return [];
  return [
    {
      code: 'never_fires',
      severity: 'medium',
      detail: 'Its schedule has no instant left: it will not run unless started by hand.',
    },
  ];
}

/**
 * The job had nothing behind it today and one or more runs ahead; now today has
 * none at all. A day on which it ran already has not lost its run.
 */
function periodLost(
  job: Job,
  dues: { readonly before: Dues; readonly after: Dues },
  impact: ScheduleImpact,
  now: number,
): Hazard[] {
  if (dues.before === null || dues.after === null || impact.nextRun.after === null) return [];
  const today = localDay(now, job.timezone);
  const lost = dues.before.compiled.next(now);
  if (lost === null || lost.nominalTime >= today.end) return [];
  if (dues.before.compiled.count(today.start, now + 1, 1) > 0) return [];
  if (dues.after.compiled.count(now + 1, today.end, 1) > 0) return [];
  return [
    {
      code: 'period_lost',
      severity: 'medium',
      detail: `Today's run at ${formatLocal(lost.nominalTime, job.timezone)} is lost: the new schedule has none left today, its next is ${formatLocal(impact.nextRun.after, job.timezone)}. Apply after that run to keep it.`,
    },
  ];
}

function securityWidened(before: Job, after: Job): Hazard[] {
  if (before.user === after.user) return [];
  const named = (user: string | null) => (user === null ? "the daemon's account" : `"${user}"`);
  return [
    {
      code: 'security_widened',
      severity: after.user === 'root' ? 'high' : 'medium',
      detail: `The command runs as ${named(after.user)} instead of ${named(before.user)}.`,
    },
  ];
}

function localDay(now: number, zone: string): { start: number; end: number } {
  const wall = now + offsetAt(zone, now);
  const midnight = Math.floor(wall / dayMs) * dayMs;
  return {
    start: pickInstant(zone, midnight).instant,
    end: pickInstant(zone, midnight + dayMs).instant,
  };
}
