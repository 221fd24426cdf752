// Whether a plan, as clients see it, has anything to apply.
import type { PlanView } from './service.ts';

/** True when applying would change nothing that a person can see. */
export function isEmptyPlanView(plan: PlanView): boolean {
  return plan.changes.length === 0 && (plan.manifestFields ?? []).length === 0;
}
