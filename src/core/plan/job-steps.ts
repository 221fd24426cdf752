// What the store must write to make the desired state the recorded one. Pure:
// the reconciler hands the steps to the store in one transaction.
import { matchingOf } from './match-jobs.ts';
import { decideRemovals } from './removals.ts';
import type { JobStep, PlanStates } from './plan-input.ts';
import type { RecordedJob } from './plan.ts';
import { needsNewPosition } from './same-schedule.ts';

/**
 * Empty when nothing changes. A job whose digest alone differs is written too,
 * although no plan shows it. `newUid` is asked once per created job.
 */
export function jobSteps(states: PlanStates, newUid: () => string): JobStep[] {
  const { manifest, jobDigests } = states.desired;
  const matching = matchingOf(states);
  const { matches } = matching;
  const steps: JobStep[] = decideRemovals(states, matching).removed.map(({ uid, job }) => {
    const running = manifest.removed?.[job.name]?.running ?? null;
    return { kind: 'delete', uid, at: states.now, ...(running === null ? {} : { running }) };
  });
  for (const { job, recorded, removedBefore } of matches) {
    const digest = jobDigests.get(job.name) ?? '';
    if (recorded === null && removedBefore !== null) {
      const { uid } = removedBefore;
      const aliases = newAliases(removedBefore, job.name);
      steps.push({ kind: 'restore', uid, job, digest, watermark: states.now, aliases });
    } else if (recorded === null) {
      steps.push({ kind: 'create', uid: newUid(), job, digest, watermark: states.now });
    } else if (recorded.digest !== digest || recorded.job.name !== job.name) {
      steps.push({
        kind: 'update',
        uid: recorded.uid,
        job,
        digest,
        watermark: needsNewPosition(recorded.job, job) ? states.now : null,
        aliases: isSwappedBack(recorded, job.name, states) ? [] : newAliases(recorded, job.name),
      });
    }
  }
  return steps;
}

/**
 * Two that have their names of then back did not come from each other: who made the swap
 * again would otherwise be told that it has been made.
 */
function isSwappedBack(
  { uid, job: before }: RecordedJob,
  name: string,
  { recorded: { formerly } }: PlanStates,
): boolean {
  const holder = formerly?.get(before.name);
  return formerly?.get(name) === uid && holder !== undefined && holder !== uid;
}

function newAliases(recorded: RecordedJob, name: string): string[] {
  const old = recorded.job.name;
  return old === name || recorded.aliases.includes(old) ? [] : [old];
}
