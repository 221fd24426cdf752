// Which `renamed_from` has done its work: the job is recorded under its new name, so
// that the entry says nothing any more. Taking it out is left to others.
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
