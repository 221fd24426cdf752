// The specs that a job has had, from the store, and which fields came when.
import { blameFields, type BlamedField } from '../core/sync/blame.ts';
import type { Locations } from '../settings/locations.ts';
import { openStoreReader } from '../store/sqlite/open-store.ts';
import { emptyReader } from './empty-reader.ts';
import { requireReachable } from './holder.ts';

export interface JobBlame {
  /** Its name now. */
  readonly job: string;
  readonly fields: readonly (BlamedField & {
    readonly reason: string | null;
    readonly gitCommit: string | null;
  })[];
}

/** Null for a job that never was. */
export function readBlame(
  places: Pick<Locations, 'database' | 'socket' | 'stateDir'>,
  name: string,
): JobBlame | null {
  requireReachable(places);
  const store = openStoreReader(places.database) ?? emptyReader;
  try {
    const record = store.findJob(name);
    if (record === null) return null;
    const specs = store.jobChanges(record.uid).flatMap(({ specDigest, revision, at, by }) => {
      const job = store.jobSpec(specDigest);
      return job === null ? [] : [{ revision, at, by, job }];
    });
    const notes = store.revisionNotes();
    const commits = new Map(
      specs.map(({ revision }) => [revision, store.revision(revision)?.gitCommit ?? null]),
    );
    return {
      job: record.name,
      fields: blameFields(specs).map((field) => ({
        ...field,
        reason: notes.get(field.revision)?.reason ?? null,
        gitCommit: commits.get(field.revision) ?? null,
      })),
    };
  } finally {
    store.close();
  }
}
