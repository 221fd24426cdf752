// The text of an earlier manifest, by the word a person has for it: a revision's
// number or name, or a commit. Which revision a word means is decided in core.
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { operationalError } from '../core/diagnostics/registry.ts';
import { findTarget } from '../core/sync/rollback-target.ts';
import type { ReadBeside } from '../core/manifest/beside.ts';
import type { RevisionSummary } from '../daemon/read-revisions.ts';
import { filesOfCommit } from './commit-files.ts';
import type { Context } from './context.ts';

/** As much as a manifest may have. */
const manifestMaxBytes = 64 * 1024 * 1024;
const gitTimeoutMs = 20_000;
const revisionsMax = 10_000;

export interface EarlierManifest {
  readonly text: string;
  /** As people name it: `revision 41`, `commit 8b20d11`. */
  readonly name: string;
  /** Null for a commit that no revision came from. */
  readonly revision: RevisionSummary | null;
  readonly gitCommit: string | null;
  /** Of a commit: the files that it names; absent where it names none. */
  readonly files?: ReadBeside;
}

/** Newest first. */
export async function allRevisions(context: Context): Promise<RevisionSummary[]> {
  const { readRevisions } = await import('../daemon/read-revisions.ts');
  return readRevisions(await context.locations(), revisionsMax);
}

/** Throws JM2-P230 when the word means nothing here. */
export async function earlierManifest(context: Context, word: string): Promise<EarlierManifest> {
  const revisions = await allRevisions(context);
  const target = findTarget(word, revisions);
  switch (target.kind) {
    case 'revision':
      return ofRevision(context, revisions, target.number);
    case 'unknown':
      throw operationalError('JM2-P230', {
        detail: `Revision ${target.number} is not in the store; the newest is ${revisions[0]?.number ?? 0}. Nothing was changed.`,
      });
    case 'commit':
      return ofCommit(context, target.ref);
  }
}

/** The newest one that meant something else than what is in force. */
export async function manifestBefore(context: Context): Promise<EarlierManifest> {
  const revisions = await allRevisions(context);
  const [latest] = revisions;
  const before = revisions.find(({ digest }) => digest !== latest?.digest);
  if (before === undefined) {
    throw operationalError('JM2-P230', {
      detail: `There is no earlier revision than ${latest?.number ?? 0} that says something else. Nothing was changed.`,
    });
  }
  return ofRevision(context, revisions, before.number);
}

async function ofRevision(
  context: Context,
  revisions: readonly RevisionSummary[],
  number: number,
): Promise<EarlierManifest> {
  const { readAccepted } = await import('../daemon/read-revisions.ts');
  const found = readAccepted(await context.locations(), number);
  const revision = revisions.find((one) => one.number === number) ?? null;
  if (found === null) {
    throw operationalError('JM2-P230', { detail: `Revision ${number} has just gone.` });
  }
  const { gitCommit = null } = revision ?? {};
  return { text: found.text, name: `revision ${number}`, revision, gitCommit };
}

/** As the commit has it; the work tree is not touched. */
async function ofCommit(context: Context, ref: string): Promise<EarlierManifest> {
  const { manifest } = await context.locations();
  // A repository has of a symbolic link only its target's name.
  const path = await realpath(manifest).catch(() => manifest);
  const { askGit } = await import('../system/git.ts');
  const at = { cwd: dirname(path), timeoutMs: gitTimeoutMs };
  // What begins with a dash would be an option of git.
  const isName = ref !== '' && !ref.startsWith('-');
  const commit = isName
    ? await askGit({
        ...at,
        args: ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`],
      })
    : null;
  const id = /^[0-9a-f]{40,64}$/m.exec(commit ?? '')?.[0] ?? null;
  const text =
    id === null
      ? null
      : await askGit({
          ...at,
          args: ['show', '--no-textconv', '--end-of-options', `${id}:./${basename(path)}`],
          outputMaxBytes: manifestMaxBytes,
        });
  if (id === null || text === null) {
    throw operationalError('JM2-P230', {
      detail: `"${ref}" names no revision, and git knows no commit of that name that has ${basename(path)}. Nothing was changed.`,
    });
  }
  const name = `commit ${id.slice(0, 10)}`;
  const files = await filesOfCommit(dirname(path), id, { text, file: name });
  return { text, name, revision: null, gitCommit: id, ...(files === null ? {} : { files }) };
}
