// The step of an apply that is recorded, in one transaction. Whether it may be
// carried out has been decided before; what came of it is checked in verify-apply.ts.
import { manifestDigest } from '../core/manifest/digest.ts';
import { hasEndMarker } from '../core/manifest/text/end-marker.ts';
import type { PlanInput } from '../core/plan/plan-input.ts';
import type { Plan } from '../core/plan/plan.ts';
import type { Confirmation } from '../core/sync/confirmation.ts';
import type { Hold } from '../core/sync/hold.ts';
import type { JobWrite, Revision, RevisionHead, Store, StoreReader } from '../store/store.ts';
import type { Clock } from '../system/clock.ts';
import type { Digest } from '../system/digest.ts';
import type { Ids } from '../system/ids.ts';
import { writeOrphans, type Orphans } from './orphans.ts';
import type { Planner } from './planning.ts';
import type { SeenPlan, SourceCondition } from './reconciler.ts';
import { writeCondition } from './source-condition.ts';
import { writeConfirmation } from './stored-confirmation.ts';
import { writeHold } from './stored-hold.ts';

/** Release of the time-zone data that the revision in force was applied with. */
export const timezoneDataFact = 'revision.timezone_data';

/** What is kept in memory of the revision in force: all but its text. */
export interface RevisionInForce extends RevisionHead {
  readonly sourceBytes: number;
  /** Its text says where it ends, so that one without that is not whole. */
  readonly hasEnd: boolean;
}

export function revisionInForce(store: StoreReader): RevisionInForce | null {
  const latest = store.latestRevision();
  if (latest === null) return null;
  const { source, ...head } = latest;
  return withoutText(head, source);
}

function withoutText(head: RevisionHead, source: string): RevisionInForce {
  return { ...head, sourceBytes: Buffer.byteLength(source), hasEnd: hasEndMarker(source) };
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
  /** In force from now on without being in the manifest. */
  readonly orphans: Orphans;
  /** Kept with the revision; absent where there is nothing to say. */
  readonly seen?: SeenPlan | undefined;
  readonly note?: { readonly reason: string | null; readonly restores: number | null };
  /** What waits for a confirmation from now on, given the new revision and what it wrote. */
  readonly confirmation: (revision: number, writes: readonly JobWrite[]) => Confirmation | null;
}

export interface RecordedPlan {
  readonly revision: RevisionInForce;
  readonly writes: readonly JobWrite[];
}

/** Throws Jm2Error; then nothing has changed. */
export function recordPlan(
  parts: {
    readonly clock: Clock;
    readonly ids: Ids;
    readonly store: Store;
    readonly manifestPath: string;
    readonly planner: Planner;
    readonly digest: Digest;
  },
  work: ApplyWork,
): RecordedPlan {
  const { store } = parts;
  const { manifest } = work.input.desired;
  const appliedAt = parts.clock.now();
  const summary = counts(work.plan);
  const digestOfAll = digestInForce(work, parts.digest);
  // The byte order mark, if any, belongs to the file and comes back with it.
  const source = new TextDecoder('utf-8', { ignoreBOM: true }).decode(work.settled.bytes);
  // Positions begin at the commit, not at the plan: what came due in between is not the
  // new rule's to make up for.
  const states = { ...work.input, now: appliedAt };
  const writes = parts.planner.writes(states, () => parts.ids.uid());
  return store.transaction(() => {
    const applied = store.applyRevision({
      expectedRevision: work.input.recorded.revision,
      // Of what is in force: a manifest without the retained jobs is not it.
      digest: digestOfAll,
      sourceDigest: work.settled.digest,
      source,
      timezone: manifest.timezone,
      limits: manifest.limits,
      appliedAt,
      appliedBy: work.by,
      gitCommit: work.gitHead,
      manifestPath: parts.manifestPath,
      summary,
      writes,
    });
    const { number } = applied;
    if (work.note !== undefined) store.noteRevision(number, work.note);
    store.setFact(timezoneDataFact, process.versions['tz'] ?? null);
    writeCondition(store, work.condition);
    writeOrphans(store, work.orphans);
    writeConfirmation(store, work.confirmation(number, writes));
    writeHold(store, work.hold === null ? null : { ...work.hold, revision: number });
    store.audit({
      at: appliedAt,
      actor: work.by,
      action:
        work.hold?.cause === 'rollback' || (work.note?.restores ?? null) !== null
          ? 'manifest.rolled_back'
          : 'manifest.applied',
      target: `revision ${number}`,
      detail: JSON.stringify(
        work.hold === null
          ? summary
          : { ...summary, hold: work.hold.cause, reason: work.hold.reason },
      ),
      facts: {
        revision: number,
        parent: work.input.recorded.revision,
        restores: work.note?.restores ?? null,
        commit: work.gitHead,
        before: work.input.recorded.digest,
        after: digestOfAll,
        planId: work.seen?.planId ?? null,
        impactDigest: work.seen?.impactDigest ?? null,
        reason: work.note?.reason ?? work.hold?.reason ?? null,
      },
    });
    const { timezone, limits } = manifest;
    return { revision: withoutText({ ...applied, timezone, ...limits }, source), writes };
  });
}

function digestInForce({ input, orphans }: ApplyWork, digest: Digest): string {
  const { desired, recorded } = input;
  if (orphans.size === 0) return desired.digest;
  const kept = recorded.jobs.filter(({ uid }) => orphans.has(uid));
  const digests = kept.map((record) => [record.job.name, record.digest] as const);
  return manifestDigest(desired.manifest, new Map([...desired.jobDigests, ...digests]), digest);
}

function counts(plan: Plan): Revision['summary'] {
  const { create, update, rename, delete: removed } = plan.summary;
  return { create, update, rename, delete: removed };
}

/** What is said of the runs of jobs that go, by uid. */
export function runsOfRemoved({ desired, recorded }: PlanInput): Map<string, 'finish' | 'cancel'> {
  const { removed = {} } = desired.manifest;
  if (Object.keys(removed).length === 0) return new Map();
  return new Map(
    recorded.jobs.flatMap(({ uid, job }): [string, 'finish' | 'cancel'][] => {
      const running = Object.hasOwn(removed, job.name) ? removed[job.name]?.running : null;
      return running === null || running === undefined ? [] : [[uid, running]];
    }),
  );
}
