// What a daemon would look at if it were there: the manifest as saved or, where only
// what is committed counts, as HEAD has it, with the files that it names.
import {
  createCommittedSource,
  judgeWhole,
  type CommittedState,
} from '../reconciler/committed-source.ts';
import { digestWith } from '../reconciler/followed-files.ts';
import { readSource, type SourceRead } from '../reconciler/read-source.ts';
import { readWorktree } from '../reconciler/stored-worktree.ts';
import type { StoreReader } from '../store/store.ts';
import { sha256 } from '../system/digest.ts';

export interface SourceNow {
  /** Its digest covers the files that it names where its text is the one in force. */
  readonly source: SourceRead;
  /** Null where the file counts as it is saved. */
  readonly committed: CommittedState | null;
}

export async function sourceNow(
  store: Pick<StoreReader, 'fact' | 'latestRevision'>,
  file: string,
): Promise<SourceNow> {
  const committed =
    readWorktree(store) === 'committed'
      ? createCommittedSource({ manifestPath: file, digest: sha256, watch: null, hint() {} })
      : null;
  const source = await (committed?.read() ?? readSource(file, sha256));
  const state = committed?.state ?? null;
  if (source.kind !== 'read') return { source, committed: state };
  const inForce = store.latestRevision();
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(source.bytes);
  // Another text is another manifest, whatever it names; and most name nothing.
  if (inForce === null || text !== inForce.source || source.digest === inForce.sourceDigest) {
    return { source, committed: state };
  }
  const { judgeHere } = await import('../reconciler/judge-here.ts');
  const judged = await judgeWhole(
    (...words) => Promise.resolve(judgeHere(...words)),
    { bytes: source.bytes, file },
    committed,
  );
  const digest = digestWith(source.bytes, judged.files, sha256);
  return { source: { ...source, digest }, committed: state };
}
