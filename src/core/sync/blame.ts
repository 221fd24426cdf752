// Which revision gave each field of a job the value that it has. Fields at their
// defaults have no revision. Who wrote the line is told by git, not here.
import type { Job } from '../manifest/job.ts';
import { calendarsOfJob } from '../plan/calendar-changes.ts';
import { diffJob } from '../plan/diff-job.ts';

export interface KnownSpec {
  readonly revision: number;
  readonly at: number;
  readonly by: string | null;
  readonly job: Job;
}

export interface BlamedField {
  /** JSON pointer within the job as written. */
  readonly path: string;
  /** Masked where it looks like a secret. */
  readonly value: unknown;
  readonly revision: number;
  readonly at: number;
  readonly by: string | null;
}

/** `specs`: oldest first. What the oldest known one had, it is taken to have given. */
export function blameFields(specs: readonly KnownSpec[]): BlamedField[] {
  const newest = specs.at(-1);
  if (newest === undefined) return [];
  const given = new Map<string, KnownSpec>();
  let before: Job | null = null;
  for (const spec of specs) {
    for (const { path } of diffJob(before, spec.job)) given.set(path, spec);
    before = spec.job;
  }
  return [
    ...diffJob(null, newest.job),
    ...calendarsOfJob(newest.job).map(({ name, days: { length } }) => ({
      path: `/calendars/${name}`,
      after: length === 1 ? '1 entry' : `${length} entries`,
    })),
  ].map(({ path, after }) => {
    const { revision, at, by } = given.get(path) ?? withRule(specs, path) ?? newest;
    return { path, value: after, revision, at, by };
  });
}

/** The days of a calendar that never changed came with the rule that names it. */
function withRule(specs: readonly KnownSpec[], path: string): KnownSpec | undefined {
  return specs.find(({ job }) =>
    calendarsOfJob(job).some(({ name }) => path === `/calendars/${name}`),
  );
}
