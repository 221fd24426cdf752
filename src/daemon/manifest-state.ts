// What status says about manifest, revision, source and sync, from the
// reconciler's condition or, while no daemon runs, from the store and the file.
import type { GitActivityView, HoldView } from '../api/status-views.ts';
import type { ConfirmationView, OrphanView, StatusView } from '../api/service.ts';
import type { Condition } from '../core/diagnostics/condition.ts';
import type { Confirmation } from '../core/sync/confirmation.ts';
import type { Hold } from '../core/sync/hold.ts';
import type { GitActivity } from '../reconciler/git-activity.ts';
import type { Orphan, Orphans } from '../reconciler/orphans.ts';
import type { NotTakenBack } from '../reconciler/not-taken-back.ts';
import type { ReconcilerStatus, SourceCondition } from '../reconciler/reconciler.ts';
import type { Locations } from '../settings/locations.ts';
import type { Settings } from '../settings/settings.ts';
import type { StoreReader } from '../store/store.ts';
import { iso, isoOrNull } from './views.ts';

export function manifestView(store: StoreReader, places: Locations): StatusView['manifest'] {
  return {
    path: places.manifest,
    stateDir: places.stateDir,
    timezone: store.latestRevisionHead()?.timezone ?? null,
    jobs: store.jobs().length,
  };
}

export function revisionView(store: StoreReader, attempted: string | null): StatusView['revision'] {
  const latest = store.revisions(1)[0] ?? null;
  return {
    attempted,
    applied: latest?.number ?? 0,
    appliedAt: latest === null ? null : iso(latest.appliedAt),
    appliedBy: latest?.appliedBy ?? null,
    gitCommit: latest?.gitCommit ?? null,
  };
}

export function sourceView(
  source: SourceCondition,
  seen?: Pick<ReconcilerStatus, 'git' | 'committed'>,
): StatusView['source'] {
  const git = seen?.git ?? null;
  const committed = seen?.committed ?? null;
  return {
    state: source.kind,
    since: iso(source.since),
    diagnostics: source.kind === 'accepted' ? [] : source.diagnostics,
    ...(git === null ? {} : { git: gitView(git) }),
    ...committedView(committed),
  };
}

/** Nothing where the file counts as it is saved. */
export function committedView(
  committed: ReconcilerStatus['committed'],
): Pick<StatusView['source'], 'committed'> {
  return committed === null
    ? {}
    : { committed: { commit: committed.commit, edited: committed.isEdited } };
}

function gitView({ kind, since, isStale, path }: GitActivity): GitActivityView {
  const remedy = isStale
    ? `No git is at work any more. Once that is certain: rm ${path}`
    : kind === 'lock'
      ? 'Nothing to do: it is looked again until git is done.'
      : `git ${kind} --continue or git ${kind} --abort; jm2 apply takes the manifest as it is.`;
  return { kind, since: iso(since), blocks: !isStale, path, remedy };
}

export function syncView(
  mode: Settings['sync'],
  condition: Pick<ReconcilerStatus, 'source' | 'sync' | 'hold' | 'orphans' | 'confirmation'> &
    Partial<Pick<ReconcilerStatus, 'git'>>,
): StatusView['sync'] {
  const { source, sync } = condition;
  const facts = {
    hold: holdView(condition.hold),
    confirmation: condition.confirmation && confirmationView(condition.confirmation),
    orphaned: orphanViews(condition.orphans),
  };
  if (sync.kind === 'pending') {
    return { mode, state: 'pending', because: sync.because, pending: sync.plan.summary, ...facts };
  }
  // A file that is not accepted is not what is in force.
  if (source.kind !== 'accepted') {
    return { mode, state: 'unknown', because: source.kind, pending: null, ...facts };
  }
  // Nobody knows yet what it will say once git is done.
  if (condition.git != null && !condition.git.isStale) {
    return { mode, state: 'unknown', because: condition.git.kind, pending: null, ...facts };
  }
  return { mode, state: 'synced', because: null, pending: null, ...facts };
}

export function confirmationView(confirmation: Confirmation): ConfirmationView {
  const { deadline, since, awaits = [], ...rest } = confirmation;
  const jobs = awaits.map(({ job }) => job);
  return { ...rest, deadline: iso(deadline), since: iso(since), awaits: jobs };
}

export function orphanViews(orphans: Orphans): StatusView['sync']['orphaned'] {
  return [...orphans.values()]
    .map((orphan) => ({ job: orphan.job, ...orphanView(orphan) }))
    .toSorted((a, b) => (a.job < b.job ? -1 : 1));
}

export function orphanView({ since, reason }: Orphan): OrphanView {
  return { since: iso(since), reason };
}

export function holdView(hold: Hold | null): HoldView | null {
  if (hold === null) return null;
  const { held, since, until, under: _under, ...rest } = hold;
  const jobs = Object.keys(held).toSorted();
  return { ...rest, since: iso(since), until: isoOrNull(until), jobs };
}

/** A sentence when the source is not accepted. */
export function sourceProblem(source: SourceCondition, applied: number): string | null {
  if (source.kind === 'accepted') return null;
  const holds = applied === 0 ? 'no job is in force' : `revision ${applied} stays in force`;
  const what = source.kind === 'invalid' ? 'not valid' : source.kind;
  return `The manifest is ${what} since ${iso(source.since)}; ${holds}.`;
}

/** Everybody who looks is told, until another revision is in force; null for nothing. */
export function notTakenBackCondition(found: NotTakenBack | null): Condition | null {
  if (found === null) return null;
  const { revision, returnsTo, since, reason, problem } = found;
  return {
    code: 'JM2-P224',
    text: `Revision ${revision} should have been taken back (${reason}) and is in force all the same: revision ${returnsTo} could not be brought back (${problem}).`,
    since,
    remedy: 'Correct the manifest and jm2 apply, or jm2 rollback REVISION --reason TEXT.',
  };
}
