// Which new job looks like a removed one under another name: by the very same
// command, or by a spec that is nearly the same. Only ever a question to a person.
import { canonicalJson } from '../manifest/digest.ts';
import type { Job } from '../manifest/job.ts';
import type { RecordedJob } from './plan.ts';

export interface Lookalike {
  readonly record: RecordedJob;
  readonly isSameCommand: boolean;
}

/** From this share of equality on two specs are taken for one. */
const similarFrom = 0.8;
/** Pairs that are compared; beyond it only equal commands are seen. */
const pairsMax = 10_000;
/** What of a spec the command counts, beside all other fields together. */
const commandShare = 0.6;

/** By the name of the new job; no removed job is taken twice. */
export function findLookalikes(
  created: readonly Job[],
  removed: readonly RecordedJob[],
): ReadonlyMap<string, Lookalike> {
  const found = new Map<string, Lookalike>();
  if (removed.length === 0) return found;
  const free = new Map(removed.map((record) => [record.uid, record]));
  const take = (job: Job, record: RecordedJob, isSameCommand: boolean): void => {
    found.set(job.name, { record, isSameCommand });
    free.delete(record.uid);
  };
  const byCommand = new Map<string, RecordedJob[]>();
  for (const record of removed.toSorted((a, b) => (a.job.name < b.job.name ? -1 : 1))) {
    const key = canonicalJson(record.job.command);
    byCommand.set(key, [...(byCommand.get(key) ?? []), record]);
  }
  for (const job of created) {
    const record = byCommand.get(canonicalJson(job.command))?.find(({ uid }) => free.has(uid));
    if (record !== undefined) take(job, record, true);
  }
  const rest = created.filter(({ name }) => !found.has(name));
  if (rest.length * free.size > pairsMax) return found;
  for (const job of rest) {
    const nearest = [...free.values()]
      .map((record) => ({ record, share: similarity(record.job, job) }))
      .filter(({ share }) => share >= similarFrom)
      .toSorted((a, b) => b.share - a.share)[0];
    if (nearest !== undefined) take(job, nearest.record, false);
  }
  return found;
}

/** 0 to 1: the words of the command, and how many of the other fields are equal. */
function similarity(a: Job, b: Job): number {
  const { name: _, command: first, renamedFrom: __, ...before } = a;
  const { name: ___, command: second, renamedFrom: ____, ...after } = b;
  const fields = Object.entries(before);
  const equal = fields.filter(
    ([key, value]) => canonicalJson(value) === canonicalJson(after[key as keyof typeof after]),
  );
  const ofCommand = commonShare(wordsOf(first), wordsOf(second));
  return commandShare * ofCommand + (1 - commandShare) * (equal.length / fields.length);
}

function wordsOf(command: Job['command']): string[] {
  const text = command.kind === 'shell' ? command.text : command.argv.join(' ');
  return text.split(/[\s/"'=]+/).filter((word) => word !== '');
}

/** Twice the common words by all words. */
function commonShare(a: readonly string[], b: readonly string[]): number {
  if (a.length + b.length === 0) return 1;
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of b) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common += 1;
  }
  return (2 * common) / (a.length + b.length);
}
