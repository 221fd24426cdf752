// The record of who changed what, as a chain: each entry carries a hash over itself
// and the hash of the one before, so that an entry that was altered, removed or put
// elsewhere shows. That the end was not cut off is told by the store's own note of its
// newest entry. What an attacker who rewrites the chain and that note cannot change is
// a hash that was kept elsewhere; hence the head is told.
import { canonicalJson, type DigestFunction } from '../manifest/digest.ts';

export type ActorKind = 'human' | 'ci' | 'daemon';

export interface SealedEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** '' for the first. */
  readonly prevHash: string;
  readonly hash: string;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string | null;
  readonly detail: string | null;
  /** What else is known, as JSON: `host`, `revision`, `parent`, `before`, `after`, `reason`; null for nothing. */
  readonly facts: string | null;
}

export type UnsealedEntry = Omit<SealedEntry, 'hash'>;

export function sealOf(entry: UnsealedEntry, digest: DigestFunction): string {
  const { seq, prevHash, at, actor, action, target, detail, facts } = entry;
  return `a1:${digest(canonicalJson({ seq, prevHash, at, actor, action, target, detail, facts }))}`;
}

/** What wrote it, by the name it gave itself: `ci (URL)`, `cli (alice)`, `watcher`. */
export function actorKind(actor: string): ActorKind {
  if (actor.startsWith('ci (')) return 'ci';
  return ['watcher', 'start', 'jm2', 'daemon'].includes(actor) ? 'daemon' : 'human';
}

/** Retention took everything up to an entry; this one says so, and vouches for the rest. */
export const prunedAction = 'audit.pruned';

export interface Checkpoint {
  readonly through: number;
  readonly hash: string;
}

export function parseCheckpoint(detail: string | null): Checkpoint | null {
  try {
    const { through, hash } = JSON.parse(detail ?? '') as Partial<Checkpoint>;
    return Number.isSafeInteger(through) && typeof hash === 'string'
      ? { through: through ?? 0, hash }
      : null;
  } catch {
    return null;
  }
}

/** The store's own note of the newest entry, written with it. */
export const auditHeadFact = 'audit.head';

export type ChainHead = Pick<SealedEntry, 'seq' | 'hash'>;

/** Null where there is no note: no entry was written since notes are. */
export function parseHead(text: string | null): ChainHead | null {
  try {
    const { seq, hash } = JSON.parse(text ?? 'null') as Partial<ChainHead>;
    return seq !== undefined && Number.isSafeInteger(seq) && typeof hash === 'string'
      ? { seq, hash }
      : null;
  } catch {
    return null;
  }
}

export interface ChainVerdict {
  readonly intact: boolean;
  readonly entries: number;
  /** Of the newest entry; '' for none. To be kept elsewhere. */
  readonly head: string;
  readonly problems: readonly string[];
}

const problemsMax = 20;

/**
 * `entries`: all of them, oldest first. `noted`: the store's own note of the newest, asked
 * for before and after, because a daemon may write meanwhile. `expected`: a head that was
 * kept elsewhere.
 */
export function verifyChain(
  entries: Iterable<SealedEntry>,
  digest: DigestFunction,
  {
    noted = () => null,
    expected = null,
  }: { readonly noted?: () => ChainHead | null; readonly expected?: string | null } = {},
): ChainVerdict {
  const head = noted();
  const problems: string[] = [];
  const tell = (problem: string): void => {
    if (problems.length < problemsMax) problems.push(problem);
  };
  let before: SealedEntry | null = null;
  let first: SealedEntry | null = null;
  let checkpoint: Checkpoint | null = null;
  let count = 0;
  let isExpectedSeen = expected === null;
  for (const entry of entries) {
    count += 1;
    first ??= entry;
    if (entry.action === prunedAction) checkpoint = parseCheckpoint(entry.detail) ?? checkpoint;
    if (before !== null) {
      const missing = entry.seq - before.seq - 1;
      if (missing > 0) tell(`${missing} removed between ${before.seq} and ${entry.seq}`);
      else if (entry.prevHash !== before.hash) {
        tell(
          `entry ${entry.seq} does not follow entry ${before.seq}: one of them was replaced or moved`,
        );
      }
    }
    if (entry.seq === head?.seq && entry.hash !== head.hash) {
      tell(`entry ${entry.seq} is not the one that was written then`);
    }
    if (sealOf(entry, digest) !== entry.hash) tell(`entry ${entry.seq} was altered`);
    isExpectedSeen ||= entry.hash === expected;
    before = entry;
  }
  if (first !== null) {
    const begins = checkpoint ?? { through: 0, hash: '' };
    if (first.seq !== begins.through + 1) {
      tell(
        `it begins with entry ${first.seq} and not with ${begins.through + 1}: the beginning was removed`,
      );
    } else if (first.prevHash !== begins.hash) {
      tell(`entry ${first.seq} does not follow what was removed by retention`);
    }
  }
  const end = endProblem(before?.seq ?? 0, { head, headNow: noted() });
  if (end !== null) tell(end);
  if (!isExpectedSeen)
    tell('no entry has the expected hash: the end was removed, or all of it was rewritten');
  return { intact: problems.length === 0, entries: count, head: before?.hash ?? '', problems };
}

function endProblem(
  last: number,
  { head, headNow }: { readonly head: ChainHead | null; readonly headNow: ChainHead | null },
): string | null {
  if (head !== null && last < head.seq) {
    return `it ends with entry ${last}, and ${head.seq} was written: the end was removed`;
  }
  if (headNow !== null && last > headNow.seq) {
    return `it ends with entry ${last}, and jm2 wrote none after ${headNow.seq}: the rest was added`;
  }
  return null;
}
