// What deserves a second look in a change, each with a code, a severity, a
// sentence and, where there is one, a way out. Only what can be stated as a fact,
// or rests on durations that were seen, is stated. What crowding does is in
// load-hazards.ts.
import { daySetOf } from '../calendar/allowed-days.ts';
import type { Job } from '../manifest/job.ts';
import type { Pause } from '../overrides/pause.ts';
import { isFixedTime } from '../runs/clock-step.ts';
import { sayLocal } from '../schedule/local-time.ts';
import { formatDuration } from '../schedule/parse-duration.ts';
import type { Occurrence } from '../schedule/schedule.ts';
import { transitionsBetween } from '../schedule/zone.ts';
import { notesAround } from './clock-changes.ts';
import type { ActiveRun, DurationBasis, PeriodImpact, ScheduleImpact } from './impact.ts';
import { durationRunsMin } from './impact.ts';
import type { HazardCode } from './hazard-register.ts';
import type { FieldChange, Hazard } from './plan.ts';
import { lostRun } from './period-impact.ts';
import { orNever, type Dues, type Standing } from './schedule-impact.ts';

const dayMs = 86_400_000;
/** The next change of the clocks is looked for this far ahead, however short the horizon. */
const clockChangeAheadMs = 370 * dayMs;
/** An apply this close to a run of the job it changes lands beside it. */
const imminentMs = 60_000;

export function hazard(
  code: HazardCode,
  severity: Hazard['severity'],
  detail: string,
  more: { readonly at?: number | null; readonly remedies?: readonly string[] } = {},
): Hazard {
  return { code, severity, detail, at: more.at ?? null, remedies: more.remedies ?? [] };
}

/** But for those of the clocks, which jobs that come due alike have in common. */
export function createHazards(job: Job, impact: ScheduleImpact, now: number): Hazard[] {
  return [...neverFires(job, impact), ...calendarsOver(job, now)];
}

/** It says from whom it would have its history, but nobody of that name is known. */
export function identityHazards({ name, renamedFrom }: Job, isKnownState: boolean): Hazard[] {
  if (renamedFrom.length === 0 || !isKnownState) return [];
  const names = renamedFrom.map((former) => `"${former}"`).join(', ');
  return [
    hazard(
      'identity_reset',
      'low',
      `It begins without a history: no job in force has, or had, the name ${names} that "${name}" was renamed from.`,
      { remedies: ['Look at the names in `renamed_from`.'] },
    ),
  ];
}

export function deleteHazards(
  job: Job,
  running: readonly ActiveRun[],
  guard: { readonly removed: number; readonly recorded: number } | null,
): Hazard[] {
  const hazards: Hazard[] = [];
  if (guard !== null) {
    hazards.push(
      hazard(
        'mass_remove',
        'high',
        `One of ${guard.removed} removals out of ${guard.recorded} jobs.`,
        { remedies: ['Restore the file if it was cut short; apply by hand if they are meant.'] },
      ),
    );
  }
  if (running.length > 0) {
    const isOne = running.length === 1;
    const left = running.length === 1 ? leftWords(running[0]?.leftMs ?? null) : '';
    const what = isOne ? `1 run is active now${left}` : `${running.length} runs are active now`;
    hazards.push(
      job.onRemove === 'cancel'
        ? hazard(
            'removes_running',
            'high',
            `${what}; applying cancels ${isOne ? 'it' : 'them all'}.`,
            { remedies: ['Apply when it is over.', 'Set `on_remove: finish` first.'] },
          )
        : hazard('removes_running', 'medium', `${what}; ${isOne ? 'it' : 'they'} may finish.`),
    );
  }
  return hazards;
}

function leftWords(leftMs: number | null): string {
  if (leftMs === null) return '';
  return leftMs === 0
    ? ', longer than nearly all before it'
    : `, likely for ${roundDuration(leftMs)} more`;
}

/**
 * `before` and `after` are when the job comes due; the same object when that does not
 * change. Of runs that come or go, of which a pause without an end has none, is told only
 * what happens; what the schedule itself is like, holds under a pause, too.
 */
