// Names for revisions: which one may be given, and what is recorded of it.
import type { Service } from '../api/service.ts';
import { operationalError } from '../core/diagnostics/registry.ts';
import type { Store } from '../store/store.ts';

type TagInput = Parameters<Service['tag']>[0];

/** Throws JM2-P230 for a revision that is not there, JM2-P232 for a name that another one has. */
export function tagNamed(
  store: Store,
  { name, revision, by, move }: TagInput,
  at: number,
): { readonly before: number | null } {
  return store.transaction(() => {
    const before = holderOf(store, name);
    if (revision !== null && store.revision(revision) === null) {
      throw operationalError('JM2-P230', {
        detail: `Revision ${revision} is not in the store; the newest is ${store.latestRevisionHead()?.number ?? 0}.`,
      });
    }
    if (revision === null && before === null) {
      throw operationalError('JM2-P230', { detail: `No revision has the name "${name}".` });
    }
    if (before !== null && revision !== null && before !== revision && !move) {
      throw operationalError('JM2-P232', {
        detail: `Revision ${before} has the name "${name}". It keeps it.`,
      });
    }
    if (before === revision) return { before };
    store.tagRevision(name, revision, { at, by });
    store.audit({
      at,
      actor: by,
      action: revision === null ? 'revision.untagged' : 'revision.tagged',
      target: `revision ${revision ?? before ?? 0}`,
      detail: JSON.stringify({ name, before }),
    });
    return { before };
  });
}

function holderOf(store: Store, name: string): number | null {
  const wanted = name.toLowerCase();
  for (const [number, { tags }] of store.revisionNotes()) {
    if (tags.some((tag) => tag.toLowerCase() === wanted)) return number;
  }
  return null;
}
