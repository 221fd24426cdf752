// Who wrote the lines of an accepted manifest, asked of git by the commit that it
// was taken from: the work tree is not looked at, and nothing of the repository runs.
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { parseLineAuthors, type LineAuthor } from '../core/sync/line-authors.ts';
import { askGit } from '../system/git.ts';

const timeoutMs = 10_000;
const outputMaxBytes = 64 * 1024 * 1024;

/** Empty where git cannot tell. */
export async function lineAuthors(
  manifest: string,
  commit: string | null,
): Promise<ReadonlyMap<number, LineAuthor>> {
  if (commit === null) return new Map();
  const path = await realpath(manifest).catch(() => manifest);
  const said = await askGit({
    args: ['blame', '--porcelain', '--no-textconv', commit, '--', basename(path)],
    cwd: dirname(path),
    timeoutMs,
    outputMaxBytes,
  });
  return said === null ? new Map() : parseLineAuthors(said);
}
