// Asks git which commits lead from a base to HEAD, and tells by them who made each
// change of a plan. Bounded: of a long way the newest commits are looked at.
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { PlanView } from '../api/plan-views.ts';
import type { Job } from '../core/manifest/job.ts';
import { loadManifest } from '../core/manifest/load-manifest.ts';
import { commitsOfChange, type CommitFact, type CommitStep } from '../core/sync/attribution.ts';
import { sha256 } from '../system/digest.ts';
import { nothingBeside } from '../core/manifest/beside.ts';
import { askGit } from '../system/git.ts';
import { committedText, filesOfCommit } from './commit-files.ts';

const commitsMax = 20;
const timeoutMs = 10_000;
/** Of files that a manifest names: git is asked about all in one question. */
const namedMax = 200;

/** The plan with the commits of each change; as it is where git cannot tell. */
export async function attributed(
  plan: PlanView,
  manifest: string,
  base: string | null,
  /** Null: what the work tree holds. */
  until: string | null = null,
): Promise<PlanView> {
  if (base === null || plan.changes.length === 0) return plan;
  const path = await realpath(manifest).catch(() => manifest);
  const cwd = dirname(path);
  // What no commit has would be told of the one before.
  const isWorkTree = until === null && plan.committed === undefined;
  const head = until ?? 'HEAD';
  const paths = [basename(path), ...(await namedFiles(path, [base, head]))];
  if (isWorkTree && (await isEdited(cwd, paths))) return plan;
  const commits = await commitsBetween(base, head, cwd, paths);
  if (commits.length === 0) return plan;
  const jobsOf = jobsByCommit(path, paths);
  const steps: CommitStep[] = [];
  for (const { fact, parent } of commits.slice(0, commitsMax)) {
    steps.push({ fact, before: await jobsOf(parent), after: await jobsOf(fact.commit) });
  }
  return {
    ...plan,
    commits: { from: base, isCut: commits.length > commitsMax },
    changes: plan.changes.map((change) => {
      const found = commitsOfChange(change, steps);
      if (found.length === 0) return change;
      const made = found.map(({ at, ...fact }) => ({ ...fact, at: new Date(at).toISOString() }));
      return { ...change, commits: made };
    }),
  };
}

/** Those of which the manifest consists besides itself, such as calendars. */
async function namedFiles(path: string, commits: readonly string[]): Promise<string[]> {
  const named = new Set<string>();
  for (const commit of commits) {
    const text = await committedText(path, commit);
    if (text === null) continue;
    const { files } = loadManifest(text, { file: path, digest: sha256, files: nothingBeside });
    for (const file of files) named.add(file.path);
  }
  return [...named].slice(0, namedMax);
}

/** The jobs that a commit has, with its calendars; read once for commits that have the same files. */
function jobsByCommit(
  path: string,
  paths: readonly string[],
): (commit: string) => Promise<ReadonlyMap<string, Job>> {
  const cwd = dirname(path);
  const known = new Map<string, ReadonlyMap<string, Job>>();
  return async (commit) => {
    const args = ['--literal-pathspecs', 'ls-tree', '--end-of-options', commit, '--', ...paths];
    // A first commit has no parent to ask about, which is an answer, too.
    const listed = commit === '' ? '' : ((await askGit({ args, cwd, timeoutMs })) ?? '');
    const before = known.get(listed);
    if (before !== undefined) return before;
    const text = commit === '' ? null : await committedText(path, commit);
    const files = text === null ? null : await filesOfCommit(cwd, commit, { text, file: path });
    const of = { file: path, digest: sha256, files: files ?? nothingBeside };
    const loaded = text === null ? null : loadManifest(text, of);
    const jobs = new Map((loaded?.manifest?.jobs ?? []).map((job) => [job.name, job]));
    known.set(listed, jobs);
    return jobs;
  };
}

async function isEdited(cwd: string, paths: readonly string[]): Promise<boolean> {
  const said = await askGit({
    args: ['--literal-pathspecs', 'diff', '--no-ext-diff', '--name-only', 'HEAD', '--', ...paths],
    cwd,
    timeoutMs,
  });
  return said !== '';
}

/** Newest first, one more than is looked at. A merge only repeats what its commits say. */
async function commitsBetween(
  base: string,
  until: string,
  cwd: string,
  paths: readonly string[],
): Promise<{ readonly fact: CommitFact; readonly parent: string }[]> {
  const said = await askGit({
    args: [
      '--literal-pathspecs',
      'log',
      '--topo-order',
      '--no-merges',
      `--max-count=${commitsMax + 1}`,
      '--format=%H%x1f%an%x1f%at%x1f%s%x1f%P',
      '--end-of-options',
      `${base}..${until}`,
      '--',
      ...paths,
    ],
    cwd,
    timeoutMs,
  });
  return (said ?? '').split('\n').flatMap((line) => {
    const [commit = '', author = '', at = '', subject = '', parent = ''] = line.split('\u001f');
    if (commit === '') return [];
    return [{ fact: { commit, author, at: Number(at) * 1000, subject }, parent }];
  });
}
