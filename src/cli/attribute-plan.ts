// Asks git which commits lead from a base to HEAD, and tells by them who made each
// change of a plan. Bounded: of a long way the newest commits are looked at.
import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { PlanView } from '../api/plan-views.ts';
import type { Job } from '../core/manifest/job.ts';
import { loadManifest } from '../core/manifest/load-manifest.ts';
import { commitsOfChange, type CommitFact, type CommitStep } from '../core/sync/attribution.ts';
import { sha256 } from '../system/digest.ts';
import { askGit } from '../system/git.ts';
import { readBeside } from '../system/read-beside.ts';

const commitsMax = 20;
const timeoutMs = 10_000;
const outputMaxBytes = 64 * 1024 * 1024;
const nothing = /^0+$/;

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
  if (isWorkTree && (await isEdited(path))) return plan;
  const commits = await commitsBetween(base, until ?? 'HEAD', path);
  if (commits.length === 0) return plan;
  const known = new Map<string, ReadonlyMap<string, Job>>();
  const jobsOf = async (blob: string): Promise<ReadonlyMap<string, Job>> => {
    const before = known.get(blob);
    if (before !== undefined) return before;
    const args = ['cat-file', 'blob', blob];
    const text = nothing.test(blob) ? null : await askGit({ args, cwd, timeoutMs, outputMaxBytes });
    const files = readBeside(dirname(manifest));
    const loaded = text === null ? null : loadManifest(text, { file: path, digest: sha256, files });
    const jobs = new Map((loaded?.manifest?.jobs ?? []).map((job) => [job.name, job]));
    known.set(blob, jobs);
    return jobs;
  };
  const steps: CommitStep[] = [];
  for (const { fact, from, to } of commits.slice(0, commitsMax)) {
    steps.push({ fact, before: await jobsOf(from), after: await jobsOf(to) });
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

async function isEdited(path: string): Promise<boolean> {
  const said = await askGit({
    args: [
      '--literal-pathspecs',
      'diff',
      '--no-ext-diff',
      '--name-only',
      'HEAD',
      '--',
      basename(path),
    ],
    cwd: dirname(path),
    timeoutMs,
  });
  return said !== '';
}

/** Newest first, one more than is looked at. A merge only repeats what its commits say. */
async function commitsBetween(
  base: string,
  until: string,
  path: string,
): Promise<{ readonly fact: CommitFact; readonly from: string; readonly to: string }[]> {
  const said = await askGit({
    args: [
      '--literal-pathspecs',
      'log',
      '--topo-order',
      '--no-merges',
      `--max-count=${commitsMax + 1}`,
      '--format=%x01%H%x1f%an%x1f%at%x1f%s',
      '--raw',
      '--no-abbrev',
      '--no-renames',
      '--no-ext-diff',
      '--end-of-options',
      `${base}..${until}`,
      '--',
      basename(path),
    ],
    cwd: dirname(path),
    timeoutMs,
  });
  return (said ?? '').split('\u0001').flatMap((entry) => {
    const [head = '', ...raw] = entry.split('\n');
    const [commit = '', author = '', at = '', subject = ''] = head.split('\u001f');
    const [, from, to] = /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) /m.exec(raw.join('\n')) ?? [];
    if (from === undefined || to === undefined) return [];
    return [{ fact: { commit, author, at: Number(at) * 1000, subject }, from, to }];
  });
}
