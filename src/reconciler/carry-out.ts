// Carries a plan out: recorded and given to the scheduler as one step, checked, and
// taken back where its jobs are not scheduled as planned. Whether it may be carried
// out has been decided before.
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import type { PlanInput } from '../core/plan/plan-input.ts';
import type { Plan } from '../core/plan/plan.ts';
import {
  carriedOn,
  isProvable,
  withConfirmation,
  type AwaitedJob,
  type Confirmation,
  type TrialChanges,
} from '../core/sync/confirmation.ts';
import type { JobWrite } from '../store/store.ts';
import type { Hold } from '../core/sync/hold.ts';
import type { Announcements } from './announcements.ts';
import { recordPlan, runsOfRemoved, type ApplyWork } from './apply-plan.ts';
import { breathe } from '../system/breathe.ts';
import { orphansOf } from './orphans.ts';
import type { ReadBytes, ReconcilerParts } from './parts.ts';
import type { Planner } from './planning.ts';
import type { SeenPlan, SourceCondition } from './reconciler.ts';
import { takenBack } from './refusals.ts';
import { acceptedCondition } from './source-condition.ts';
import type { Standing } from './standing.ts';
import { unarmedJobs } from './verify-apply.ts';

/** What is carried out at once. */
export interface Work {
  readonly settled: ReadBytes;
  readonly input: PlanInput;
  readonly plan: Plan;
  readonly by: string;
  readonly gitHead: string | null;
  readonly hold: Omit<Hold, 'revision'> | null;
  readonly seen?: SeenPlan | undefined;
  readonly note?: NonNullable<ApplyWork['note']>;
  /** Of the file, where it is not the file that is applied; accepted otherwise. */
  readonly condition?: SourceCondition;
  readonly confirmWithinMs?: number | undefined;
  /** What confirms it besides a person; absent: nothing. */
  readonly confirmWhen?: 'succeeded' | undefined;
  /** To what was before: it needs no word, and what it ends needs none any more. */
  readonly isReturn?: boolean;
}

export interface CarryOut {
  /** Number of the new revision, whatever came of its jobs. */
  unverified(work: Work): number;
  verified(
    work: Work,
    takeBack: TakeBack,
  ): Promise<{ readonly revision: number; readonly takenBack: Jm2Error | null }>;
}

/** Brings the content of an earlier revision back; gives the number of what is then in force. */
export type TakeBack = (to: number, by: string, reason: string) => Promise<number>;

/** To check more changes takes a few milliseconds: a step of its own, after the apply. */
const checkedAtOnce = 1_000;

export function createCarryOut(
  parts: ReconcilerParts & { readonly planner: Planner },
  standing: Standing,
  { emit }: Announcements,
): CarryOut {
  const { clock, store, scheduler, log } = parts;

  function unverified(work: Work): number {
    const returnsTo = standing.revision;
    const { by, confirmWithinMs: withinMs } = work;
    const waitsFor = (revision: number, writes: readonly JobWrite[]): Confirmation | null => {
      const open = standing.confirmation;
      if (work.isReturn === true) return null;
      // What it would go back to is what comes into force: there is nothing left to try.
      const isBack =
        open !== null && store.revision(open.returnsTo)?.digest === work.input.desired.digest;
      if (isBack && withinMs === undefined) return null;
      if (withinMs === undefined) return open && carriedOn(open, revision, trialChanges(writes));
      const { confirmWhen: when = null } = work;
      const asked = { withinMs, by, returnsTo, when, changed: trialChanges(writes) };
      return withConfirmation(open, asked, revision, clock.now());
    };
    const condition = work.condition ?? acceptedCondition(standing.source, clock.now());
    const removing = runsOfRemoved(work.input);
    const orphans = orphansOf(work.plan, work.input, standing.orphans);
    const { inForce } = scheduler.apply(() => {
      const recorded = recordPlan(parts, { ...work, condition, orphans, confirmation: waitsFor });
      const { limits } = work.input.desired.manifest;
      const written = new Set(recorded.writes.map(({ uid }) => uid));
      return { inForce: recorded.revision, jobs: store.jobs(), written, limits, removing };
    });
    const revision = inForce.number;
    // A crash here finds the next daemon with the revision and all that follows from it.
    const hold = work.hold === null ? null : { ...work.hold, revision };
    standing.take({ inForce, source: condition, hold, orphans });
    log.info({ revision, by: work.by, summary: work.plan.summary }, 'manifest applied');
    emit({ kind: 'manifest.applied', revision, plan: work.plan, by: work.by });
    return revision;
  }

  return {
    unverified,
    async verified(work, takeBack) {
      const before = standing.revision;
      const revision = unverified(work);
      if (work.plan.changes.length > checkedAtOnce) await breathe();
      const unarmed = unarmedJobs(scheduler, work.plan, store.jobs(), clock.now());
      if (unarmed.length === 0) return { revision, takenBack: null };
      log.error({ jobs: unarmed.slice(0, 20), count: unarmed.length }, 'jobs are not armed');
      // Of a first revision there is nothing to go back to.
      if (before === 0) return { revision, takenBack: null };
      const reason = `not scheduled as planned: ${unarmed.slice(0, 5).join(', ')}`;
      const inForce = await takeBack(before, 'verification', reason);
      return { revision, takenBack: takenBack({ revision, before, inForce, unarmed }) };
    },
  };
}

function trialChanges(writes: readonly JobWrite[]): TrialChanges {
  const provable: AwaitedJob[] = [];
  const idle = new Set<string>();
  for (const write of writes) {
    const { uid } = write;
    if (write.kind !== 'delete' && isProvable(write.job))
      provable.push({ uid, job: write.job.name });
    else idle.add(uid);
  }
  return { provable, idle };
}
