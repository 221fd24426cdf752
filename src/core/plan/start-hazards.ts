// What applying a change starts by itself, told as what it is: something that
// happens although nobody asked for a run. Which runs these are is decided in
// starts-by-apply.ts.
import type { Job } from '../manifest/job.ts';
import { sayLocal } from '../schedule/local-time.ts';
import { hazard } from './hazards.ts';
import type { ScheduleImpact } from './impact.ts';
import type { Hazard } from './plan.ts';

/** `madeUpFor`: nominal time of the run that is made up for; null for none. */
export function startHazards(
  job: Job,
  { running }: ScheduleImpact,
  madeUpFor: number | null,
): Hazard[] {
  const hazards: Hazard[] = [];
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
  return hazards;
}
