// Gives the reconciler, and commands without a daemon, the core's two answers
// about a pair of states: what to show, and what to write.
import { computePlan } from '../core/plan/compute-plan.ts';
import { jobSteps } from '../core/plan/job-steps.ts';
import type { Planner } from '../reconciler/planning.ts';

export const planner: Planner = {
  plan: (input) => computePlan(input),
  writes: (input, newUid) => jobSteps(input, newUid),
};
