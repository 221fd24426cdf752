// Which of the commits between what is in force and what is planned made a change:
// for each field the newest commit that touched it, for a job that comes or goes the
// one with which it did. Reading the commits is left to others.
import type { Job } from '../manifest/job.ts';
import { diffJob } from '../plan/diff-job.ts';
import type { Action } from '../plan/plan.ts';

export interface CommitFact {
  readonly commit: string;
  readonly author: string;
  /** Epoch ms. */
  readonly at: number;
  readonly subject: string;
}

export interface CommitStep {
  readonly fact: CommitFact;
  /** Jobs by name, before and with the commit. */
  readonly before: ReadonlyMap<string, Job>;
  readonly after: ReadonlyMap<string, Job>;
}

interface AttributedChange {
  readonly job: string;
  readonly previousName: string | null;
  readonly action: Action;
  readonly fields: readonly { readonly path: string }[];
}

/** `steps`: newest first. Oldest first come those that made the change; none for edits of no commit. */
export function commitsOfChange(
  change: AttributedChange,
  steps: readonly CommitStep[],
): CommitFact[] {
  const open = new Set(change.fields.map(({ path }) => path));
  const found: CommitFact[] = [];
  const under = (jobs: ReadonlyMap<string, Job>): Job | null =>
    jobs.get(change.job) ?? jobs.get(change.previousName ?? '') ?? null;
  for (const { fact, before, after } of steps) {
    const [from, to] = [under(before), under(after)];
    if ((from === null) !== (to === null)) {
      // What was before it came, or after it went, is no part of this change.
      found.unshift(fact);
      break;
    }
    if (from === null || to === null) continue;
    const touched = diffJob(from, to).filter(({ path }) => open.has(path));
    const isRenamed = change.previousName !== null && from.name !== to.name;
    if (touched.length === 0 && !isRenamed) continue;
    found.unshift(fact);
    // Of a new job every value counts from its first commit on.
    if (change.action !== 'create') for (const { path } of touched) open.delete(path);
  }
  return found;
}
