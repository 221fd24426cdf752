// What an approval of a plan is about, without the clock: the same change of the
// same state has the same key tomorrow and on another host. Its digest is what a
// later apply is compared with.
import type { Plan } from './plan.ts';

/**
 * Hazards that hold for minutes: a run that happens to go on, or to be about to
 * start, is judged when the plan is applied.
 */
const momentary: ReadonlySet<string> = new Set(['imminent', 'removes_running', 'starts_run']);

/** Canonical text; holds digests and names, no values. */
export function impactKey(plan: Plan): string {
  return JSON.stringify({
    before: plan.basis.appliedDigest,
    after: plan.basis.desiredDigest,
    changes: plan.changes.map(({ job, action, previousName, hazards }) => [
      job,
      action,
      previousName,
      hazards
        .filter(({ code }) => !momentary.has(code))
        .map(({ code, severity }) => `${code} ${severity}`)
        .toSorted(),
    ]),
    guard: plan.guard?.code ?? null,
    overrides: (plan.overrides ?? []).map(({ job, disposition }) => [job, disposition]),
  });
}
