// The steps of an apply: recorded in one transaction, later checked against what
// the scheduler waits for. Whether it may be carried out has been decided before.
import type { Jm2Error } from '../core/diagnostics/jm2-error.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { AdmissionLimits } from '../core/manifest/job.ts';
import type { PlanInput } from '../core/plan/plan-input.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { Hold } from '../core/sync/hold.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { JobRecord, Revision, Store, StoreReader } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import type { Ids } from '../system/ids.ts';
import type { Planner } from './planning.ts';
import type { SourceCondition } from './reconciler.ts';
import { writeCondition } from './source-condition.ts';
import { writeHold } from './stored-hold.ts';

/** What is kept in memory of the revision in force: all but its text. */
export interface RevisionInForce extends Revision, AdmissionLimits {
  readonly sourceBytes: number;
}

export function revisionInForce(store: StoreReader): RevisionInForce | null {
  const latest = store.latestRevision();
  if (latest === null) return null;
  const { source, timezone: _, ...rest } = latest;
  return { ...rest, sourceBytes: Buffer.byteLength(source) };
}

export interface ApplyWork {
  readonly settled: { readonly bytes: Uint8Array; readonly digest: string };
  readonly input: PlanInput;
  readonly plan: Plan;
  readonly by: string;
  readonly gitHead: string | null;
  /** The condition of the source from now on, stored with the revision. */
  readonly condition: SourceCondition;
  /** In force from now on; null ends the one that was. `revision` is filled in. */
  readonly hold: Omit<Hold, 'revision'> | null;
}

/** Number of the new revision. Throws Jm2Error; then nothing has changed. */
export function recordPlan(
  parts: {
    readonly clock: Clock;
    readonly ids: Ids;
    readonly store: Store;
    readonly manifestPath: string;
    readonly planner: Planner;
  },
  work: ApplyWork,
): number {
  const { store } = parts;
  const { manifest } = work.input.desired;
  const appliedAt = parts.clock.now();
  const summary = counts(work.plan);
  return store.transaction(() => {
    const { number } = store.applyRevision({
      expectedRevision: work.input.recorded.revision,
      digest: work.input.desired.digest,
      sourceDigest: work.settled.digest,
      // The byte order mark, if any, belongs to the file and comes back with it.
      source: new TextDecoder('utf-8', { ignoreBOM: true }).decode(work.settled.bytes),
      timezone: manifest.timezone,
      limits: manifest.limits,
      appliedAt,
      appliedBy: work.by,
      gitCommit: work.gitHead,
      manifestPath: parts.manifestPath,
      summary,
      // Positions begin at the commit, not at the plan: what came due in between is not the
      // new rule's to make up for.
      writes: parts.planner.writes({ ...work.input, now: appliedAt }, () => parts.ids.uid()),
    });
    writeCondition(store, work.condition);
    writeHold(store, work.hold === null ? null : { ...work.hold, revision: number });
    store.audit({
      at: appliedAt,
      actor: work.by,
      action: 'manifest.applied',
      target: `revision ${number}`,
      detail: JSON.stringify(
        work.hold === null
          ? summary
          : { ...summary, hold: work.hold.cause, reason: work.hold.reason },
      ),
    });
    return number;
  });
}

/** An occurrence this close may have come due between plan and check. */
const armedMarginMs = 5_000;

/** Logs changed jobs that the plan expects to start some time, but that no timer waits for. */
export function reportUnarmed(
  parts: {
    readonly clock: Clock;
    readonly scheduler: Pick<Scheduler, 'nextStart'>;
    readonly log: { error(fields: object, message: string): void };
  },
  plan: Plan,
  jobs: readonly JobRecord[],
): void {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const soon = parts.clock.now() + armedMarginMs;
  const unarmed = plan.changes.filter(({ job, action, impact }) => {
    const record = byName.get(job);
    if (action === 'delete' || record === undefined || record.fault !== null) return false;
    if (impact.nextRun.after === null || impact.nextRun.after <= soon) return false;
    return parts.scheduler.nextStart(record.uid) === null;
  });
  if (unarmed.length === 0) return;
  const names = unarmed.slice(0, 20).map(({ job }) => job);
  parts.log.error({ jobs: names, count: unarmed.length }, 'jobs are not armed');
}

function counts(plan: Plan): Revision['summary'] {
  const { create, update, rename, delete: removed } = plan.summary;
  return { create, update, rename, delete: removed };
}

/** JM2-P201, telling which revision is in force since when and by whom. */
export function refuseStale(what: string, applied: Revision | null): Jm2Error {
  const inForce =
    applied === null
      ? 'No revision is in force yet.'
      : `Revision ${applied.number}, applied ${new Date(applied.appliedAt).toISOString()} by ${applied.appliedBy}, stays in force.`;
  return operationalError('JM2-P201', {
    detail: `Nothing was applied: ${what}. ${inForce}`,
  });
}
