// How the reconciler sees the manifest: its bytes once they hold still, the files
// that it names, its commit, and its meaning, judged once for what was read. What
// follows from it is left to others.
import { dirname } from 'node:path';
import { readBeside } from '../system/read-beside.ts';
import { createFollowedFiles, digestWith } from './followed-files.ts';
import { createCommittedSource, judgeWhole, type CommittedState } from './committed-source.ts';
import { gitActivity, type GitActivity } from './git-activity.ts';
import { commitWith } from './git-work-tree.ts';
import { createManifestJudge } from './judge-manifest.ts';
import type { JudgedManifest } from './judged-manifest.ts';
import { isAccepted, type ReadBytes, type ReconcilerParts } from './parts.ts';
import { readSource } from './read-source.ts';
import type { SourceRead } from './read-source.ts';
import { readSettled, type Unsettled } from './settled-read.ts';
import { createWaits } from './waits.ts';

export interface Judged {
  /** The source with the digest of all that was read for it. */
  readonly settled: ReadBytes;
  readonly result: JudgedManifest;
  readonly gitHead: string | null;
}

export interface Sight {
  /** As it is at this moment. */
  read(): Promise<SourceRead>;
  /**
   * Once it holds still. `lastGoodBytes` is the size of what is in force, null for none;
   * a person who has seen the file vouches for it, and is not kept waiting.
   */
  settle(lastGoodBytes: number | null, isVouchedFor?: boolean): Promise<SourceRead | Unsettled>;
  judge(found: ReadBytes): Promise<Judged>;
  /** Meaning alone; what it names is followed by `judge`. */
  meaningOf(found: ReadBytes): Promise<JudgedManifest>;
  /** Meaning of a text that is not the file. */
  meaningOfText(found: ReadBytes): Promise<JudgedManifest>;
  /** Of each job, as the file has it; null for a file that is not accepted. */
  jobDigests(): Promise<ReadonlyMap<string, string> | null>;
  /** A text as if it had been read. */
  proposal(text: string): ReadBytes;
  /** What git does to the work tree at this moment. */
  seeGit(): Promise<GitActivity | null>;
  /** As last seen while somebody waited for it, or left behind; null for nothing to tell. */
  readonly git: GitActivity | null;
  /** Nobody waits for git any more. */
  gitIsDone(): void;
  /** Of what is committed, where only that counts; null otherwise. */
  readonly committed: CommittedState | null;
  /** False as long as the manifest may name files that nobody has looked for yet. */
  isKnownFor(bytes: Uint8Array): boolean;
  /** The next look judges anew, whatever was judged before. */
  forget(): void;
  /** Something may have changed at this moment. */
  hinted(): void;
  /** While the body runs, no look that nobody ordered keeps it waiting for its turn. */
  urgent<T>(body: () => Promise<T>): Promise<T>;
  readonly isStopped: boolean;
  /** Ends what waits; `close` ends what is watched. */
  stop(): void;
  close(): Promise<void>;
}

export function createSight(parts: ReconcilerParts, hint: (why: string) => void): Sight {
  const { clock, digest, manifestPath } = parts;
  const directory = dirname(manifestPath);
  const judge = parts.judge ?? createManifestJudge(() => parts.store.jobs());
  const committed =
    parts.worktree === 'committed'
      ? createCommittedSource({ manifestPath, digest, watch: parts.watchFile ?? null, hint })
      : null;
  const readManifest =
    parts.readSource ?? (() => committed?.read() ?? readSource(manifestPath, digest));
  const gitCommit = parts.gitCommit ?? ((bytes) => commitWith(manifestPath, bytes));
  const activity = parts.gitActivity ?? (() => gitActivity(directory, clock.now()));
  const files = createFollowedFiles({
    digest,
    directory,
    read: committed === null ? readBeside(directory) : (path) => committed.beside(path),
    // What is committed changes with HEAD alone.
    watch: committed === null ? (parts.watchFile ?? null) : null,
    hint,
  });
  const judgeAll = (bytes: Uint8Array) =>
    judgeWhole(judge, { bytes, file: manifestPath }, committed);
  const waits = createWaits(clock);
  let judged: { readonly sourceDigest: string; readonly result: JudgedManifest } | null = null;
  let lastHintAt = Number.NEGATIVE_INFINITY;
  let urgentCount = 0;
  let isStopped = false;
  let git: GitActivity | null = null;

  async function seeGit(): Promise<GitActivity | null> {
    git = await activity();
    return git;
  }

  /** A person vouches for what is there, but not for a write that is under way. */
  async function isGitBusy(isVouchedFor: boolean): Promise<boolean> {
    const seen = await seeGit();
    return seen !== null && !seen.isStale && (seen.kind === 'lock' || !isVouchedFor);
  }

  const read = async (): Promise<SourceRead> => files.digested(await readManifest());

  async function meaningOf(settled: ReadBytes): Promise<JudgedManifest> {
    if (judged?.sourceDigest === settled.digest) return judged.result;
    const result = await judgeAll(settled.bytes);
    // By what was read for it: the same manifest with another file is judged anew.
    judged = { sourceDigest: digestWith(settled.bytes, result.files, digest), result };
    return result;
  }

  return {
    read,
    settle: (lastGoodBytes, isVouchedFor = false) =>
      readSettled(
        {
          clock,
          read,
          sleep: (ms) => waits.sleep(ms),
          lastHintAt: () => (isVouchedFor ? Number.NEGATIVE_INFINITY : lastHintAt),
          isGitBusy: () => isGitBusy(isVouchedFor),
          isCutShort: () => isStopped || (urgentCount > 0 && !isVouchedFor),
        },
        lastGoodBytes,
      ),
    async judge(found) {
      // git first: it works in a process of its own while the manifest is judged here.
      const [gitHead, result] = await Promise.all([
        found.commit ?? gitCommit(found.bytes),
        meaningOf(found),
      ]);
      await files.follow(result.files);
      const settled = { ...found, digest: digestWith(found.bytes, result.files, digest) };
      return { settled, result, gitHead };
    },
    meaningOf,
    meaningOfText: (found) => judgeAll(found.bytes),
    async jobDigests() {
      const file = await read();
      if (file.kind !== 'read') return null;
      const result = await meaningOf(file);
      return isAccepted(result) ? result.jobDigests : null;
    },
    proposal(text) {
      const bytes = new TextEncoder().encode(text);
      return { kind: 'read', bytes, digest: digest(bytes), changedAt: clock.now() };
    },
    seeGit,
    get git() {
      return git;
    },
    gitIsDone() {
      git = null;
    },
    get committed() {
      return committed?.state ?? null;
    },
    isKnownFor: (bytes) => files.isKnownFor(bytes),
    forget() {
      judged = null;
    },
    hinted() {
      lastHintAt = clock.monotonic();
    },
    async urgent(body) {
      urgentCount += 1;
      waits.cutShort();
      try {
        return await body();
      } finally {
        urgentCount -= 1;
      }
    },
    get isStopped() {
      return isStopped;
    },
    stop() {
      isStopped = true;
      waits.cutShort();
    },
    async close() {
      await files.close();
      await committed?.close();
    },
  };
}
