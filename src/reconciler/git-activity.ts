// What git is doing to a work tree just now, by the files that it leaves while it
// does: a lock of the index, a merge, a rebase, a pick. Whether anything waits for
// it is left to others. Never starts git.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isProgramBelow } from '../system/program-below.ts';
import { findGitDirectory } from './git-directory.ts';

export interface GitActivity {
  readonly kind: 'lock' | 'rebase' | 'merge' | 'cherry-pick' | 'revert';
  /** Epoch ms. */
  readonly since: number;
  /** A lock that a git left behind which is no more: it holds nobody up. */
  readonly isStale: boolean;
  /** The file that tells it. */
  readonly path: string;
}

/** Below this age nobody asks whether the git that made the lock is still there. */
const lockFreshMs = 10_000;
/** Nor does a git that is still there hold anybody up for longer. */
const lockAgeMaxMs = 600_000;

const signs: readonly [string, GitActivity['kind']][] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
];

/** What goes on around `directory`; null for nothing. `now` is the wall clock. */
export async function gitActivity(
  directory: string,
  now: number,
  isGitBelow: (top: string) => Promise<boolean> = (top) => isProgramBelow('git', top),
): Promise<GitActivity | null> {
  const place = await findGitDirectory(directory);
  if (place === null) return null;
  for (const [name, kind] of signs) {
    const path = join(place.own, name);
    const since = await timeOf(path);
    if (since !== null) return { kind, since, isStale: false, path };
  }
  const path = join(place.own, 'index.lock');
  const since = await timeOf(path);
  if (since === null) return null;
  const ageMs = Math.abs(now - since);
  const isHeld = ageMs < lockFreshMs || (ageMs < lockAgeMaxMs && (await isGitBelow(place.top)));
  return { kind: 'lock', since, isStale: !isHeld, path };
}

async function timeOf(path: string): Promise<number | null> {
  return lstat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}
