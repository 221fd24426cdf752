// Brings a text of its own into force, whatever the file says: a plan file's, an
// earlier revision's. What the file says otherwise of its jobs is held back.
import type { RemovalRights } from '../core/plan/plan-input.ts';
import { heldJobs, outlasting } from '../core/sync/hold.ts';
import type { CarryOut, TakeBack, Work } from './carry-out.ts';
import { noteApproval } from './note-approval.ts';
import { confirmed } from './orphans.ts';
import { briefly, isAccepted, type Accepted, type ReconcilerParts } from './parts.ts';
import { planInput, planUnhurried, type Planner } from './planning.ts';
import type { ApplyResult, TextToApply } from './reconciler.ts';
import { refuseStale, requireCarriedOut } from './refusals.ts';
import type { Sight } from './sight.ts';
import { stageSpecs } from './stage-specs.ts';
import type { Standing } from './standing.ts';

export type ApplyText = (
  input: TextToApply,
  how: {
    readonly removals: RemovalRights;
    readonly carryOut: (work: Work) => Promise<number>;
    /** What the text meant when it was in force, should it not be accepted any more. */
    readonly meant?: () => Accepted | null;
    /** The revision that is gone back to, where the input names none. */
    readonly goesBackTo?: number;
  },
) => Promise<ApplyResult>;

export function createApplyText(
  { clock, store, planner }: ReconcilerParts & { readonly planner: Planner },
  standing: Standing,
  sight: Sight,
): ApplyText {
  return async (input, { removals, carryOut, meant, goesBackTo }) => {
    const found = sight.proposal(input.text);
    const judged = await sight.meaningOfText(found);
    const { diagnostics } = judged;
    const result = isAccepted(judged) ? judged : (meant?.() ?? null);
    if (result === null) return { kind: 'rejected', diagnostics };
    const { revision, desiredDigest } = input.expected;
    const { applied } = standing;
    if (desiredDigest !== null && desiredDigest !== result.digest) {
      throw refuseStale('the text means something else than the plan says', applied);
    }
    if (result.digest === applied?.digest) {
      if (input.cause === 'plan_file') noteApproval({ clock, store }, applied, input.by, input);
      return { kind: 'unchanged', revision: applied.number, diagnostics };
    }
    if (revision !== standing.revision) {
      throw refuseStale(`the plan was computed from revision ${revision}`, applied);
    }
    await stageSpecs(store, result);
    const earlier = goesBackTo ?? input.restores ?? null;
    const basis = planInput(store, result, {
      ...briefly(clock),
      removals,
      restores: earlier === null ? null : { revision: earlier, jobs: input.restoredJobs ?? null },
    });
    const plan = await planUnhurried(planner, basis);
    const isReturn = input.cause === 'taken_back';
    if (!isReturn) requireCarriedOut(plan);
    const before = new Map(basis.recorded.jobs.map(({ job, digest }) => [job.name, digest]));
    const held = heldJobs((await sight.jobDigests()) ?? before, result.jobDigests);
    const { by, cause, reason, seen, restores = null, confirmWithinMs, confirmWhen } = input;
    // Whoever keeps everything back keeps this back as well.
    const mode = outlasting(standing.hold) === null ? input.mode : 'manual';
    const number = await carryOut({
      settled: found,
      input: basis,
      plan,
      by,
      seen,
      gitHead: input.gitCommit,
      hold:
        Object.keys(held).length === 0
          ? null
          : { cause, mode, by, reason, since: clock.now(), held, until: null, under: null },
      ...(reason === null && restores === null ? {} : { note: { reason, restores } }),
      condition: standing.source,
      confirmWithinMs,
      confirmWhen,
      isReturn,
    });
    return { kind: 'applied', revision: number, plan, diagnostics };
  };
}

/** By the word of a person, checked as every apply. */
export async function applyTextVerified(
  applyText: ApplyText,
  input: TextToApply,
  carryOut: CarryOut,
  takeBack: TakeBack,
): Promise<ApplyResult> {
  return applyText(input, {
    removals: confirmed(input.allowRemove),
    async carryOut(work) {
      const done = await carryOut.verified(work, takeBack);
      if (done.takenBack !== null) throw done.takenBack;
      return done.revision;
    },
  });
}
