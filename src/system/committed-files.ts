// Files as a commit holds them, read without touching the work tree: raw, without
// filters or conversions of the repository, and never through a symbolic link.
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { askGit } from './git.ts';

/** What a commit says of one path: its text, or why there is none, to end a sentence. */
export type CommittedFile =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'failed'; readonly problem: string };

const timeoutMs = 20_000;
const objectId = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Full id of the commit that `ref` names as seen from `directory`; null when git knows none. */
export async function commitOf(directory: string, ref: string): Promise<string | null> {
  // What begins with a dash would be an option of git.
  if (ref === '' || ref.startsWith('-')) return null;
  const said = await askGit({
    args: ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    cwd: directory,
    timeoutMs,
  });
  const id = said?.trim() ?? '';
  return objectId.test(id) ? id : null;
}

/** `path` is relative to `directory`, which lies in the work tree. */
export async function readCommitted(
  directory: string,
  commit: string,
  path: string,
  bytesMax: number,
): Promise<CommittedFile> {
  const plain = posix.normalize(path);
  if (posix.isAbsolute(plain) || plain === '..' || plain.startsWith('../')) {
    return failed('lies outside of the directory of the manifest');
  }
  const listed = await askGit({
    args: ['--literal-pathspecs', 'ls-tree', '-z', commit, '--', plain],
    cwd: directory,
    timeoutMs,
  });
  if (listed === null) return failed('cannot be looked up in the commit');
  const [, mode, id = ''] = /^(\d{6}) \w+ ([0-9a-f]+)\t/.exec(listed) ?? [];
  if (mode === undefined) return failed('is not in the commit');
  if (mode === '120000') return failed('is a symbolic link in the commit');
  if (!mode.startsWith('100')) return failed('is not a file in the commit');
  const text = await askGit({
    args: ['cat-file', 'blob', id],
    cwd: directory,
    timeoutMs,
    outputMaxBytes: bytesMax,
  });
  if (text === null)
    return failed(`cannot be read from the commit, or is larger than ${bytesMax} bytes`);
  // Git gave bytes; what does not come back as the same bytes was no text.
  if (blobId(new TextEncoder().encode(text), id.length) !== id)
    return failed('is not UTF-8 text in the commit');
  return { kind: 'read', text };
}

/** What git calls a file of these bytes, in repositories of SHA-1 and of SHA-256. */
export function blobId(bytes: Uint8Array, length: number): string {
  return createHash(length === 40 ? 'sha1' : 'sha256')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

function failed(problem: string): CommittedFile {
  return { kind: 'failed', problem };
}
