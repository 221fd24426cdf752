// The two manifests that a comparison is about, by the words for them: the file,
// what is in force, a revision, a commit, another file.
import { dirname, resolve } from 'node:path';
import type { ManifestText } from '../daemon/plan-between.ts';
import type { Context } from './context.ts';
import { earlierManifest } from './earlier-manifest.ts';
import { readProposal } from './manifest-file.ts';
import { wrongArguments } from './usage-errors.ts';

export interface ComparedText extends ManifestText {
  /** It is as this commit has it; null where no commit is known. */
  readonly gitCommit: string | null;
  /** What the work tree holds. */
  readonly isWorkTree?: boolean;
}

export interface Compared {
  readonly from: ComparedText;
  readonly to: ComparedText;
}

/** What there is before the first revision: a manifest without jobs. */
const nothing = 'version: 1\njobs: {}\n';

/** Without words: from what is in force to the file; with one: from that to the file. */
export async function comparedTexts(context: Context, words: readonly string[]): Promise<Compared> {
  const [first = 'recorded', second] = words;
  const range = /^git:(.+?)\.\.(.+)$/s.exec(first);
  if (range !== null) {
    if (second !== undefined) {
      throw wrongArguments(`"${first}" names two commits already.`, 'Leave the other one out.');
    }
    const [, from = '', to = ''] = range;
    return { from: await textOf(context, `git:${from}`), to: await textOf(context, `git:${to}`) };
  }
  return { from: await textOf(context, first), to: await textOf(context, second ?? 'file') };
}

/** A number alone is a revision, as it is to rollback; a file of that name is ./41. */
export const asRevision = (word: string): string => (/^\d{1,9}$/.test(word) ? `rev:${word}` : word);

async function textOf(context: Context, given: string): Promise<ComparedText> {
  const word = asRevision(given);
  const path =
    word === 'file' || word === 'recorded' || /^(rev|git):/.test(word)
      ? (await context.locations()).manifest
      : resolve(context.cwd, word);
  const directory = dirname(path);
  if (word === 'recorded') {
    const { readRevisions } = await import('../daemon/read-revisions.ts');
    const [latest] = readRevisions(await context.locations(), 1);
    return latest === undefined
      ? { text: nothing, file: 'nothing in force', directory, gitCommit: null }
      : textOf(context, `rev:${latest.number}`);
  }
  if (/^(rev|git):/.test(word)) {
    const { text, name, revision, gitCommit, files } = await earlierManifest(context, word);
    const beside = files === undefined ? {} : { files };
    if (revision === null) return { text, file: name, directory, gitCommit, ...beside };
    const { readMeaning } = await import('../daemon/read-revisions.ts');
    const recorded = readMeaning(await context.locations(), revision.number);
    return { text, file: name, directory, gitCommit, recorded };
  }
  const file = context.shownPath(path);
  const text = await readProposal(path, file);
  return { text, file, directory, gitCommit: null, isWorkTree: word === 'file' };
}
