// What applying a change starts by itself, told as what it is: something that
// happens although nobody asked for a run. Which runs these are is decided in
// starts-by-apply.ts.
import type { Job } from '../manifest/job.ts';
import { sayLocal } from '../schedule/local-time.ts';
import { hazard } from './hazards.ts';
import type { ScheduleImpact } from './impact.ts';
import type { Hazard } from './plan.ts';

/**
 * True for a run that is due by its new name: the name seeds the jitter, and the delay
 * under the new one is over. Nothing else lets a next run begin at once.
 */
export function isDueAtOnce({ nextRun, pausedUntil }: ScheduleImpact, now: number): boolean {
  return nextRun.after !== null && nextRun.after <= now && pausedUntil !== null;
}

/** `madeUpFor`: nominal time of the run that is made up for; null for none. */
export function startHazards(
  job: Job,
  impact: ScheduleImpact,
  madeUpFor: number | null,
  now: number,
): Hazard[] {
  const hazards: Hazard[] = [];
  const { running, nextRun } = impact;
  const restarted = running.filter(({ policy }) => policy === 'restart').length;
  if (restarted > 0) {
    const which = restarted === 1 ? 'the run that goes on' : `the ${restarted} runs that go on`;
    hazards.push(
      hazard(
        'starts_run',
        'medium',
        `Applying ends ${which} and starts ${restarted === 1 ? 'it' : 'them'} anew, as the job is then (on_change: restart).`,
        { remedies: ['Apply when it is over.', 'Set `on_change: finish`.'] },
      ),
    );
  }
  if (madeUpFor !== null) {
    hazards.push(
      hazard(
        'starts_run',
        'medium',
        `Applying starts a run at once: the one of ${sayLocal(madeUpFor, job.timezone)}, which the new schedule no longer has (on_schedule_change: catch_up).`,
        {
          at: madeUpFor,
          remedies: [
            `Apply after ${sayLocal(madeUpFor, job.timezone)}.`,
            'Set `on_schedule_change: ignore`.',
          ],
        },
      ),
    );
  }
  if (isDueAtOnce(impact, now)) {
    // It is due because it was: under the old name later than now.
    const former = sayLocal(nextRun.before ?? now, job.timezone);
    hazards.push(
      hazard(
        'starts_run',
        'medium',
        `Applying starts the run that waits for its jitter until ${former}: the delay goes by the name, and under the new one it is over.`,
        { at: nextRun.before, remedies: [`Apply after ${former}.`] },
      ),
    );
  }
  return hazards;
}