export function updateHazards(
  jobs: { readonly before: Job; readonly after: Job; readonly fields: readonly FieldChange[] },
  standings: { readonly before: Standing; readonly after: Standing },
  impact: ScheduleImpact,
  duration: DurationBasis | null,
  now: number,
): Hazard[] {
  const hazards: Hazard[] = [];
  const isStopped = impact.pausedUntil === null;
  const dues = { before: standings.before.dues, after: standings.after.dues };
  if (standings.before !== standings.after) {
    if (!isStopped) hazards.push(...silenced(jobs.after, dues.before, impact, now));
    hazards.push(...neverFires(jobs.after, impact), ...calendarsOver(jobs.after, now));
    if (!isStopped) {
      hazards.push(
        ...moreOften(impact),
        ...periodHazards(jobs.after, standings.before, impact, now),
      );
    }
    hazards.push(
      ...selfOverlap(jobs, dues, duration, now),
      ...clockHazards(jobs.after, dues.after, now),
    );
  }
  if (!isStopped && isFelt(jobs)) {
    hazards.push(...imminent(jobs.before, dues.before, impact, now));
  }
  return hazards;
}

/** Whether the next run can tell the old job from the new one. */
function isFelt({
  before,
  after,
  fields,
}: {
  readonly before: Job;
  readonly after: Job;
  readonly fields: readonly FieldChange[];
}): boolean {
  return before.name !== after.name || fields.some(({ effect }) => effect !== 'cosmetic');
}

/** A wait so many times longer than what lay between two runs is no other day of the same kind. */
const muchLonger = 2;

function silenced(job: Job, before: Dues, impact: ScheduleImpact, now: number): Hazard[] {
  const { nextRun, runs } = impact;
  if (nextRun.before === null) return [];
  if (nextRun.after === null) {
    const why = job.suspend ? 'It is suspended' : 'It has no future run';
    return [
      hazard(
        'silenced',
        job.suspend ? 'medium' : 'high',
        `${why}: runs within the horizon ${runs.before} → 0.`,
      ),
    ];
  }
  if (runs.after > 0) return [];
  const gap = longestGapAround(before, now);
  const isLonger = gap !== null && nextRun.after - now > muchLonger * gap;
  if (runs.before <= 1 && !isLonger) return [];
  return [
    hazard(
      'silenced',
      'medium',
      `It has no run within the horizon any more (${runs.before} → 0); its next is ${sayLocal(nextRun.after, job.timezone)}.`,
      { at: nextRun.after },
    ),
  ];
}

/** Between the last run, the next one and the one after it; null where there are no two of them. */
function longestGapAround(dues: Dues, now: number): number | null {
  if (dues === null) return null;
  try {
    const { compiled } = dues;
    const times = [compiled.previous(now)?.nominalTime ?? null];
    for (let looked = 0, last = now; looked < 2; looked += 1) {
      const next = compiled.next(last)?.nominalTime ?? null;
      times.push(next);
      if (next === null) break;
      last = next;
    }
    const known = times.filter((time) => time !== null);
    return known.length < 2
      ? null
      : Math.max(...known.slice(1).map((time, index) => time - known[index]!));
  } catch (error) {
    return orNever(error);
  }
}

function moreOften({ runs }: ScheduleImpact): Hazard[] {
  if (runs.before === 0 || runs.after < 10 * runs.before) return [];
  return [
    hazard(
      'frequency_x10',
      'medium',
      `At least ten times as often: runs within the horizon ${runs.before} → ${runs.after}.`,
    ),
  ];
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
      : `until ${sayLocal(pause.until, jobs.after.timezone)}`;
  return [
    hazard(
      'override_conflict',
      'medium',
      `The manifest lifts the suspension, but the job stays paused by ${pause.by} ${until}; jm2 resume ${jobs.after.name} ends that.`,
      { at: pause.until, remedies: [`jm2 resume ${jobs.after.name}`] },
    ),
  ];
}

