// What git says about the manifest: the commit that holds it as it is. Never
// fetches, never writes.
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { blobId } from '../system/committed-files.ts';
import { askGit } from '../system/git.ts';
import type { RunTool } from '../system/run-tool.ts';

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
