// What the reconciler answers when it does not do what was asked, in words that
// say what still holds.
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { ExitCode } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { retainsOnly } from '../core/plan/compute-plan.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { Hold } from '../core/sync/hold.ts';
import type { Revision } from '../store/store.ts';

const namedMax = 10;

function namesOf(jobs: readonly string[]): string {
  const named = jobs.slice(0, namedMax).map((job) => `"${job}"`);
  const more = jobs.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Throws JM2-P220 where protection leaves nothing of the plan, or stands in the way of all of it. */
export function requireCarriedOut(plan: Plan): void {
  const kept = plan.changes.filter(({ action }) => action === 'retain').map(({ job }) => job);
  const taken = plan.blockedNames ?? [];
  if (taken.length === 0 && !retainsOnly(plan)) return;
  const why =
    taken.length === 0
      ? `${namesOf(kept)} left the manifest but ${kept.length === 1 ? 'is' : 'are'} protected, and nothing else changes`
      : `"${taken.join('", "')}" is protected and stays in force, so that the manifest cannot give its name to another job`;
  throw operationalError('JM2-P220', {
    detail: `Nothing was applied: ${why}. Revision ${plan.basis.revision} stays in force.`,
    hint: `Write it under \`removed:\`, or: jm2 apply ${kept
      .slice(0, 3)
      .map((job) => `--allow-remove ${job}`)
      .join(' ')}`,
  });
}

/** JM2-P201, telling which revision is in force since when and by whom. */
export function refuseStale(what: string, applied: Revision | null): Jm2Error {
  const inForce =
    applied === null
      ? 'No revision is in force yet.'
      : `Revision ${applied.number}, applied ${new Date(applied.appliedAt).toISOString()} by ${applied.appliedBy}, stays in force.`;
  return operationalError('JM2-P201', {
    detail: `Nothing was applied: ${what}. ${inForce}`,
  });
}

/** JM2-P225 while jobs that the plan changes run. */
export function requireIdle(plan: Plan): void {
  const busy = plan.changes.filter(
    ({ action, impact }) => action !== 'retain' && impact.running.length > 0,
  );
  if (busy.length === 0) return;
  throw operationalError('JM2-P225', {
    detail: `Nothing was applied: ${namesOf(busy.map((one) => one.previousName ?? one.job))} ${busy.length === 1 ? 'runs' : 'run'} now. Revision ${plan.basis.revision} stays in force.`,
    exitCode: ExitCode.timedOut,
  });
}

/** JM2-P222; where it came too late, with what is in force instead. */
export function nothingToConfirm(hold: Hold | null): Jm2Error {
  const isLate = hold?.cause === 'taken_back';
  return operationalError('JM2-P222', {
    detail: isLate
      ? `It is too late: what was applied was taken back, and revision ${hold.revision} is in force (${hold.reason ?? 'not confirmed'}).`
      : 'No apply waits for a confirmation.',
    exitCode: isLate ? ExitCode.rolledBack : ExitCode.conflict,
  });
}

/** JM2-P223: it was applied, and is in force no more. */
export function takenBack(done: {
  readonly revision: number;
  readonly before: number;
  readonly inForce: number;
  readonly unarmed: readonly string[];
}): Jm2Error {
  const { revision, before, inForce, unarmed } = done;
  return operationalError('JM2-P223', {
    detail: `Revision ${revision} was applied, but ${namesOf(unarmed)} ${unarmed.length === 1 ? 'was' : 'were'} not scheduled as planned. ${inForce === revision ? `What revision ${before} said could not be brought back: revision ${revision} stays in force.` : `What revision ${before} says came back as revision ${inForce}.`}`,
    exitCode: ExitCode.rolledBack,
  });
}
