// Which of the jobs that left the manifest really go. A cut file looks like many
// removals, so beyond a bound they run on until a person confirms; a protected job
// goes only where its removal is written down or named. Everything else of the
// plan is not held up by them.
import type { Matching } from './match-jobs.ts';
import type { PlanStates } from './plan-input.ts';
import type { Plan, RecordedJob } from './plan.ts';

/** Why a job runs on that is not in the manifest. */
export type RetainReason = 'protected' | 'over_prune_limit';

export interface Retained {
  readonly record: RecordedJob;
  readonly reason: RetainReason;
}

export interface Removals {
  readonly removed: readonly RecordedJob[];
  readonly retained: readonly Retained[];
  /** Removals beyond the bound, whether or not somebody has confirmed them. */
  readonly guard: Plan['guard'];
}

/** So many may go at once without a person. */
const removalsMin = 3;
const removalsShare = 0.1;

export function decideRemovals(states: PlanStates, { removed }: Matching): Removals {
  const { manifest } = states.desired;
  const announced = manifest.removed ?? {};
  const allowed = states.removals?.allowed ?? new Set();
  const isMeant = ({ job }: RecordedJob) =>
    Object.hasOwn(announced, job.name) || allowed.has(job.name);
  const silent = removed.filter((record) => !isMeant(record));
  const guard = guardOf(states, silent.length);
  const orphans = states.removals?.orphans ?? new Set();
  const isConfirmed = states.removals?.isConfirmed ?? true;
  const retained = silent.flatMap((record): Retained[] => {
    if (record.job.protect) return [{ record, reason: 'protected' }];
    // Fewer are missing after a part came back: the rest still waits for its word.
    const isOrphan = orphans.has(record.uid) && manifest.allowEmpty !== true;
    const isStopped = guard !== null && !isConfirmed;
    return isOrphan || isStopped ? [{ record, reason: 'over_prune_limit' }] : [];
  });
  const kept = new Set(retained.map(({ record }) => record.uid));
  return { removed: removed.filter(({ uid }) => !kept.has(uid)), retained, guard };
}

/** Names of retained jobs that the manifest gives to other jobs: both cannot be. */
export function takenNames({ retained }: Removals, { matches }: Matching): string[] {
  if (retained.length === 0) return [];
  const wanted = new Set(matches.map(({ job }) => job.name.toLowerCase()));
  return retained
    .map(({ record }) => record.job.name)
    .filter((name) => wanted.has(name.toLowerCase()));
}

/** So many of `total` jobs do not leave at once without a person. */
export function isBeyondGuard(removed: number, total: number): boolean {
  return removed > Math.max(removalsMin, total * removalsShare);
}

function guardOf({ desired, recorded }: PlanStates, silent: number): Plan['guard'] {
  const total = recorded.jobs.length;
  if (silent === 0 || desired.manifest.allowEmpty === true) return null;
  if (desired.manifest.jobs.length === 0) {
    return { code: 'empty', detail: `The manifest has no jobs; ${total} are in force.` };
  }
  if (!isBeyondGuard(silent, total)) return null;
  return {
    code: 'shrink',
    detail: `${silent} of ${total} jobs would be removed, more than three and more than a tenth.`,
  };
}
