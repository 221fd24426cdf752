// Who wrote the lines of an accepted manifest, and changed the files that it names, asked of git by the
// commit that it was taken from: the work tree is not looked at, and nothing of the repository runs.
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

/** Who changed one of these files last, up to a commit; null where git cannot tell. */
export async function fileAuthor(
  manifest: string,
  commit: string | null,
  files: readonly string[],
): Promise<LineAuthor | null> {
  if (commit === null || files.length === 0) return null;
  const path = await realpath(manifest).catch(() => manifest);
  const said = await askGit({
    args: [
      '--literal-pathspecs',
      'log',
      '--max-count=1',
      '--format=%H%x1f%an%x1f%at%x1f%s',
      '--end-of-options',
      commit,
      '--',
      ...files,
    ],
    cwd: dirname(path),
    timeoutMs,
  });
  const [hash = '', author = '', at = '', summary = ''] = (said ?? '').trimEnd().split('\u001f');
  return hash === '' ? null : { commit: hash, author, at: Number(at) * 1000, summary };
}
