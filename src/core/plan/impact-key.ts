// What an approval of a plan is about: which manifest becomes which, what that does
// to which job, and which of its hazards follow from the two alone. Nothing that
// hangs on the clock, on the horizon, on what has run or runs, how long it took, or
// on who has paused what: so the same change of the same state has the same key
// tomorrow and on another host. Those hazards are asked again when it is applied.
import type { HazardCode } from './hazard-register.ts';
import type { Plan } from './plan.ts';

/** They follow from the manifest in force and the new one, whenever and wherever they are compared. */
const lasting: ReadonlySet<string> = new Set<HazardCode>([
  'mass_remove',
  'protected',
  'security_widened',
]);

/** True for a hazard that an approval covers; the others are those of a moment. */
export function isLasting(code: string): boolean {
  return lasting.has(code);
}

/** Canonical text; holds digests and names, no values. */
export function impactKey(plan: Plan): string {
  return JSON.stringify({
    before: plan.basis.appliedDigest,
    after: plan.basis.desiredDigest,
    // What an update changes follows from the two digests; a snapshot does not see all of it.
    identities: plan.changes
      .filter(({ action }) => action !== 'update')
      .map(({ job, action, previousName }) => [job, action, previousName]),
    hazards: plan.changes.flatMap(({ job, hazards }) =>
      hazards
        .filter(({ code }) => isLasting(code))
        .map(({ code, severity }) => [job, code, severity]),
    ),
    guard: plan.guard?.code ?? null,
  });
}
