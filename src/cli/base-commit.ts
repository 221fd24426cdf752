// Which commit a plan of a branch is compared with, and whether that has gone on
// since the branch began: then the plan shows as taken back what others have done.
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { commitOf } from '../system/committed-files.ts';
import { askGit } from '../system/git.ts';

export interface BaseCommit {
  readonly commit: string;
  /** Commits of the base on the manifest that the branch does not have. */
  readonly missing: number;
}

const countedMax = 1_000;

/** Null where git knows no such commit. */
export async function baseCommit(manifest: string, ref: string): Promise<BaseCommit | null> {
  const path = await realpath(manifest).catch(() => manifest);
  const cwd = dirname(path);
  const commit = await commitOf(cwd, ref);
  if (commit === null) return null;
  const said = await askGit({
    args: [
      '--literal-pathspecs',
      'rev-list',
      '--count',
      `--max-count=${countedMax}`,
      '--end-of-options',
      `HEAD..${commit}`,
      '--',
      basename(path),
    ],
    cwd,
    timeoutMs: 10_000,
  });
  return { commit, missing: Number(said ?? 0) || 0 };
}

/** Null when the branch has all of its base. */
export function outdatedWords({ missing }: BaseCommit, base: string): string | null {
  if (missing === 0) return null;
  const lacks = missing === 1 ? 'a commit' : `${missing} commits`;
  return `${base.replace(/^git:/, '')} has ${lacks} on the manifest that this branch lacks, so that the plan takes back what ${missing === 1 ? 'it does' : 'they do'}. Merge or rebase, then plan again.`;
}
