// What shall become of the runs of a job that has left, where the manifest says it
// in place of the job (`removed: JOB: running:`). Kept with the removal: the daemon may
// end between the apply and its effect, and a run that shall finish may outlast several.
import type { Job } from '../core/manifest/job.ts';
import type { Work } from './work.ts';

type Wish = Job['onRemove'];

const removedRunsFact = 'removed.running';

/** In the transaction of the apply; a job without unfinished runs needs no word. */
export function keepWishes(work: Work, removing: ReadonlyMap<string, Wish>): void {
  const before = wishes(work);
  if (removing.size === 0 && before.size === 0) return;
  const busy = new Set(work.store.unfinishedRuns().map(({ jobUid }) => jobUid));
  const after = [...before, ...removing].filter(([uid]) => busy.has(uid));
  const text = after.length === 0 ? null : JSON.stringify(Object.fromEntries(after));
  work.store.setFact(removedRunsFact, text);
}

/** Of a job that is not in force; `job` is the spec that the run began with. */
export function wishFor(work: Work, uid: string, job: Job | null): Wish {
  return wishes(work).get(uid) ?? job?.onRemove ?? 'finish';
}

/** What cannot be read says nothing: a run then ends as its own spec says. */
function wishes({ store }: Work): ReadonlyMap<string, Wish> {
  try {
    const value: unknown = JSON.parse(store.fact(removedRunsFact) ?? '{}');
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(Object.entries(value).filter(([, wish]) => isWish(wish)));
  } catch {
    return new Map();
  }
}

function isWish(value: unknown): value is Wish {
  return value === 'finish' || value === 'cancel';
}
