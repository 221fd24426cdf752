// Which earlier manifest a word means: a revision by its number, by a name that
// somebody gave it, or by the commit it was taken from. What no revision is known
// by may still be a commit, which only git can tell.

/** Begins with a letter, so that no name looks like a number or an option. */
export const tagPattern = '^[A-Za-z][A-Za-z0-9._-]{0,62}$';

export interface KnownRevision {
  readonly number: number;
  readonly gitCommit: string | null;
  readonly tags: readonly string[];
}

export type RollbackTarget =
  | { readonly kind: 'revision'; readonly number: number }
  /** For git to find out. */
  | { readonly kind: 'commit'; readonly ref: string }
  /** A number that no revision has (any more). */
  | { readonly kind: 'unknown'; readonly number: number };

/** As few letters of a commit as git itself takes. */
const commitPrefix = /^[0-9a-f]{4,64}$/i;

/** `revisions`: newest first. A name wins over a commit; of several of one commit, the newest is meant. */
export function findTarget(word: string, revisions: readonly KnownRevision[]): RollbackTarget {
  const [, kind, rest = ''] = /^(rev|git):(.*)$/s.exec(word) ?? [];
  if (kind === 'git') return { kind: 'commit', ref: rest };
  const name = kind === 'rev' ? rest : word;
  const digits = /^\d{1,9}$/.test(name) ? Number(name) : null;
  if (digits !== null && revisions.some(({ number }) => number === digits)) {
    return { kind: 'revision', number: digits };
  }
  const tagged = revisions.find(({ tags }) =>
    tags.some((tag) => tag.toLowerCase() === name.toLowerCase()),
  );
  if (tagged !== undefined) return { kind: 'revision', number: tagged.number };
  if (commitPrefix.test(name)) {
    const of = revisions.find(({ gitCommit }) => gitCommit?.startsWith(name.toLowerCase()));
    if (of !== undefined) return { kind: 'revision', number: of.number };
  }
  if (digits !== null) return { kind: 'unknown', number: digits };
  return { kind: 'commit', ref: name };
}
