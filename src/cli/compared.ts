// The two manifests that a comparison is about, by the words for them: the file,
// what is in force, a revision, a commit, another file.
import { dirname, resolve } from 'node:path';
import type { ManifestText } from '../daemon/plan-between.ts';
import type { Context } from './context.ts';
import { earlierManifest } from './earlier-manifest.ts';
import { readProposal } from './manifest-file.ts';
import { wrongArguments } from './usage-errors.ts';

export interface Compared {
  readonly from: ManifestText;
  readonly to: ManifestText;
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

async function textOf(context: Context, given: string): Promise<ManifestText> {
  const word = asRevision(given);
  const path =
    word === 'file' || word === 'recorded' || /^(rev|git):/.test(word)
      ? (await context.locations()).manifest
      : resolve(context.cwd, word);
  const directory = dirname(path);
  if (word === 'recorded') {
    const { readAccepted } = await import('../daemon/read-revisions.ts');
    const accepted = readAccepted(await context.locations(), null);
    return accepted === null
      ? { text: nothing, file: 'nothing in force', directory }
      : { text: accepted.text, file: `revision ${accepted.revision}`, directory };
  }
  if (/^(rev|git):/.test(word)) {
    const { text, name } = await earlierManifest(context, word);
    return { text, file: name, directory };
  }
  const file = context.shownPath(path);
  return { text: await readProposal(path, file), file, directory };
}
