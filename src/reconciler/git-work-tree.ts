// What git says about the manifest: the commit that holds it as it is, and
// whether git is changing the work tree just now. Never fetches, never writes.
import { createHash } from 'node:crypto';
import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { askGit } from '../system/git.ts';
import type { RunTool } from '../system/run-tool.ts';

/** A lock this old was left behind by a git that died. */
const lockAgeMaxMs = 10_000;
const gitFileBytesMax = 4096;
const objectId = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * Full id of the commit that HEAD names, when it has the file with these very
 * bytes; null for content that is not committed, and without a repository, a
 * commit or git itself.
 */
export async function commitWith(
  file: string,
  bytes: Uint8Array,
  tools: { readonly run?: RunTool; readonly path?: string } = {},
): Promise<string | null> {
  // Where the content lies: a repository has of a symbolic link only its target's name.
  const real = await realpath(file).catch(() => null);
  if (real === null) return null;
  const output = await askGit(
    { args: ['rev-parse', 'HEAD^{commit}', `HEAD:./${basename(real)}`], cwd: dirname(real) },
    tools,
  );
  const [commit = '', blob = ''] = output?.trim().split('\n') ?? [];
  if (!objectId.test(commit) || !objectId.test(blob)) return null;
  return blob === blobId(bytes, blob.length) ? commit : null;
}

/** What git calls a file of these bytes, in repositories of SHA-1 and of SHA-256. */
function blobId(bytes: Uint8Array, length: number): string {
  return createHash(length === 40 ? 'sha1' : 'sha256')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

/**
 * True while git holds the index of the work tree around `directory`, as it
 * does during a checkout, a merge or a stash. `now` is the wall clock.
 */
export async function isGitBusy(directory: string, now: number): Promise<boolean> {
  const gitDir = await gitDirectory(directory);
  if (gitDir === null) return false;
  return stat(join(gitDir, 'index.lock')).then(
    (lock) => Math.abs(now - lock.mtimeMs) < lockAgeMaxMs,
    () => false,
  );
}

async function gitDirectory(directory: string): Promise<string | null> {
  // A path has fewer directories than characters, so this ends.
  for (let current = resolve(directory); ; current = dirname(current)) {
    const entry = join(current, '.git');
    const found = await lstat(entry).catch(() => null);
    if (found?.isDirectory() === true) return entry;
    if (found?.isFile() === true && found.size <= gitFileBytesMax) {
      // A linked work tree or a submodule: the file names the real place.
      const text = await readFile(entry, 'utf8').catch(() => '');
      const named = /^gitdir: (.+)$/m.exec(text)?.[1];
      return named === undefined ? null : resolve(current, named.trim());
    }
    if (dirname(current) === current) return null;
  }
}
