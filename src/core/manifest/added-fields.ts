// Fields of a job spec that came after the first release, with the value that
// means "as before". A spec stored without them reads as if it had them, and a
// job that does not use them keeps its digest: an upgrade is no change of the manifest.
import type { Job } from './job.ts';

export const addedFields = {
  group: null,
  priority: 0,
  startDeadlineMs: null,
} as const satisfies Partial<Job>;

/** A spec as it was stored, by this or an earlier program, as one of this program. */
export function completeSpec(stored: object): Job {
  return { ...addedFields, ...stored } as Job;
}

/** The spec as it was before these fields came, but for those that the job uses. */
export function withoutUnusedFields<Spec extends object>(spec: Spec): Spec {
  const added = new Map<string, unknown>(Object.entries(addedFields));
  const used = Object.entries(spec).filter(
    ([name, value]) => !added.has(name) || added.get(name) !== value,
  );
  return Object.fromEntries(used) as Spec;
}
