// The manifest and the files it names as HEAD holds them, for a daemon that takes
// only what is committed; and whether the work tree says something else. When it
// is looked is left to others.
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BesideRead } from '../core/manifest/beside.ts';
import { commitOf, readCommitted } from '../system/committed-files.ts';
import type { Digest } from '../system/digest.ts';
import { askGit } from '../system/git.ts';
import type { ManifestWatch } from '../watch/watch.ts';
import { createFileWatches } from './file-watches.ts';
import { branchOf, findGitDirectory, type GitDirectory } from './git-directory.ts';
import type { JudgedManifest, JudgeManifest } from './judged-manifest.ts';
import { readSource } from './read-source.ts';
import type { SourceRead } from './read-source.ts';

export interface CommittedSource {
  read(): Promise<SourceRead>;
  /** A file that the manifest names, as the commit that was read last has it. */
  beside(path: string): BesideRead;
  /** Reads those that are not known yet. False: all of them were. */
  learn(paths: readonly string[]): Promise<boolean>;
  readonly known: ReadonlyMap<string, BesideRead>;
  /** Null until a commit was read. */
  readonly state: CommittedState | null;
  close(): Promise<void>;
}

export interface CommittedState {
  readonly commit: string;
  /** The manifest in the work tree is another than the commit's. */
  readonly isEdited: boolean;
}

const manifestBytesMax = 64 * 1024 * 1024;
const besideBytesMax = 1024 * 1024;
/** A manifest may name many; each was looked up once for it. */
const knownMax = 1_000;
/** One for what the manifest names, and more for good measure. */
const roundsMax = 3;
const remedy =
  'Commit the manifest in a work tree of git, or set `worktree: files`: the daemon then takes the file as it is saved.';

export function createCommittedSource(parts: {
  readonly manifestPath: string;
  readonly digest: Digest;
  /** Null: a new commit is found by the content hash alone. */
  readonly watch: ((path: string) => ManifestWatch) | null;
  readonly hint: (why: string) => void;
}): CommittedSource {
  const { manifestPath, digest } = parts;
  const watches = createFileWatches(parts.watch, parts.hint);
  let known = new Map<string, BesideRead>();
  let state: CommittedState | null = null;
  let seen: { readonly signature: string; readonly result: SourceRead } | null = null;
  let directory = dirname(manifestPath);

  async function read(): Promise<SourceRead> {
    // A repository has of a symbolic link only its target's name.
    const real = await realpath(manifestPath).catch(() => manifestPath);
    directory = dirname(real);
    const place = await findGitDirectory(directory);
    if (place === null) return unreadable(`${manifestPath} lies in no work tree of git`);
    const files = await filesOfHead(place);
    await watches.set([...files.keys()]);
    const saved = await readSource(manifestPath, digest);
    const signature = `${keyOf(files)}\n${saved.kind === 'read' ? saved.digest : saved.kind}`;
    if (seen?.signature === signature) return seen.result;
    const result = await readHead(basename(real), saved);
    seen = { signature, result };
    return result;
  }

  async function readHead(name: string, saved: SourceRead): Promise<SourceRead> {
    const commit = await commitOf(directory, 'HEAD');
    if (commit === null) {
      return unreadable(
        'git does not tell what HEAD holds: there is no commit, or git is missing, too old for this repository, or refuses it',
      );
    }
    const found = await readCommitted(directory, commit, name, manifestBytesMax);
    if (found.kind === 'failed')
      return unreadable(`${name} ${found.problem} ${commit.slice(0, 10)}`);
    const bytes = new TextEncoder().encode(found.text);
    if (state?.commit !== commit) {
      // Whoever judges meanwhile goes on with all files of the commit before.
      const next = new Map<string, BesideRead>();
      await fetchInto(next, commit, [...known.keys()]);
      known = next;
    }
    state = { commit, isEdited: await isEdited(saved, digest(bytes), name) };
    // A commit is whole from its first moment: nothing of it has to hold still.
    return { kind: 'read', bytes, digest: digest(bytes), changedAt: 0, commit };
  }

  /** By bytes; where they differ, git knows of conversions. */
  async function isEdited(saved: SourceRead, committed: string, name: string): Promise<boolean> {
    if (saved.kind === 'read' && saved.digest === committed) return false;
    const named = await askGit({
      args: [
        '--literal-pathspecs',
        'diff',
        '--no-ext-diff',
        '--no-textconv',
        '--name-only',
        'HEAD',
        '--',
        name,
      ],
      cwd: directory,
    });
    return named === null || named !== '';
  }

  async function fetchInto(
    files: Map<string, BesideRead>,
    commit: string,
    paths: readonly string[],
  ): Promise<void> {
    for (const path of paths.slice(0, knownMax - files.size)) {
      files.set(path, await readCommitted(directory, commit, path, besideBytesMax));
    }
  }

  return {
    read,
    beside: (path) => known.get(path) ?? { kind: 'failed', problem: 'is not in the commit' },
    async learn(paths) {
      const missing = paths.filter((path) => !known.has(path));
      if (missing.length === 0 || state === null || known.size >= knownMax) return false;
      await fetchInto(known, state.commit, missing);
      return true;
    },
    get known() {
      return known;
    },
    get state() {
      return state;
    },
    close: () => watches.close(),
  };
}

/** Fetches what it names and judges again; a file that is named names no others. */
export async function judgeWhole(
  judge: JudgeManifest,
  of: { readonly bytes: Uint8Array; readonly file: string },
  committed: CommittedSource | null,
): Promise<JudgedManifest> {
  let result = await judge(of.bytes, of.file, committed?.known);
  for (let round = 0; committed !== null && round < roundsMax; round += 1) {
    if (!(await committed.learn(result.files.map(({ path }) => path)))) break;
    result = await judge(of.bytes, of.file, committed.known);
  }
  return result;
}

/** The files whose change says that HEAD may name another commit, with what they are. */
async function filesOfHead(place: GitDirectory): Promise<Map<string, string>> {
  const branch = await branchOf(place);
  const candidates = [
    join(place.own, 'HEAD'),
    ...(branch === null ? [] : [join(place.common, branch)]),
    join(place.common, 'packed-refs'),
    // A repository with reftable keeps its branches here, and a stub as HEAD.
    join(place.own, 'reftable', 'tables.list'),
    join(place.common, 'reftable', 'tables.list'),
  ];
  const found = new Map<string, string>();
  for (const path of candidates) {
    const entry = await lstat(path, { bigint: true }).catch(() => null);
    if (entry === null) continue;
    found.set(path, `${entry.ino} ${entry.size} ${entry.mtimeNs} ${entry.ctimeNs}`);
  }
  return found;
}

function keyOf(files: ReadonlyMap<string, string>): string {
  return [...files].map(([path, what]) => `${path} ${what}`).join('\n');
}

function unreadable(detail: string): SourceRead {
  return { kind: 'unreadable', detail, hint: remedy };
}
