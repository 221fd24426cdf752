// Plans computed where they are asked for: the store is read beside a running
// daemon, which has better things to do than to measure ten thousand schedules
// for somebody who looks. The recorded state is that of the store, an older
// revision's, or a snapshot's.
import type { PlanReply } from '../api/plan-views.ts';
import type { Diagnostic } from '../core/diagnostics/diagnostic.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import { computePlan } from '../core/plan/compute-plan.ts';
import { maskJob } from '../core/plan/mask.ts';
import {
  ranForMs,
  ranMax,
  recordedBySnapshot,
  takeSnapshot,
  type Snapshot,
} from '../core/plan/snapshot.ts';
import { durationsOf } from '../reconciler/durations.ts';
import { judgeHere } from '../reconciler/judge-here.ts';
import {
  createCommittedSource,
  judgeWhole,
  type CommittedState,
} from '../reconciler/committed-source.ts';
import type { JudgedManifest, JudgeManifest } from '../reconciler/judged-manifest.ts';
import { readWorktree } from '../reconciler/stored-worktree.ts';
import { confirmed } from '../reconciler/orphans.ts';
import { corePlanner, planInput, type Restored } from '../reconciler/planning.ts';
import { readSource } from '../reconciler/read-source.ts';
import { readHold } from '../reconciler/stored-hold.ts';
import { readConfirmation } from '../reconciler/stored-confirmation.ts';
import { absentDiagnostic } from '../reconciler/source-condition.ts';
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { StoreReader } from '../store/store.ts';
import { sha256 } from '../system/digest.ts';
import { emptyReader } from './empty-reader.ts';
import { requireReachable } from './holder.ts';
import { confirmationView, holdView } from './manifest-state.ts';
import { planView } from './plan-view.ts';

export { commitWith } from '../reconciler/git-work-tree.ts';

/** Of the ledger of one job for a snapshot: what was skipped stands between what ran. */
const rowsLookedAt = 10 * ranMax;

export interface PlanRequest {
  /** The proposal; null for the manifest's file. */
  readonly text: string | null;
  readonly horizonMs: number;
  /** Epoch ms. */
  readonly now: number;
  /** A week of starts by the hour; absent: none. */
  readonly hasWeek?: boolean;
  /** Protected jobs that may go; absent: none. */
  readonly allowRemove?: readonly string[];
  /** The earlier revision whose content the text is; absent: none. */
  readonly restores?: Restored | null;
  /** Only what changes, without the sums of what it does. */
  readonly isBrief?: boolean;
  /** Names of the jobs that stay as they are; absent: only how many. */
  readonly listsUnchanged?: boolean;
}

type Places = Pick<Locations, 'manifest' | 'database' | 'socket' | 'stateDir'>;

/** Against what is in force. */
export async function planFromStore(places: Places, request: PlanRequest): Promise<PlanReply> {
  return withStore(places, (store) => planOf(store, places, request));
}

export async function planOf(
  store: StoreReader,
  places: Pick<Locations, 'manifest'>,
  request: PlanRequest,
): Promise<PlanReply> {
  const judged = await judgedProposal(places, request.text, {
    revision: store.latestRevisionHead()?.number ?? 0,
    worktree: readWorktree(store),
  });
  if (judged.kind === 'rejected') return judged;
  const { manifest, diagnostics, committed } = judged;
  const removals = confirmed(request.allowRemove);
  const input = planInput(store, { ...judged, manifest }, { ...request, removals });
  const plan = corePlanner.plan({ ...input, ...extrasOf(request) });
  const hold = holdView(readHold(store));
  const open = readConfirmation(store);
  return {
    kind: 'planned',
    plan: {
      ...planView(plan, diagnostics, places.manifest),
      ...(hold === null ? {} : { hold }),
      ...(committed === null
        ? {}
        : { committed: { commit: committed.commit, edited: committed.isEdited } }),
    },
    confirmation: open === null ? null : confirmationView(open),
  };
}