function neverFires(job: Job, impact: ScheduleImpact): Hazard[] {
  if (job.suspend || job.schedules.length === 0 || impact.nextRun.after !== null) return [];
  return [
    hazard(
      'never_fires',
      'medium',
      'Its schedule has no instant left: it will not run unless started by hand.',
    ),
  ];
}

/** A calendar that was not carried on from year to year excepts nothing any more. */
function calendarsOver(job: Job, now: number): Hazard[] {
  const today = Math.floor(now / dayMs) - 1;
  const over = (job.schedules[0]?.calendar?.except ?? []).filter((calendar) => {
    const last = daySetOf(calendar).last();
    return last !== null && last < today;
  });
  return over.map(({ name }) =>
    hazard(
      'calendar_over',
      'medium',
      `All days of calendar "${name}" have passed: it leaves nothing out any more.`,
      { remedies: [`Add the coming days to "${name}", or take it out of the job.`] },
    ),
  );
}

const units: Readonly<Record<PeriodImpact['unit'], { now: string; this: string }>> = {
  day: { now: 'today', this: 'Today' },
  week: { now: 'this week', this: 'This week' },
  month: { now: 'this month', this: 'This month' },
};

/** What the period that goes on loses or gets twice, counted with what ran in it already. */
function periodHazards(
  job: Job,
  before: Standing,
  { period, nextRun, catchUpRuns }: ScheduleImpact,
  now: number,
): Hazard[] {
  if (period?.verdict === 'doubled') return [doubled(job, period, nextRun.after)];
  // Made up for, it is not lost; what starts then is told for itself.
  if (nextRun.after === null || catchUpRuns > 0) return [];
  const held = heldRun(before, now);
  // One that runs less than monthly has no period whose other runs would stand for it.
  const lost = period === null ? (held?.nominalTime ?? null) : lostRun(period, before);
  if (lost === null) return [];
  const zone = job.timezone;
  const isHeld = held?.nominalTime === lost;
  const startsAt = sayLocal(isHeld ? held.startTime : lost, zone);
  const next = `its next is ${sayLocal(nextRun.after, zone)}`;
  const when = units[period?.unit ?? 'day'].now;
  const which =
    period?.unit === 'day' ? `Today's run at ${startsAt}` : `The run of ${when} at ${startsAt}`;
  return [
    hazard(
      'period_lost',
      'medium',
      isHeld
        ? `The run of ${sayLocal(lost, zone)}, which its jitter lets start at ${startsAt}, is lost: what has not started goes with the old schedule; ${next}.`
        : `${which} is lost: the new schedule has none left ${when}, ${next}.`,
      {
        at: lost,
        remedies: [
          `Apply after ${startsAt}.`,
          ...(period === null
            ? []
            : ['Set `on_schedule_change: catch_up`: applying then starts it at once.']),
          `Start it by hand: jm2 run ${job.name}`,
        ],
      },
    ),
  ];
}

function doubled(job: Job, { unit, end, before, after }: PeriodImpact, at: number | null): Hazard {
  return hazard(
    'period_doubled',
    'medium',
    `${units[unit].this} has ${after} runs instead of ${before}: what ran before the apply counts, too.`,
    {
      at,
      remedies: [
        `Apply after ${sayLocal(end, job.timezone)}.`,
        'Accept it, if a second run does no harm.',
      ],
    },
  );
}

/** Its time has come but jitter holds it back; null for none. */
function heldRun({ dues, openAfter }: Standing, now: number): Occurrence | null {
  if (dues === null || openAfter >= now) return null;
  try {
    const next = dues.compiled.next(openAfter);
    return next !== null && next.nominalTime <= now ? next : null;
  } catch (error) {
    return orNever(error);
  }
}

