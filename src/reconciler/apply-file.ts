// Carries out the file's plan by the word of a person, past sync mode and guards:
// read and judged anew, and refused where it is not what the person has seen.
import type { CarryOut, TakeBack } from './carry-out.ts';
import { outlasting } from '../core/sync/hold.ts';
import { extendConfirmation } from './confirm.ts';
import { confirmed, stopOf } from './orphans.ts';
import { briefly, isAccepted, type ReconcilerParts } from './parts.ts';
import { planInput, planUnhurried, type Planner } from './planning.ts';
import type { ApplyResult, Reconciler } from './reconciler.ts';
import { noteApproval } from './note-approval.ts';
import { keyOf } from './read-source.ts';
import { retainedPart } from '../core/plan/compute-plan.ts';
import { refuseStale, requireCarriedOut, requireIdle } from './refusals.ts';
import type { Sight } from './sight.ts';
import { absentDiagnostic } from './source-condition.ts';
import { stageSpecs } from './stage-specs.ts';
import type { Standing } from './standing.ts';
import type { Verdicts } from './verdicts.ts';

type ApplyFile = (
  input: Parameters<Reconciler['apply']>[0],
  takeBack: TakeBack,
) => Promise<ApplyResult>;

export function createApplyFile(
  parts: ReconcilerParts & { readonly planner: Planner },
  by: {
    readonly standing: Standing;
    readonly sight: Sight;
    readonly verdicts: Verdicts;
    readonly carryOut: CarryOut;
  },
): ApplyFile {
  const { clock, store, planner } = parts;
  const { standing, sight, verdicts, carryOut } = by;

  return async (input, takeBack) => {
    const found = await sight.settle(null, true);
    if (found.kind === 'unsettled') {
      throw refuseStale('the manifest kept changing while it was read', standing.applied);
    }
    if (found.kind !== 'read') {
      const diagnostics = [absentDiagnostic(found, standing.place)];
      verdicts.refuse(found.kind, diagnostics);
      standing.conclude(keyOf(found));
      return { kind: 'rejected', diagnostics };
    }
    standing.attempt(found.digest);
    const { settled, result, gitHead } = await sight.judge(found);
    standing.attempt(settled.digest);
    if (!isAccepted(result)) {
      verdicts.refuse('invalid', result.diagnostics);
      standing.conclude(settled.digest);
      return { kind: 'rejected', diagnostics: result.diagnostics };
    }
    const { applied } = standing;
    const { expected } = input;
    if (expected !== null && expected.desiredDigest !== result.digest) {
      const why =
        sight.committed?.isEdited === true
          ? 'only what is committed counts here (`worktree: committed`), and HEAD does not have what was planned'
          : 'the manifest is another than the one the plan was computed from';
      throw refuseStale(why, applied);
    }
    // Checked before the revision: when the watcher was quicker with the very
    // same manifest, the plan has been carried out.
    if (result.digest === applied?.digest) {
      verdicts.accept();
      extendConfirmation(parts, standing, { by: input.by, withinMs: input.confirmWithinMs });
      noteApproval(parts, applied, input.by, { seen: input.seen, reason: input.reason ?? null });
      standing.conclude(settled.digest);
      return { kind: 'unchanged', revision: applied.number, diagnostics: result.diagnostics };
    }
    if (expected !== null && expected.revision !== standing.revision) {
      throw refuseStale(`the plan was computed from revision ${expected.revision}`, applied);
    }
    const removals = confirmed(input.allowRemove);
    await stageSpecs(store, result);
    const basis = planInput(store, result, { ...briefly(clock), removals });
    // Between "nothing runs" and the apply nothing may come.
    const plan = input.ifIdle === true ? planner.plan(basis) : await planUnhurried(planner, basis);
    requireCarriedOut(plan);
    if (input.ifIdle === true) requireIdle(plan);
    const hold = outlasting(standing.hold);
    const { by: person, seen, confirmWithinMs, confirmWhen, reason = null } = input;
    const note = reason === null ? {} : { note: { reason, restores: null } };
    const done = await carryOut.verified(
      {
        settled,
        input: basis,
        plan,
        by: person,
        seen,
        ...note,
        gitHead,
        hold,
        confirmWithinMs,
        confirmWhen,
      },
      takeBack,
    );
    if (done.takenBack !== null) throw done.takenBack;
    // What protection keeps is still otherwise than the file says.
    const because = stopOf(plan);
    if (because !== null) verdicts.wait(because, retainedPart(plan));
    standing.conclude(settled.digest);
    return { kind: 'applied', revision: done.revision, plan, diagnostics: result.diagnostics };
  };
}
