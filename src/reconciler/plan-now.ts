// The plan that somebody asks the daemon for, of the file or of a text; nothing
// comes of it.
import { isAccepted, type ReconcilerParts } from './parts.ts';
import { planInput, planUnhurried, type Planner } from './planning.ts';
import type { PlanResult, Reconciler } from './reconciler.ts';
import { refuseStale } from './refusals.ts';
import type { Sight } from './sight.ts';
import { absentDiagnostic } from './source-condition.ts';
import type { Standing } from './standing.ts';

/** The daemon measures no more jobs for whoever asks: the sums of a larger plan would hold up starts. */
const measuredMax = 500;

export async function planNow(
  { clock, store, planner }: ReconcilerParts & { readonly planner: Planner },
  standing: Standing,
  sight: Sight,
  input: Parameters<Reconciler['plan']>[0],
): Promise<PlanResult> {
  const found = input.text === null ? await sight.settle(null, true) : sight.proposal(input.text);
  if (found.kind === 'unsettled') {
    throw refuseStale('the manifest kept changing while it was read', standing.applied);
  }
  if (found.kind !== 'read') {
    return { kind: 'rejected', diagnostics: [absentDiagnostic(found, standing.place)] };
  }
  const result = await sight.meaningOf(found);
  if (!isAccepted(result)) return { kind: 'rejected', diagnostics: result.diagnostics };
  const jobs = result.manifest.jobs.length;
  const at = { now: clock.now(), horizonMs: input.horizonMs, isBrief: jobs > measuredMax };
  const plan = await planUnhurried(planner, planInput(store, result, at));
  return { kind: 'planned', plan, diagnostics: result.diagnostics };
}
