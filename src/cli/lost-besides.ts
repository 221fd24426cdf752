// Which jobs an edit by command would let go that it is not about: those that the file
// has lost before, so many that the watcher waits for a person.
import type { PlanView } from '../api/service.ts';
import { isBeyondGuard } from '../core/plan/removals.ts';

type Plan = Pick<PlanView, 'guard' | 'summary'> & {
  readonly changes: readonly Pick<PlanView['changes'][number], 'job' | 'action'>[];
};

/** `touched`: jobs that the edit is about; null for any. */
export function lostBesides(plan: Plan | null, touched: readonly string[] | null): string[] {
  if (plan === null || plan.guard === null || touched === null) return [];
  const lost = plan.changes
    .filter(({ action, job }) => action === 'delete' && !touched.includes(job))
    .map(({ job }) => job);
  const { update, rename, delete: removed, unchanged } = plan.summary;
  return isBeyondGuard(lost.length, update + rename + removed + unchanged) ? lost : [];
}