/** Runs of nearly all durations seen would reach into the next one, as they did not before. */
function selfOverlap(
  jobs: { readonly before: Job; readonly after: Job },
  dues: { readonly before: Dues; readonly after: Dues },
  duration: DurationBasis | null,
  now: number,
): Hazard[] {
  if (duration === null || duration.runs < durationRunsMin) return [];
  const [shortBefore, shortAfter] = [shortestGap(dues.before, now), shortestGap(dues.after, now)];
  if (shortAfter === null || duration.p95Ms <= shortAfter.ms) return [];
  if (shortBefore !== null && duration.p95Ms > shortBefore.ms) return [];
  const then = {
    forbid: 'the next one is skipped',
    allow: 'they run side by side',
    queue: 'the next one waits',
    replace: 'the next one ends it',
  }[jobs.after.concurrency];
  return [
    hazard(
      'overlap_self',
      jobs.after.concurrency === 'replace' ? 'high' : 'medium',
      `A run takes up to ${roundDuration(duration.p95Ms)} (95th percentile of ${duration.runs} runs), the next one comes after ${formatDuration(shortAfter.ms)}: ${then}.`,
      {
        at: shortAfter.at,
        remedies: ['Choose a longer interval.', 'Set `concurrency` to what is meant.'],
      },
    ),
  ];
}

/** Of the next runs: those of a working day show it, and a list of odd minutes. */
const gapsLookedAt = 200;

function shortestGap(dues: Dues, now: number): { ms: number; at: number } | null {
  if (dues === null) return null;
  try {
    let last: number | null = null;
    let shortest: { ms: number; at: number } | null = null;
    for (let looked = 0; looked < gapsLookedAt; looked += 1) {
      const next: number | null = dues.compiled.next(last ?? now)?.nominalTime ?? null;
      if (next === null) break;
      if (last !== null && next - last < (shortest?.ms ?? Number.POSITIVE_INFINITY)) {
        shortest = { ms: next - last, at: next };
      }
      last = next;
    }
    return shortest;
  } catch (error) {
    return orNever(error);
  }
}

/** What the next change of the clocks does to a schedule that is new. */
export function clockHazards(job: Job, dues: Dues, now: number): Hazard[] {
  if (dues === null) return [];
  const zones = new Set(job.schedules.map(({ timezone }) => timezone));
  for (const zone of zones) {
    for (const { at, offsetBefore, offsetAfter } of transitionsBetween(
      zone,
      now,
      now + clockChangeAheadMs,
    )) {
      const lengthMs = Math.abs(offsetAfter - offsetBefore);
      const found = notesAround(dues.compiled, at, lengthMs);
      const local = (instant: number) => sayLocal(instant, zone);
      const gap = found.find(({ note }) => note === 'dst_gap' || note === 'dst_shift');
      if (gap !== undefined) {
        return [
          hazard(
            'dst_gap',
            'low',
            `The clocks of ${zone} go forward at ${local(at)}: its run then stands for a local time that does not exist, and starts at ${local(gap.at)}.`,
            { at, remedies: ['Choose a local time that exists on every day, or `UTC`.'] },
          ),
        ];
      }
      const twice = found.filter(
        ({ note }) => note === 'dst_overlap_first' || note === 'dst_overlap_last',
      );
      // What follows elapsed time is not due twice: the hour itself comes twice.
      if (twice.length > 1 && isFixedTime(job.schedules)) {
        return [
          hazard(
            'dst_double',
            'low',
            `The clocks of ${zone} go back at ${local(at)}: it runs ${twice.length} times for local times that come twice.`,
            { at, remedies: ['Set `dst_overlap: first`.'] },
          ),
        ];
      }
    }
  }
  return [];
}

function imminent(job: Job, dues: Dues, { nextRun }: ScheduleImpact, now: number): Hazard[] {
  const next = nextRun.before;
  if (next === null || next - now > imminentMs) return [];
  // A job of every minute is always about to run: that is no news of this apply.
  const gap = shortestGap(dues, now);
  if (gap !== null && gap.ms <= 5 * imminentMs) return [];
  return [
    hazard(
      'imminent',
      'low',
      `It is about to run, at ${sayLocal(next, job.timezone)}: whether that run is the old or the new one is a matter of seconds.`,
      { at: next, remedies: ['Apply after that run.'] },
    ),
  ];
}

/** To the second, to the minute from ten minutes on: a forecast is no measurement. */
export function roundDuration(ms: number): string {
  const unit = ms >= 600_000 ? 60_000 : 1_000;
  return formatDuration(Math.max(unit, Math.round(ms / unit) * unit));
}
