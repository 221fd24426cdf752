// The accepted manifest that a job in force stands in: the text that the store
// keeps, because the file may have been changed since, be broken, or have gone.
import { readFile } from 'node:fs/promises';
import { findJobs } from '../core/manifest/edit/find-jobs.ts';
import { sha256 } from '../system/digest.ts';
import type { Context } from './context.ts';

export interface JobSource {
  readonly text: string;
  readonly revision: number;
  /** As people name the file. */
  readonly file: string;
  /** The file has the same bytes still, so that its lines are those of the text. */
  readonly isCurrent: boolean;
}

/** Null when no accepted text has the job. Of a removed job, the last that had it. */
export async function jobSource(
  context: Context,
  job: { readonly name: string; readonly revision: number },
): Promise<JobSource | null> {
  const place = await context.locations();
  const { readAccepted } = await import('../daemon/read-revisions.ts');
  const newest = readAccepted(place, null);
  if (newest === null) return null;
  const has = (text: string): boolean => findJobs(text.replace(/^\ufeff/, '')).jobs.has(job.name);
  const found = has(newest.text) ? newest : readAccepted(place, job.revision);
  if (found === null || !has(found.text)) return null;
  return {
    text: found.text,
    revision: found.revision,
    file: context.shownPath(place.manifest),
    isCurrent: (await digestOf(place.manifest)) === found.digest,
  };
}

/** Null for a file that cannot be read. */
async function digestOf(path: string): Promise<string | null> {
  try {
    return sha256(await readFile(path));
  } catch {
    return null;
  }
}
