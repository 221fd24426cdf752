// Applied is what the scheduler waits for, not what was recorded: each changed job
// must have a start ahead where the plan expects one, and not a later one.
import { livePause } from '../core/overrides/pause.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { JobRecord } from '../store/store.ts';

/** An occurrence this close may have come due between plan and check. */
const marginMs = 5_000;

/** Names of the jobs that are not scheduled as planned. */
export function unarmedJobs(
  scheduler: Pick<Scheduler, 'nextStart'>,
  plan: Plan,
  jobs: readonly JobRecord[],
  now: number,
): string[] {
  const changed = new Set(plan.changes.map(({ job }) => job));
  const ofChanges = jobs.filter(({ name }) => changed.has(name));
  const byName = new Map(ofChanges.map((job) => [job.name, job]));
  const unarmed = plan.changes.filter(({ job, action, impact }) => {
    const record = byName.get(job);
    if (action === 'delete' || record === undefined || record.fault !== null) return false;
    const expected = impact.nextRun.after;
    if (expected === null || expected <= now + marginMs) return false;
    // Under a pause without an end the plan tells what comes once it is over.
    if (livePause(record.pause, now) !== null) return false;
    const next = scheduler.nextStart(record.uid);
    if (next === null) return true;
    // Ahead of a clock that was set back, a settled job waits rightly for longer.
    return record.watermark <= now && next > expected + marginMs;
  });
  return unarmed.map(({ job }) => job);
}
