// Most of what a large apply writes are the specs of its jobs. They are written ahead of
// it, in short transactions between which the loop goes on, so that the one that puts
// the revision in force is short, too.
//
// A spec is stored under the digest of what it says, and nothing sees it until a job
// refers to it. So a crash, a full disk or a conflict between two slices, or before the
// apply, leaves what was in force as it was; what lies there unused is found again by the
// next daemon, which reads the same manifest, and is otherwise kept like the specs of
// revisions of long ago.
import type { Store } from '../store/store.ts';
import { breathe } from '../system/breathe.ts';
import type { Accepted } from './parts.ts';

/** So many take a few milliseconds to write. Fewer are written with the apply itself. */
const sliceMax = 250;

export async function stageSpecs(
  store: Pick<Store, 'jobs' | 'recordSpecs'>,
  { manifest, jobDigests }: Pick<Accepted, 'manifest' | 'jobDigests'>,
): Promise<void> {
  const recorded = store.jobs();
  // A job that is in force as it stands in the manifest is the same object.
  const held = new Set(recorded.map(({ job }) => job));
  const other = manifest.jobs.filter((job) => !held.has(job));
  if (other.length <= sliceMax) return;
  const inForce = new Set(recorded.map(({ digest }) => digest));
  const specs = other.flatMap((job) => {
    const digest = jobDigests.get(job.name);
    return digest === undefined || inForce.has(digest) ? [] : [{ digest, job }];
  });
  if (specs.length <= sliceMax) return;
  for (let from = 0; from < specs.length; from += sliceMax) {
    store.recordSpecs(specs.slice(from, from + sliceMax));
    await breathe();
  }
}
