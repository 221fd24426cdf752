// One look at the manifest that nobody stands behind: read until it holds still,
// judged, planned, and carried out as far as mode, hold and guards let it. When it is
// looked is in loop.ts; what a person orders is in apply-file.ts.
import { retainedPart, retainsOnly } from '../core/plan/compute-plan.ts';
import { isHeld } from '../core/sync/hold.ts';
import type { CarryOut, TakeBack, Work } from './carry-out.ts';
import { confirmed, orphansOf, stopOf, unconfirmed } from './orphans.ts';
import {
  briefly,
  isAccepted,
  type Accepted,
  type ReadBytes,
  type ReconcilerParts,
} from './parts.ts';
import { planInput, planUnhurried, type Planner } from './planning.ts';
import { keyOf } from './read-source.ts';
import type { Judged, Sight } from './sight.ts';
import { absentDiagnostic, isUnfinished, unfinished } from './source-condition.ts';
import { stageSpecs } from './stage-specs.ts';
import type { Standing } from './standing.ts';
import type { Verdicts } from './verdicts.ts';

/**
 * True when the source as it is now has its verdict; false, or how long to wait, when
 * another look must follow.
 */
export type Look = (why: string) => Promise<boolean | number>;

/** A merge or a rebase takes a person minutes: nobody has to look often for its end. */
const operationMs = 1_000;

export function createLook(
  parts: ReconcilerParts & { readonly planner: Planner },
  by: {
    readonly standing: Standing;
    readonly sight: Sight;
    readonly verdicts: Verdicts;
    readonly carryOut: CarryOut;
    readonly takeBack: TakeBack;
  },
): Look {
  const { clock, store, planner } = parts;
  const { standing, sight, verdicts, carryOut } = by;

  /** The key of what was judged; null when it was taken back and has to be judged again. */
  async function judgeAndAct(found: ReadBytes, why: string): Promise<string | null> {
    standing.attempt(found.digest);
    // With orphans in force the same file still says something else.
    const isSame = found.digest === standing.applied?.sourceDigest && standing.orphans.size === 0;
    if (isSame && sight.isKnownFor(found.bytes)) {
      verdicts.accept();
      return found.digest;
    }
    const judged = await sight.judge(found);
    const { settled, result } = judged;
    standing.attempt(settled.digest);
    if (!isAccepted(result)) verdicts.refuse('invalid', result.diagnostics);
    else if (result.digest === standing.applied?.digest) verdicts.accept();
    else if (isUnfinished(standing.applied, settled.bytes))
      verdicts.refuse('invalid', [unfinished(standing.place)]);
    else if (!(await act(judged, result, why))) return null;
    return settled.digest;
  }

  /** False: it was taken back. */
  async function act(judged: Judged, result: Accepted, why: string): Promise<boolean> {
    const { hold } = standing;
    const isHeldBack = hold !== null && isHeld(hold, result.jobDigests);
    const because = isHeldBack ? 'held' : parts.sync === 'manual' ? 'manual' : null;
    if (because === null) await stageSpecs(store, result);
    const removals = because === null ? unconfirmed(standing.orphans) : confirmed();
    const input = planInput(store, result, { ...briefly(clock), removals });
    const plan = await planUnhurried(planner, input);
    if (because !== null) {
      verdicts.wait(because, plan);
      return true;
    }
    const { settled, gitHead } = judged;
    const actor = why === 'start' ? 'start' : 'watcher';
    return actUnasked({ settled, input, plan, by: actor, gitHead, hold: null });
  }

  /** What a guard stops waits, and runs on; everything else comes into force. False: it was taken back. */
  async function actUnasked(work: Work): Promise<boolean> {
    const { plan, input } = work;
    const because = stopOf(plan);
    if (because !== null && (retainsOnly(plan) || plan.blockedNames !== undefined)) {
      standing.keepOrphans(orphansOf(plan, input, standing.orphans));
      standing.load();
    } else {
      const done = await carryOut.verified(work, by.takeBack);
      if (done.takenBack !== null) return false;
    }
    if (because !== null) verdicts.wait(because, retainedPart(plan));
    return true;
  }

  return async (why) => {
    const isKnown = standing.isConcluded(keyOf(await sight.read()));
    const git = await sight.seeGit();
    if (isKnown) {
      // Nothing waits for what git does to other files; a lock left behind is told.
      if (git?.isStale !== true) sight.gitIsDone();
      verdicts.remind();
      return true;
    }
    // What a merge or a rebase leaves on its way is nobody's word yet.
    if (git !== null && git.kind !== 'lock') return operationMs;
    const settled = await sight.settle(standing.applied?.sourceBytes ?? null);
    if (settled.kind === 'unsettled') return sight.isStopped;
    if (settled.kind === 'read') {
      const verdict = await judgeAndAct(settled, why);
      standing.conclude(verdict);
      return verdict !== null;
    }
    verdicts.refuse(settled.kind, [absentDiagnostic(settled, standing.place)]);
    standing.conclude(keyOf(settled));
    return true;
  };
}
