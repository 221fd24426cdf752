// The files that the manifest of a commit names, such as calendars, as that commit
// has them: what they say now is no matter of it.
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { nothingBeside, type BesideRead, type ReadBeside } from '../core/manifest/beside.ts';

/** As much as a manifest may have. */
const manifestMaxBytes = 64 * 1024 * 1024;
const besideMax = 1_000;
const besideMaxBytes = 1024 * 1024;

/** Null when it names none. */
export async function filesOfCommit(
  directory: string,
  ref: string,
  of: { readonly text: string; readonly file: string },
): Promise<ReadBeside | null> {
  // Which files those are, the manifest alone says; a first reading finds none of them.
  const [{ loadManifest }, { sha256 }, { commitOf, readCommitted }] = await Promise.all([
    import('../core/manifest/load-manifest.ts'),
    import('../system/digest.ts'),
    import('../system/committed-files.ts'),
  ]);
  const named = loadManifest(of.text, { file: of.file, digest: sha256, files: nothingBeside });
  const commit = named.files.length === 0 ? null : await commitOf(directory, ref);
  if (commit === null) return null;
  const known = new Map<string, BesideRead>();
  for (const { path } of named.files.slice(0, besideMax)) {
    known.set(path, await readCommitted(directory, commit, path, besideMaxBytes));
  }
  return (path) => known.get(path) ?? { kind: 'failed', problem: `is not in ${ref}` };
}

/** The manifest as a commit has it; null when it has none. */
export async function committedText(manifest: string, commit: string): Promise<string | null> {
  const { readCommitted } = await import('../system/committed-files.ts');
  // A repository has of a symbolic link only its target's name.
  const path = await realpath(manifest).catch(() => manifest);
  const found = await readCommitted(dirname(path), commit, basename(path), manifestMaxBytes);
  return found.kind === 'read' ? found.text : null;
}
