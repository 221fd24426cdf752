// Jobs in force that the manifest has no more: the guard or their protection keeps
// them. A fact of the store, written with the revision or the wait that makes them,
// so that a restart knows them, too.
import type { PlanInput, RemovalRights } from '../core/plan/plan-input.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { RetainReason } from '../core/plan/removals.ts';

export interface Orphan {
  /** Its name then; in force it cannot change. */
  readonly job: string;
  readonly since: number;
  readonly reason: RetainReason;
}

/** By the uid of the job. */
export type Orphans = ReadonlyMap<string, Orphan>;

const orphansFact = 'sync.orphans';

export function readOrphans(store: { fact(key: string): string | null }): Orphans {
  const text = store.fact(orphansFact);
  if (text === null) return new Map();
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, Orphan>));
  } catch {
    // The next look at the manifest finds them again.
    return new Map();
  }
}

export function writeOrphans(
  store: { setFact(key: string, value: string | null): void },
  orphans: Orphans,
): void {
  store.setFact(
    orphansFact,
    orphans.size === 0 ? null : JSON.stringify(Object.fromEntries(orphans)),
  );
}

/** What the plan keeps in force; those that were kept before keep their time. */
export function orphansOf(plan: Plan, input: PlanInput, before: Orphans): Orphans {
  const retained = plan.changes.filter(({ action }) => action === 'retain');
  if (retained.length === 0) return new Map();
  const uids = new Map(input.recorded.jobs.map(({ uid, job }) => [job.name, uid]));
  return new Map(
    retained.flatMap(({ job, reason }): [string, Orphan][] => {
      const uid = uids.get(job);
      if (uid === undefined) return [];
      const since = before.get(uid)?.since ?? input.now;
      return [[uid, { job, since, reason: reason as RetainReason }]];
    }),
  );
}

const nobody: ReadonlySet<string> = new Set();

/** The rights of a look that nobody has ordered. */
export function unconfirmed(orphans: Orphans): RemovalRights {
  return { isConfirmed: false, allowed: nobody, orphans: new Set(orphans.keys()) };
}

/** The rights of a person who has seen the plan. */
export function confirmed(allowed: readonly string[] = []): RemovalRights {
  return { isConfirmed: true, allowed: new Set(allowed), orphans: nobody };
}

export type StoppedBecause = 'shrink' | 'empty' | 'orphaned' | 'protected';

/** What keeps a part of the plan from being carried out; null for nothing. */
export function stopOf(plan: Plan): StoppedBecause | null {
  const retained = plan.changes.filter(({ action }) => action === 'retain');
  if (retained.length === 0) return null;
  if (retained.every(({ reason }) => reason === 'protected')) return 'protected';
  return plan.guard?.code ?? 'orphaned';
}