/** Against what was recorded when the snapshot was taken; neither store nor daemon is asked. */
export async function planAgainstSnapshot(
  places: Pick<Locations, 'manifest'>,
  snapshot: Snapshot,
  request: PlanRequest,
): Promise<PlanReply> {
  const judged = await judgedProposal(places, request.text, {
    revision: snapshot.revision,
    worktree: 'files',
  });
  if (judged.kind === 'rejected') return judged;
  const { manifest, diagnostics, digest, jobDigests, jobLines } = judged;
  const plan = computePlan({
    // Values that look like secrets are in no snapshot, so they are compared with none.
    desired: {
      manifest: { ...manifest, jobs: manifest.jobs.map(maskJob) },
      digest,
      jobDigests,
      jobLines,
    },
    ...recordedBySnapshot(snapshot),
    now: request.now,
    horizonMs: request.horizonMs,
    ...extrasOf(request),
  });
  return { kind: 'planned', plan: planView(plan, diagnostics, places.manifest) };
}

/** Text of an accepted manifest. Throws JM2-P210 for a number that no revision (still) has. */
export async function revisionSource(places: Places, number: number): Promise<string> {
  return withStore(places, async (store) => {
    const revision = store.revision(number);
    if (revision !== null) return revision.source;
    const newest = store.latestRevisionHead()?.number ?? 0;
    throw operationalError('JM2-P210', {
      detail: `Revision ${number} is not in the store; the newest is ${newest}.`,
    });
  });
}

export async function snapshotOf(places: Places, now: number): Promise<Snapshot> {
  return withStore(places, async (store) =>
    takeSnapshot({
      lineage: store.lineage,
      revision: store.latestRevision(),
      jobs: store.jobs(),
      durations: durationsOf(store, now),
      ran: (jobUid) =>
        store.admittedTimes({
          jobUid,
          since: now - ranForMs,
          until: Number.MAX_SAFE_INTEGER,
          knownAt: now,
          limit: rowsLookedAt,
        }),
      takenAt: now,
    }),
  );
}

function extrasOf({ hasWeek, listsUnchanged }: PlanRequest) {
  return {
    ...(hasWeek === undefined ? {} : { hasWeek }),
    ...(listsUnchanged === undefined ? {} : { listsUnchanged }),
  };
}

async function withStore<T>(places: Places, ask: (store: StoreReader) => Promise<T>): Promise<T> {
  // Before: what may not be looked at would pass for missing.
  requireReachable(places);
  const store = openStoreReader(places.database) ?? emptyReader;
  try {
    return await ask(store);
  } finally {
    store.close();
  }
}

type Judged =
  | ({ readonly kind: 'accepted' } & JudgedManifest & {
        readonly manifest: NonNullable<JudgedManifest['manifest']>;
        readonly committed: CommittedState | null;
      })
  | { readonly kind: 'rejected'; readonly diagnostics: readonly Diagnostic[] };

async function judgedProposal(
  places: Pick<Locations, 'manifest'>,
  text: string | null,
  { revision, worktree }: { readonly revision: number; readonly worktree: 'files' | 'committed' },
): Promise<Judged> {
  const file = places.manifest;
  const committed =
    worktree === 'committed'
      ? createCommittedSource({ manifestPath: file, digest: sha256, watch: null, hint() {} })
      : null;
  // The files that a proposal names are those of the commit as well.
  if (text !== null) await committed?.read();
  const source =
    text === null
      ? await (committed?.read() ?? readSource(file, sha256))
      : { kind: 'read' as const, bytes: new TextEncoder().encode(text) };
  if (source.kind !== 'read') {
    return { kind: 'rejected', diagnostics: [absentDiagnostic(source, { file, revision })] };
  }
  // In the process of a command nobody waits for anything else meanwhile: another
  // thread would only cost its beginning, and a copy of ten thousand jobs.
  const here: JudgeManifest = (...words) => Promise.resolve(judgeHere(...words));
  const state = committed?.state ?? null;
  const beside = state === null ? null : committed;
  const judged = await judgeWhole(here, { bytes: source.bytes, file }, beside);
  const { manifest, diagnostics } = judged;
  return manifest === null
    ? { kind: 'rejected', diagnostics }
    : { kind: 'accepted', ...judged, manifest, committed: text === null ? state : null };
}
