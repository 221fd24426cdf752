// Which `renamed_from` has done its work: the job is recorded under its new name, so
// that the entry says nothing any more; and which can do none, as nobody has that
// name. Taking them out is left to others.
import type { Job } from '../manifest/job.ts';

export interface SpentRename {
  readonly job: string;
  readonly from: readonly string[];
  /** What the job still has to say; empty: the field goes. */
  readonly left: readonly string[];
}

interface Known {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** `recorded`: the jobs in force. */
export function spentRenames(
  jobs: readonly Pick<Job, 'name' | 'renamedFrom'>[],
  recorded: readonly Known[],
): SpentRename[] {
  const byName = new Map(recorded.map((one) => [one.name, one]));
  return jobs.flatMap(({ name, renamedFrom }) => {
    const record = byName.get(name);
    if (record === undefined) return [];
    // After a swap the former name is in force as well, as another job's.
    const isSpent = (from: string): boolean => record.aliases.includes(from) || !byName.has(from);
    const from = renamedFrom.filter(isSpent);
    if (from.length === 0) return [];
    return [{ job: name, from, left: renamedFrom.filter((one) => !isSpent(one)) }];
  });
}

/**
 * Names of new jobs that would have their history from a job that nobody knows, in force
 * or `removed` lately; none where nothing is in force. As for `identity_reset` in a plan.
 */
export function unknownRenames(
  jobs: readonly Pick<Job, 'name' | 'renamedFrom'>[],
  recorded: readonly Known[],
  removed: ReadonlySet<string>,
): string[] {
  if (recorded.length === 0) return [];
  const known = new Set([
    ...recorded.flatMap(({ name, aliases }) => [name, ...aliases]),
    ...removed,
  ]);
  return jobs
    .filter(({ name, renamedFrom }) => renamedFrom.length > 0 && !known.has(name))
    .filter(({ renamedFrom }) => !renamedFrom.some((from) => known.has(from)))
    .map(({ name }) => name);
}
