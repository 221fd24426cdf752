// What a change of the wall clock means for the jobs, by its size, as cronie
// does: small ones are lateness, medium ones daylight-saving-like shifts, large
// ones corrections. Suspend is no step: the caller tells it apart.
import type { CompiledSchedule, Schedule } from '../schedule/schedule.ts';
import { dueUntil } from './catch-up.ts';
import { coalesce, type CoalescedRow } from './missed.ts';

export type ClockStep =
  | 'none'
  | 'forward_small'
  | 'forward_medium'
  | 'forward_large'
  | 'backward'
  | 'backward_large';

/** Up to here a forward step is lateness: each occurrence runs once, in order. */
export const smallStepMs = 5 * 60_000;
/** Up to here a step is taken like a daylight-saving shift; beyond, as a correction. */
export const largeStepMs = 3 * 3_600_000;
/**
 * Up to here, slewing, timer noise and a leap second that the clock repeats are
 * not called a step.
 */
const noiseMs = 1_500;
/** An occurrence this young is the current one after a jump; cron's resolution. */
const currentMs = 60_000;

/** Names a difference between the wall clock and the time that really passed (ms). */
export function classifyStep(byMs: number): ClockStep {
  if (Math.abs(byMs) <= noiseMs) return 'none';
  if (byMs < 0) return byMs >= -largeStepMs ? 'backward' : 'backward_large';
  if (byMs <= smallStepMs) return 'forward_small';
  return byMs <= largeStepMs ? 'forward_medium' : 'forward_large';
}

/**
 * True when the job names times of day (or one instant) that must not be run
 * twice. A job with several schedules is fixed as soon as one of them is: a
 * pause of at most three hours is better than a daily job that runs twice.
 */
export function isFixedTime(schedules: readonly Schedule[]): boolean {
  return schedules.some((schedule) => {
    if (schedule.kind === 'at') return true;
    if (schedule.kind === 'every') return false;
    const fields = schedule.expression.trim().split(/\s+/);
    const [minute = '*', hour = '*'] = fields.length === 6 ? fields.slice(1) : fields;
    return !minute.startsWith('*') && !hour.startsWith('*');
  });
}

export interface StepDecision {
  readonly admit: readonly number[];
  readonly missed: readonly CoalescedRow[];
  readonly settledTo: number | null;
}

/** What follows a medium or large forward step for the occurrences that it jumped over. */
export function settleForwardStep(
  step: 'forward_medium' | 'forward_large',
  schedule: CompiledSchedule,
  isFixed: boolean,
  watermark: number,
  now: number,
): StepDecision {
  const newest = schedule.previous(dueUntil(schedule, now));
  if (newest === null || newest.nominalTime <= watermark) {
    return { admit: [], missed: [], settledTo: null };
  }
  const settledTo = newest.nominalTime;
  const isAdmitted = step === 'forward_medium' && (isFixed || now - newest.startTime < currentMs);
  const jumped = coalesce(
    schedule,
    watermark,
    isAdmitted ? settledTo - 1 : settledTo,
    'clock_step',
  );
  return {
    admit: isAdmitted ? [settledTo] : [],
    missed: jumped === null ? [] : [jumped],
    settledTo,
  };
}

/**
 * True when a job takes up a new clock epoch after a backward step: its nominal
 * times recur and are due again. A fixed-time job keeps its watermark for steps
 * up to three hours and so runs once per date.
 */
export function needsNewEpoch(step: 'backward' | 'backward_large', isFixed: boolean): boolean {
  return step === 'backward_large' || !isFixed;
}

/** True when a position so far ahead of the clock tells of a clock that was set back, and is given up. */
export function isLeftAhead(watermark: number, now: number, isFixed: boolean): boolean {
  const step = classifyStep(now - watermark);
  return (step === 'backward' || step === 'backward_large') && needsNewEpoch(step, isFixed);
}

/** A step by how far it leaves a watermark ahead, too: small ones add up. */
export function backwardStep(
  step: 'backward' | 'backward_large',
  aheadMs: number,
): 'backward' | 'backward_large' {
  return aheadMs > largeStepMs ? 'backward_large' : step;
}
