// Which lines a review is about: those that differ from its base. Asked of git, so
// that of many findings the ones of the change are shown first. Without git, or
// without a base, nobody knows, and the order stays what it was.
import type { Range } from '../../core/diagnostics/diagnostic.ts';
import { askGit } from '../../system/git.ts';

const filesMax = 20;
const timeoutMs = 10_000;

export interface ReviewBase {
  readonly ref: string;
  /** The base has gone on meanwhile: what counts is where the branch began. */
  readonly isBranch: boolean;
}

/** By `--against git:REF`, or as the runner of a pipeline tells it. */
export function baseOfReview(
  against: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): ReviewBase | null {
  if (against !== null) {
    return against.startsWith('git:') ? { ref: against.slice(4), isBranch: false } : null;
  }
  const { GITHUB_BASE_REF: branch, CI_MERGE_REQUEST_DIFF_BASE_SHA: commit } = environment;
  if (branch !== undefined && branch !== '') return { ref: `origin/${branch}`, isBranch: true };
  return commit === undefined || commit === '' ? null : { ref: commit, isBranch: false };
}

export async function changedLines(
  directory: string,
  { ref, isBranch }: ReviewBase,
  files: readonly string[],
): Promise<(file: string | null, range: Range | null) => boolean> {
  const known = new Map<string, readonly LineSpan[]>();
  for (const file of [...new Set(files)].slice(0, filesMax)) {
    const said = await askGit({
      args: [
        '--literal-pathspecs',
        'diff',
        '--no-ext-diff',
        '--no-textconv',
        '--no-color',
        '--unified=0',
        ...(isBranch ? ['--merge-base'] : []),
        '--end-of-options',
        ref,
        '--',
        file,
      ],
      cwd: directory,
      timeoutMs,
    });
    // The first says no for all: there is no such base, or no git.
    if (said === null) break;
    known.set(file, spansOf(said));
  }
  return (file, range) =>
    file !== null &&
    range !== null &&
    (known.get(file) ?? []).some(
      ({ first, last }) => range.start.line <= last && range.end.line >= first,
    );
}

export interface LineSpan {
  readonly first: number;
  readonly last: number;
}

/** Lines of the newer side, by the heads of the hunks of a unified diff. */
export function spansOf(diff: string): LineSpan[] {
  return [...diff.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)].flatMap(([, first, count]) => {
    const length = count === undefined ? 1 : Number(count);
    return length === 0 ? [] : [{ first: Number(first), last: Number(first) + length - 1 }];
  });
}
