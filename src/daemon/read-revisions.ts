// The accepted manifests, straight from the store: a command may ask for them
// beside a running daemon, because reading disturbs no writer.
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import type { Revision, RevisionNote } from '../store/store.ts';
import { meaningOfRevision } from '../reconciler/take-back.ts';
import { readHold } from '../reconciler/stored-hold.ts';
import { requireReachable } from './holder.ts';
import type { RecordedMeaning } from './plan-between.ts';
import { sha256 } from '../system/digest.ts';
import { iso } from './views.ts';

/** A revision with its instant in ISO 8601. */
export type RevisionSummary = Omit<Revision, 'appliedAt' | 'manifestPath'> &
  RevisionNote & {
    readonly appliedAt: string;
    /** A hold keeps it in force although the manifest says something else. */
    readonly held: boolean;
  };

/** The text of an accepted manifest. */
export interface AcceptedSource {
  readonly revision: number;
  readonly text: string;
  /** SHA-256 of its bytes. */
  readonly digest: string;
}

/** Of the newest revision, or of the one named; null when there is none. */
export function readAccepted(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
  number: number | null,
): AcceptedSource | null {
  requireReachable(places);
  const store = openStoreReader(places.database);
  if (store === null) return null;
  try {
    const found = number === null ? store.latestRevision() : store.revision(number);
    return found === null
      ? null
      : { revision: found.number, text: found.source, digest: found.sourceDigest };
  } finally {
    store.close();
  }
}

/** What a revision meant when it was applied; null where the store does not have all of its specs. */
export function readMeaning(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
  number: number,
): RecordedMeaning | null {
  requireReachable(places);
  const store = openStoreReader(places.database);
  if (store === null) return null;
  try {
    return meaningOfRevision(store, number, sha256);
  } finally {
    store.close();
  }
}

const noNote: RevisionNote = { reason: null, restores: null, tags: [] };

/** Newest first; none when there is no store yet. */
export function readRevisions(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
  limit: number,
): RevisionSummary[] {
  requireReachable(places);
  const store = openStoreReader(places.database);
  if (store === null) return [];
  try {
    const notes = store.revisionNotes();
    const found = store.revisions(limit);
    const kept = readHold(store) === null ? null : (found[0]?.number ?? null);
    return found.map(({ manifestPath: _path, appliedAt, ...rest }) => ({
      ...rest,
      appliedAt: iso(appliedAt),
      ...(notes.get(rest.number) ?? noNote),
      held: rest.number === kept,
    }));
  } finally {
    store.close();
  }
}
